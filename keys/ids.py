"""Identifiers that sort by the time they were made (UUIDv7, RFC 9562); never personal."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, SafeUUID

from uuid_utils import uuid7 as _fast_uuid7

SYSTEM_ID: Final = UUID(int=0)
"""Stands where a controller's id would stand on rows that belong to the system itself."""


# The two fields of a UUID, set past its checks: an import makes tens of thousands a second.
_parts: Any = UUID
_set_int, _set_safe = _parts.int.__set__, _parts.is_safe.__set__


def uuid7() -> UUID:
    """A new identifier; later ones of the same process sort after earlier ones."""
    made = object.__new__(UUID)
    _set_int(made, _fast_uuid7().int)
    _set_safe(made, SafeUUID.unknown)
    return made


def uuid7_at(when: datetime) -> UUID:
    """The lowest identifier of the millisecond of `when`: for range queries and partitions.

    Raises ValueError for a time without zone: its millisecond would depend on the machine.
    """
    if when.tzinfo is None:
        raise ValueError("uuid7_at needs a time with a zone.")
    milliseconds = int(when.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)


def fresh() -> tuple[bytes, str]:
    """A new identifier as its sixteen bytes and as text, for those who make thousands a second."""
    made = _fast_uuid7()
    return made.bytes, str(made)


def text(raw: bytes) -> str:
    """The usual spelling of an identifier's sixteen bytes."""
    digits = raw.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
