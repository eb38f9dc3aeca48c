"""Bodies of calls with places for what is known of a person. Pure.

A place is a whole text, `{email}`, and never a part of one; nothing else in a template is looked
at, and what fills a place is never looked at again. So no template and no identifier reaches
anything but the value it stands for.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["EACH", "fill", "is_safe", "places"]

EACH: Final = "{each}"
"""Becomes the list of the people of the call, each by a template of their own."""

_PLACE: Final = re.compile(r"\{([a-z_]{1,20}\*?)\}")
_DEEPEST: Final = 20


def places(template: Any) -> set[str]:
    """The names of all places in a template."""
    return {match[1] for text in _texts(template) if (match := _PLACE.fullmatch(text))}


def is_safe(template: Any, known: frozenset[str]) -> bool:
    """Whether every brace in it belongs to a place we know, and no name of a member has one."""
    if not _is_flat(template) or any("{" in name or "}" in name for name in _names(template)):
        return False
    braced = [text for text in _texts(template) if "{" in text or "}" in text]
    return all((match := _PLACE.fullmatch(text)) and match[1] in known for text in braced)


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its places filled. KeyError for a place that nothing is known for."""
    if isinstance(template, dict):
        return {name: fill(one, values) for name, one in template.items()}
    if isinstance(template, list):
        return [fill(one, values) for one in template]
    if isinstance(template, str) and (match := _PLACE.fullmatch(template)):
        return values[match[1]]
    return template


def _texts(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    for one in _within(template):
        yield from _texts(one)


def _names(template: Any) -> Iterator[str]:
    if isinstance(template, dict):
        yield from template
    for one in _within(template):
        yield from _names(one)


def _within(template: Any) -> Iterator[Any]:
    if isinstance(template, dict):
        yield from template.values()
    elif isinstance(template, list):
        yield from template


def _is_flat(template: Any, depth: int = 0) -> bool:
    return depth <= _DEEPEST and all(_is_flat(one, depth + 1) for one in _within(template))
