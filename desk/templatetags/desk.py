"""Small helpers of the desk's templates."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django import template

from desk.log import words as log_words

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


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago something was."""
    return log_words.ago(at)


@register.filter(name="hex")
def hexadecimal(value: bytes) -> str:
    return value.hex()
