"""The filters beside a list of the admin: a long one is a field to choose from, not a column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django import template

register = template.Library()

MOST_LINKS = 12

Choice = Mapping[str, Any]
Option = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Select:
    """A form that does what the links did: the name it sends, and what stays chosen beside it."""

    name: str
    kept: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    links: tuple[Choice, ...]


@register.simple_tag
def as_select(choices: Iterable[Choice]) -> Select | None:
    """The choices of a filter as a form; None where they are few, or say more than one thing.

    What sets nothing ("All") stays a link.
    """
    found = [(one, dict(parse_qsl(one["query_string"].lstrip("?")))) for one in choices]
    if len(found) <= MOST_LINKS:
        return None
    common = set.intersection(*(set(said.items()) for _one, said in found))
    names = {name for _one, said in found for name, _value in said.items() - common}
    if len(names) != 1:
        return None
    name = names.pop()
    options = [(one, said[name]) for one, said in found if name in said]
    links = tuple(one for one, said in found if name not in said)
    return Select(name, tuple(sorted(common)), _grouped(options), links)


def _grouped(options: list[tuple[Choice, str]]) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """By heading, the headings in the order of their words; without headings, as they came."""
    groups: dict[str, list[Option]] = {}
    for choice, value in options:
        heading = str(choice.get("group", ""))
        said = (value, str(choice["display"]), bool(choice["selected"]))
        groups.setdefault(heading, []).append(said)
    return tuple((heading, tuple(groups[heading])) for heading in sorted(groups))
