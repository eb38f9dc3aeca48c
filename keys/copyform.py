"""Rows in PostgreSQL's own form, as COPY reads them: each value with its length before it. Pure.

Made column by column: most columns of an import hold one object in all its rows, neighbours of that
kind are made together once, and a million of the other values are made a second.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, repeat
from operator import is_
from struct import Struct, error
from typing import Any, Final
from uuid import UUID

HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""What comes first: the signature; no flags, no extension."""
TAIL: Final = b"\xff\xff"
"""What comes last."""

_COUNT, _LENGTH = Struct("!h"), Struct("!i")
_SHORT, _INT, _LONG = Struct("!ih"), Struct("!ii"), Struct("!iq")
_NO_MEMBERS, _MEMBERS = Struct("!iii"), Struct("!iiiii")
"""Dimensions, whether any is NULL, the kind; and how many, and the first's number."""
_NULL, _SIXTEEN = _LENGTH.pack(-1), _LENGTH.pack(16)
_TRUE, _FALSE = _LENGTH.pack(1) + b"\1", _LENGTH.pack(1) + b"\0"
_Y2K: Final = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL counts from

Encode = Callable[[Any], bytes]


def form_of(kinds: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows, one after the other; `kinds` are the names of the columns' types.

    Raises TypeError for a type that no column of ours has, and for a value that is not of its
    column's type.
    """
    columns = list(zip(*rows, strict=True))
    if len(columns) != len(kinds):
        raise TypeError(f"{len(columns)} values for {len(kinds)} columns")
    pieces: list[Iterable[bytes]] = []
    alike = _COUNT.pack(len(kinds))
    for kind, values in zip(kinds, columns, strict=True):
        encode, first = _encoder(kind), values[0]
        if all(map(is_, values, repeat(first))):
            alike += _value(encode, first, kind)
        else:
            pieces += [repeat(alike), _different(encode, values, kind)]
            alike = b""
    pieces.append([alike] * len(columns[0]))
    return b"".join(chain.from_iterable(zip(*pieces, strict=False)))


def _different(encode: Encode, values: Sequence[Any], kind: str) -> list[bytes]:
    try:
        return [_NULL if value is None else encode(value) for value in values]
    except (AttributeError, TypeError, ValueError, error):
        raise _refusal(values, kind) from None


def _value(encode: Encode, value: Any, kind: str) -> bytes:
    return _different(encode, (value,), kind)[0]


def _refusal(values: Sequence[Any], kind: str) -> TypeError:
    """Which types there are, never the values: they may be personal."""
    met = sorted({type(value).__name__ for value in values})
    return TypeError(f"{', '.join(met)} is no value of a column of type {kind}")


def _encoder(kind: str) -> Encode:
    if kind not in _ENCODERS:
        raise TypeError(f"no column of ours is of type {kind}")
    return _ENCODERS[kind]


def sized(value: bytes) -> bytes:
    """A value's bytes with their length before them."""
    return _LENGTH.pack(len(value)) + value


def moment(at: datetime) -> bytes:
    """A time with a zone. Raises TypeError for one without: it would depend on this machine."""
    delta = at - _Y2K
    seconds = delta.days * 86_400 + delta.seconds
    return _LONG.pack(8, seconds * 1_000_000 + delta.microseconds)


def _text(value: str) -> bytes:
    raw = value.encode()
    return _LENGTH.pack(len(raw)) + raw


def _date(value: date) -> bytes:
    return _INT.pack(4, (value - _Y2K.date()).days)


def _bytes(value: bytes | memoryview) -> bytes:
    raw = bytes(memoryview(value))
    return _LENGTH.pack(len(raw)) + raw


def _bool(value: bool) -> bytes:
    if value.__class__ is not bool:
        raise TypeError
    return _TRUE if value else _FALSE


def _uuid(value: UUID) -> bytes:
    return _SIXTEEN + value.int.to_bytes(16, "big")


def _array(number: int, member: Encode) -> Encode:
    """Of members of one kind, which PostgreSQL knows by that number."""
    empty = sized(_NO_MEMBERS.pack(0, 0, number))

    def encode(values: Sequence[Any]) -> bytes:
        raw = b"".join(map(member, values))
        return sized(_MEMBERS.pack(1, 0, number, len(values), 1) + raw) if values else empty

    return encode


_ENCODERS: Final[dict[str, Encode]] = {
    "uuid": _uuid,
    "text": _text,
    "varchar": _text,
    "jsonb": lambda value: sized(b"\1" + value.encode()),
    "bool": _bool,
    "int2": lambda value: _SHORT.pack(2, value),
    "int4": lambda value: _INT.pack(4, value),
    "int8": lambda value: _LONG.pack(8, value),
    "bytea": _bytes,
    "timestamptz": moment,
    "date": _date,
    "_text": _array(25, _text),
    "_varchar": _array(1043, _text),
    "_uuid": _array(2950, _uuid),
}  # fmt: skip
