"""Storing records of profiles by the thousand: new ones by binary COPY, changed ones at once.

PostgreSQL's own form, because a sealed document as text would be twice as long on the wire.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from audit.bulk import parts
from keys.bulk import copy_binary, copy_in
from keys.ids import uuid7
from profiles.definitions import Document


@dataclass(slots=True)
class Row:
    """A record being worked on; `text` is its document as bytes. `sequence` 0: not stored yet."""

    subject_id: UUID
    sensitivity: str
    id: UUID = field(default_factory=uuid7)
    sequence: int = 0
    document: Document = field(default_factory=dict)
    text: bytes = b""
    is_changed: bool = False


class Stored(NamedTuple):
    """The columns of a record that change with its document."""

    id: UUID
    subject_id: UUID
    sensitivity: str
    sealed: bytes
    codes: tuple[str, ...]
    observed_at: datetime
    due_at: datetime | None
    sequence: int


class Former(NamedTuple):
    """The columns of values that were replaced."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    source_id: UUID
    sensitivity: str
    sealed: bytes
    codes: list[str]
    replaced_at: datetime
    until_at: datetime


class Held(NamedTuple):
    """A record as it is stored, still sealed."""

    id: UUID
    subject_id: UUID
    sensitivity: str
    sealed: bytes
    sequence: int


# One index look-up a person, whatever the planner believes of a table that has just been filled.
# Locked, because the end of retention takes values out without locking the person.
_HELD = """
SELECT found.* FROM unnest(%s::uuid[]) AS asked(person)
CROSS JOIN LATERAL (
  SELECT r.id, r.subject_id, r.sensitivity, r.sealed, r.sequence FROM profiles_profilerecord r
  WHERE r.subject_id = asked.person AND r.source_id = %s AND r.controller_id = %s
  OFFSET 0 FOR UPDATE
) found
"""


def held(controller_id: UUID, source_id: UUID, subject_ids: Sequence[UUID]) -> list[Held]:
    """What is stored of these people from a source, locked. The people are locked by the caller."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(subject_ids), source_id, controller_id])
        return [Held(*row) for row in cursor.fetchall()]


COLUMNS = (
    "id", "controller_id", "subject_id", "source_id", "sensitivity", "sealed", "codes",
    "observed_at", "due_at", "sequence", "received_at",
)  # fmt: skip


def add(controller_id: UUID, source_id: UUID, rows: Sequence[Stored], now: datetime) -> None:
    """Store new records."""
    if rows:
        tail = _time(now)
        lines = (_line(controller_id, source_id, row, tail) for row in rows)
        copy_binary("profiles_profilerecord", COLUMNS, parts(lines))


_CHANGE = """
UPDATE profiles_profilerecord r SET
  sealed = n.sealed, codes = string_to_array(n.codes, ','), observed_at = n.observed_at,
  due_at = n.due_at, sequence = n.sequence, received_at = COALESCE(%s, r.received_at)
FROM unnest(%s::uuid[], %s::bytea[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::int[])
  AS n(id, sealed, codes, observed_at, due_at, sequence)
WHERE r.id = n.id
"""


def change(rows: Sequence[Stored], received_at: datetime | None) -> None:
    """Store what became of records that were there; without `received_at` that stays."""
    if not rows:
        return
    columns = [
        _array(row.id.hex for row in rows),
        _array(f'"\\\\x{row.sealed.hex()}"' for row in rows),
        _array(f'"{",".join(row.codes)}"' for row in rows),
        _array(f'"{row.observed_at}"' for row in rows),
        _array(f'"{row.due_at}"' if row.due_at else "NULL" for row in rows),
        _array(str(row.sequence) for row in rows),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, [received_at, *columns])


def _array(elements: Iterable[str]) -> str:
    """As PostgreSQL writes an array: element by element psycopg takes longer than the query."""
    return "{" + ",".join(elements) + "}"


def add_former(rows: Sequence[Former]) -> None:
    """Store values that were replaced."""
    copy_in("profiles_formerrecord", Former._fields, rows)


_COUNT, _LENGTH, _NUMBER, _TIME = Struct("!h"), Struct("!i"), Struct("!ii"), Struct("!iq")
_NULL, _SIXTEEN = _LENGTH.pack(-1), _LENGTH.pack(16)
_HEAD = _COUNT.pack(len(COLUMNS))
_Y2K = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL counts from
_VARCHAR = 1043


def _line(controller_id: UUID, source_id: UUID, row: Stored, received: bytes) -> bytes:
    due = _NULL if row.due_at is None else _time(row.due_at)
    return b"".join((
        _HEAD, _SIXTEEN, row.id.bytes, _SIXTEEN, controller_id.bytes, _SIXTEEN,
        row.subject_id.bytes, _SIXTEEN, source_id.bytes, _sized(row.sensitivity.encode()),
        _sized(row.sealed), _codes(row.codes), _time(row.observed_at), due,
        _NUMBER.pack(4, row.sequence), received,
    ))  # fmt: skip


@lru_cache(maxsize=1024)
def _codes(codes: tuple[str, ...]) -> bytes:
    """An array of texts; the people of one file have the same attributes."""
    head = Struct("!iii").pack(1 if codes else 0, 0, _VARCHAR)
    bounds = Struct("!ii").pack(len(codes), 1) if codes else b""
    return _sized(head + bounds + b"".join(_sized(code.encode()) for code in codes))


@lru_cache(maxsize=1024)
def _time(at: datetime) -> bytes:
    delta = at - _Y2K
    seconds = delta.days * 86_400 + delta.seconds
    return _TIME.pack(8, seconds * 1_000_000 + delta.microseconds)


def _sized(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value
