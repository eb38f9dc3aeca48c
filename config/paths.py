"""Addresses as a log may keep them: our own words and ids, and nothing that a caller put between.

Whoever mistakes a customer number or a name for an id puts it into the path; what is found nowhere
is exactly such an address.
"""

import re
import uuid
from collections.abc import Iterator
from functools import cache

from django.urls import URLResolver, get_resolver

HIDDEN = "[redacted]"
_PART = re.compile(r"<[^<>]*>|\([^()]*\)")
_WORD = re.compile(r"[A-Za-z][\w.-]*")


def known(path: str) -> str:
    """The path with every segment hidden that is neither a word of our addresses nor an id."""
    bare, mark, _query = path.partition("?")
    shown = "/".join(one if _may_stay(one) else HIDDEN for one in bare.split("/"))
    return f"{shown}?{HIDDEN}" if mark else shown


def _may_stay(segment: str) -> bool:
    return not segment or segment in _words() or _is_id(segment)


def _is_id(segment: str) -> bool:
    try:
        return str(uuid.UUID(segment)) == segment.lower()
    except ValueError:
        return False


@cache
def _words() -> frozenset[str]:
    """Every word that stands in a route of ours."""
    return frozenset(_of(get_resolver()))


def _of(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        yield from _WORD.findall(_PART.sub("/", str(one.pattern)))
        if isinstance(one, URLResolver):
            yield from _of(one)
