"""Appending thousands of entries: the same lines as `audit.append` writes, by binary COPY.

The rows are put into PostgreSQL's own form here: as text, the payloads alone would be twice as
long on the wire and parsed digit by digit.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from struct import Struct

from audit.append import INDEX, Row, groups, salted
from keys.bulk import copy_binary

PENDING = ("controller_id", "ids", "entries", "classes")
PAYLOAD = ("id", "retention_class", "salt", "body")
_COUNT, _LENGTH, _TIME = Struct("!h"), Struct("!i"), Struct("!q")
_NULL = _LENGTH.pack(-1)
_Y2K = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL counts from


def append_many(rows: list[Row]) -> None:
    """Store payloads and index lines, and hand the commitments on. Each row has a fresh salt."""
    salts = salted(rows)
    pending = [(g.controller_id.bytes, *g[1:]) for g in groups(rows, salts)]
    copy_binary("audit_pending", PENDING, _packed(pending))
    payloads = (
        (row.id.bytes, row.retention.encode(), salt, row.body)
        for row, salt in zip(rows, salts, strict=True)
    )
    copy_binary("audit_payload", PAYLOAD, _packed(payloads))
    copy_binary("audit_entryindex", INDEX, _packed(map(_index, rows)))


def _index(row: Row) -> tuple[bytes | None, ...]:
    texts = (row.event, row.actor_type, row.actor_id, row.target_type, row.target_id)
    return (
        row.id.bytes, row.retention.encode(), row.controller_id.bytes, _time(row.at),
        *map(str.encode, texts), row.subject_id.bytes if row.subject_id else None,
        row.purpose.encode(), row.outcome.encode(), row.reason_code.encode(),
    )  # fmt: skip


def _time(at: datetime) -> bytes:
    delta = at - _Y2K
    return _TIME.pack((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)


def _packed(rows: Iterable[Sequence[bytes | None]]) -> bytes:
    """The rows as COPY takes them: the number of columns, then each with its length."""
    parts: list[bytes] = []
    pack, number = _LENGTH.pack, None
    for row in rows:
        number = number or _COUNT.pack(len(row))
        parts.append(number)
        for value in row:
            parts += (_NULL,) if value is None else (pack(len(value)), value)
    return b"".join(parts)
