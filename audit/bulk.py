"""Appending thousands of entries: the same lines as `audit.append` writes, by binary COPY.

The rows are put into PostgreSQL's own form here: as text, the payloads alone would be twice as
long on the wire and parsed digit by digit. A row is how many columns it has, then each column with
its length before it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from struct import Struct

from audit.append import Row, groups, salted
from audit.canonical import commitment
from keys.bulk import copy_binary
from keys.copyform import moment, sized

PENDING = ("controller_id", "ids", "entries", "classes")
PAYLOAD = ("id", "retention_class", "salt", "body")
SAME = (
    "retention_class", "controller_id", "at", "event", "actor_type", "actor_id", "target_type",
    "purpose", "outcome", "reason_code",
)  # fmt: skip
"""What thousands of lines of the index have in common: made once for all of them."""
LINE = ("id", "target_id", "subject_id", *SAME)
ROWS_IN_A_PART = 100
_COUNT, _LENGTH = Struct("!h"), Struct("!i")
_NULL, _SIXTEEN = _LENGTH.pack(-1), _LENGTH.pack(16)
_OF_PENDING, _OF_PAYLOAD, _OF_INDEX = (
    _COUNT.pack(len(columns)) + _SIXTEEN for columns in (PENDING, PAYLOAD, LINE)
)
"""How many columns a row has, and the length of the first, which is an id in all of them."""


def append_many(rows: list[Row]) -> None:
    """Store payloads and index lines, and hand the commitments on. Each row has a fresh salt.

    The commitments are made on the way, while PostgreSQL stores the payloads before them.
    """
    commitments: list[bytes] = []
    copy_binary("audit_payload", PAYLOAD, parts(_payloads(rows, commitments)))
    copy_binary("audit_entryindex", LINE, parts(map(index_line, rows)))
    pending = (
        b"".join((_OF_PENDING, group.controller_id.bytes, *map(sized, group[1:])))
        for group in groups(rows, commitments)
    )
    copy_binary("audit_pending", PENDING, parts(pending))


def _payloads(rows: list[Row], commitments: list[bytes]) -> Iterator[bytes]:
    for row, salt in zip(rows, salted(rows), strict=True):
        commitments.append(commitment(salt, row.body))
        yield payload_line(row, salt)


def payload_line(row: Row, salt: bytes) -> bytes:
    """A row of the payloads. A salt has sixteen bytes."""
    body = row.body
    return b"".join((
        _OF_PAYLOAD, row.id.int.to_bytes(16, "big"), _before_salt(row.retention), salt,
        _LENGTH.pack(len(body)), body,
    ))  # fmt: skip


def index_line(row: Row) -> bytes:
    """A row of the index."""
    target, whose = row.target_id.encode(), row.subject_id
    return b"".join((
        _OF_INDEX, row.id.int.to_bytes(16, "big"), _LENGTH.pack(len(target)), target,
        _SIXTEEN + whose.int.to_bytes(16, "big") if whose else _NULL,
        _same(row.retention, row.controller_id.int, row.at, *row[5:9], *row[11:]),
    ))  # fmt: skip


@lru_cache(maxsize=4096)
def _same(retention: str, log: int, at: datetime, *words: str) -> bytes:
    """The columns of SAME."""
    return b"".join((
        _text(retention), _SIXTEEN, log.to_bytes(16, "big"), moment(at), *map(_text, words)
    ))  # fmt: skip


@lru_cache
def _before_salt(retention: str) -> bytes:
    return _text(retention) + _SIXTEEN


def parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A hundred rows at a time: PostgreSQL stores some while the next are made."""
    waiting = iter(lines)
    while some := list(islice(waiting, ROWS_IN_A_PART)):
        yield b"".join(some)


def _text(value: str) -> bytes:
    return sized(value.encode())
