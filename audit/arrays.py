"""PostgreSQL arrays in their binary form, built at once: a batch has thousands of elements.

psycopg adapts a list element by element; for a batch of decisions that costs more than deciding.
The layout is PostgreSQL's array_recv: dimensions, null flag, element type, length, lower bound,
then each element with its length.
"""

from collections.abc import Sequence
from struct import Struct

_HEADER = Struct("!iiiii")
_LENGTH = Struct("!i")
_NULL = _LENGTH.pack(-1)
_UUID_LENGTH = _LENGTH.pack(16)
UUID, UUIDS = 2950, 2951
BYTEA, BYTEAS = 17, 1001
TEXT, TEXTS = 25, 1009


class BinaryArray:
    """The finished bytes of one array parameter and the type of it."""

    __slots__ = ("data", "oid")

    def __init__(self, data: bytes, oid: int) -> None:
        self.data = data
        self.oid = oid


def uuid_array(values: Sequence[bytes | None]) -> BinaryArray:
    """An array of uuids from their sixteen bytes each; None is null."""
    parts = [_NULL if value is None else _UUID_LENGTH + value for value in values]
    return BinaryArray(_header(values, UUID) + b"".join(parts), UUIDS)


def bytea_array(values: Sequence[bytes]) -> BinaryArray:
    """An array of byte strings."""
    return BinaryArray(_header(values, BYTEA) + _sized(values), BYTEAS)


def text_array(values: Sequence[bytes]) -> BinaryArray:
    """An array of texts from their UTF-8 bytes."""
    return BinaryArray(_header(values, TEXT) + _sized(values), TEXTS)


def _header(values: Sequence[bytes | None], oid: int) -> bytes:
    return _HEADER.pack(1, int(None in values), oid, len(values), 1)


def _sized(values: Sequence[bytes]) -> bytes:
    pack = _LENGTH.pack
    return b"".join([part for value in values for part in (pack(len(value)), value)])
