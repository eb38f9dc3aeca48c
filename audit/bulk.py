"""Appending thousands of entries: the same lines as `audit.append` writes, by binary COPY.

The rows are put into PostgreSQL's own form here: as text, the payloads alone would be twice as
long on the wire and parsed digit by digit.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from struct import Struct

from audit.append import INDEX, Row, groups, salted
from audit.canonical import commitment
from keys.bulk import copy_binary

PENDING = ("controller_id", "ids", "entries", "classes")
PART = 100
PAYLOAD = ("id", "retention_class", "salt", "body")
_COUNT, _LENGTH, _TIME = Struct("!h"), Struct("!i"), Struct("!q")
_NULL = _LENGTH.pack(-1)
_Y2K = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL counts from


def append_many(rows: list[Row]) -> None:
    """Store payloads and index lines, and hand the commitments on. Each row has a fresh salt.

    The commitments are made on the way, while PostgreSQL stores the payloads before them.
    """
    commitments: list[bytes] = []
    copy_binary("audit_payload", PAYLOAD, packed(_payloads(rows, commitments)))
    copy_binary("audit_entryindex", INDEX, packed(map(index_line, rows)))
    pending = ((group.controller_id.bytes, *group[1:]) for group in groups(rows, commitments))
    copy_binary("audit_pending", PENDING, packed(pending))


def _payloads(rows: list[Row], commitments: list[bytes]) -> Iterator[tuple[bytes, ...]]:
    for row, salt in zip(rows, salted(rows), strict=True):
        commitments.append(commitment(salt, row.body))
        yield row.id.bytes, row.retention.encode(), salt, row.body


def index_line(row: Row) -> tuple[bytes | None, ...]:
    """A row of the index, in the order of its columns."""
    texts = (row.event, row.actor_type, row.actor_id, row.target_type, row.target_id)
    return (
        row.id.bytes, row.retention.encode(), row.controller_id.bytes, _time(row.at),
        *map(str.encode, texts), row.subject_id.bytes if row.subject_id else None,
        row.purpose.encode(), row.outcome.encode(), row.reason_code.encode(),
    )  # fmt: skip


def _time(at: datetime) -> bytes:
    delta = at - _Y2K
    return _TIME.pack((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)


def packed(rows: Iterable[Sequence[bytes | None]]) -> Iterator[bytes]:
    """The rows as COPY takes them, a hundred at a time: how many columns, each with its length."""
    pack, waiting = _LENGTH.pack, iter(rows)
    while some := list(islice(waiting, PART)):
        number = _COUNT.pack(len(some[0]))
        parts: list[bytes] = []
        for row in some:
            parts.append(number)
            for value in row:
                parts += (_NULL,) if value is None else (pack(len(value)), value)
        yield b"".join(parts)
