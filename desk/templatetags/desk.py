"""Small helpers of the desk's templates."""

from collections.abc import Mapping
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[str, object], code: str) -> object:
    """The words of a code, else the code."""
    return names.get(code, code)


@register.filter
def tail(value: UUID) -> str:
    """The end of an id, enough to tell two apart on a page."""
    return str(value)[-12:]


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to go through them."""
    return text.split()
