"""Entries as lines of `entries.ndjson`: the record's bytes, its salt, and its proof."""

import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from audit.criteria import Criteria
from audit.exporting.proving import Placed, Prover
from audit.search import walk

AT_ONCE = 5000

_PAYLOADS = """
SELECT id, salt, body FROM audit_payload
WHERE retention_class = ANY(%s) AND id >= %s AND id <= %s AND id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Part:
    """The next lines, the entry they end with, and the entries that have no place yet."""

    lines: bytes
    count: int
    last: UUID | None
    pending: tuple[UUID, ...]
    is_last: bool


def part(criteria: Criteria, prover: Prover, log: str, *, after: UUID | None) -> Part:
    """The next entries in ascending order of ids, as lines."""
    found = walk(criteria, after=after, limit=AT_ONCE)
    ids = [entry_id for entry_id, _ in found]
    placed = prover.prove(ids)
    payloads = _payloads(found)
    made = [_line(log, placed[one], payloads.get(one)) for one in ids if one in placed]
    pending = tuple(one for one in ids if one not in placed)
    last = ids[-1] if ids else after
    return Part(b"".join(made), len(made), last, pending, is_last=len(ids) < AT_ONCE)


def _payloads(found: Sequence[tuple[UUID, str]]) -> dict[UUID, tuple[bytes, bytes]]:
    """Salts and records that live. What was put aside meanwhile is looked for there, too."""
    if not found:
        return {}
    ids = [entry_id for entry_id, _ in found]
    classes = sorted({retention for _, retention in found} | {"held"})
    with connection.cursor() as cursor:
        cursor.execute(_PAYLOADS, [classes, ids[0], ids[-1], ids])
        return {row[0]: (bytes(row[1]), bytes(row[2])) for row in cursor.fetchall()}


def _line(log: str, placed: Placed, payload: tuple[bytes, bytes] | None) -> bytes:
    """One line. Written out, because a serializer would cost more than the proof."""
    proof = b'","'.join(_encoded(placed.hashes))
    said = (
        b'"salt":"%s","body":"%s"' % tuple(_encoded(payload))
        if payload
        else b'"commitment":"%s"' % _encode(placed.commitment)
    )
    return b'{"log":"%s","index":%d,"id":"%s",%s,"proof":[%s]}\n' % (
        log.encode(), placed.index, str(placed.id).encode(), said,
        b'"%s"' % proof if placed.hashes else b"",
    )  # fmt: skip


def _encoded(values: Iterable[bytes]) -> Iterator[bytes]:
    return map(_encode, values)


def _encode(value: bytes) -> bytes:
    return binascii.b2a_base64(value, newline=False)
