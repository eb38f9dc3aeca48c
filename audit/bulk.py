"""Appending thousands of entries: the same lines as `audit.append` writes, by binary COPY.

The rows are put into PostgreSQL's own form here: as text, the payloads alone would be twice as
long on the wire and parsed digit by digit. A row is how many columns it has, then each column with
its length before it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from struct import Struct
from uuid import UUID

from audit.append import INDEX, Row, groups, salted
from audit.canonical import commitment
from keys.bulk import copy_binary

PENDING = ("controller_id", "ids", "entries", "classes")
PAYLOAD = ("id", "retention_class", "salt", "body")
ROWS_IN_A_PART = 100
_COUNT, _LENGTH, _TIME = Struct("!h"), Struct("!i"), Struct("!iq")
_NULL, _SIXTEEN = _LENGTH.pack(-1), _LENGTH.pack(16)
_OF_PENDING, _OF_PAYLOAD, _OF_INDEX = (
    _COUNT.pack(len(columns)) for columns in (PENDING, PAYLOAD, INDEX)
)
_Y2K = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL counts from


def append_many(rows: list[Row]) -> None:
    """Store payloads and index lines, and hand the commitments on. Each row has a fresh salt.

    The commitments are made on the way, while PostgreSQL stores the payloads before them.
    """
    commitments: list[bytes] = []
    copy_binary("audit_payload", PAYLOAD, parts(_payloads(rows, commitments)))
    copy_binary("audit_entryindex", INDEX, parts(map(index_line, rows)))
    pending = (
        b"".join((_OF_PENDING, _uuid(group.controller_id), *map(_sized, group[1:])))
        for group in groups(rows, commitments)
    )
    copy_binary("audit_pending", PENDING, parts(pending))


def _payloads(rows: list[Row], commitments: list[bytes]) -> Iterator[bytes]:
    for row, salt in zip(rows, salted(rows), strict=True):
        commitments.append(commitment(salt, row.body))
        yield payload_line(row, salt)


def payload_line(row: Row, salt: bytes) -> bytes:
    """A row of the payloads."""
    body = _sized(row.body)
    return b"".join((_OF_PAYLOAD, _uuid(row.id), _word(row.retention), _sized(salt), body))


def index_line(row: Row) -> bytes:
    """A row of the index."""
    return b"".join((
        _OF_INDEX, _uuid(row.id), _word(row.retention), _uuid(row.controller_id), _time(row.at),
        _word(row.event), _word(row.actor_type), _word(row.actor_id), _word(row.target_type),
        _sized(row.target_id.encode()), _uuid(row.subject_id) if row.subject_id else _NULL,
        _word(row.purpose), _word(row.outcome), _word(row.reason_code),
    ))  # fmt: skip


def parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A hundred rows at a time: PostgreSQL stores some while the next are made."""
    waiting = iter(lines)
    while some := list(islice(waiting, ROWS_IN_A_PART)):
        yield b"".join(some)


def _uuid(value: UUID) -> bytes:
    return _SIXTEEN + value.int.to_bytes(16, "big")


@lru_cache(maxsize=4096)
def _word(value: str) -> bytes:
    """A text that thousands of rows share."""
    return _sized(value.encode())


def _sized(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


@lru_cache(maxsize=256)
def _time(at: datetime) -> bytes:
    delta = at - _Y2K
    seconds = delta.days * 86_400 + delta.seconds
    return _TIME.pack(8, seconds * 1_000_000 + delta.microseconds)
