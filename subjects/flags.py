"""How provenance flags are kept on the person: `outsourced=1790000000000000 published/pd:Age`.

Pure. A flag, after a slash the data category it is about, after an equals sign the microsecond
since 1970 from which it counts no longer; in order, so that equal flags have equal bytes.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Flag(NamedTuple):
    """One flag that counts now, unless its end has come."""

    kind: str
    category: str = ""
    until: int | None = None


def read(text: str) -> tuple[Flag, ...]:
    """The flags of a person."""
    return tuple(map(_read, text.split()))


def write(flags: Iterable[Flag]) -> str:
    """The reverse of `read`."""
    return " ".join(sorted(map(_written, flags)))


def _read(text: str) -> Flag:
    named, _, until = text.partition("=")
    kind, _, category = named.partition("/")
    return Flag(kind, category, int(until) if until else None)


def _written(flag: Flag) -> str:
    named = f"{flag.kind}/{flag.category}" if flag.category else flag.kind
    return named if flag.until is None else f"{named}={flag.until}"
