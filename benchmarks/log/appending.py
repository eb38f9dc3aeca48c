"""How much of a raw COPY's rate is left once entries are committed to, indexed and partitioned.

Both write the same bytes, as binary COPY from ready buffers on one connection, and commit as
often. The raw one goes into bare tables: no key, no index, no partition, no hash.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db import transaction

from audit import bulk
from audit.append import Row
from benchmarks.log.house import Connection, rows
from keys.bulk import copy_binary

RAW = """
DROP TABLE IF EXISTS bench_raw_payload, bench_raw_index;
CREATE TABLE bench_raw_payload AS SELECT * FROM audit_payload WITH NO DATA;
CREATE TABLE bench_raw_index AS SELECT {columns} FROM audit_entryindex WITH NO DATA;
GRANT ALL ON bench_raw_payload, bench_raw_index TO sammati_app;
""".format(columns=", ".join(bulk.LINE))
GROUP = 500
"""The most entries that group commit makes one transaction of (policies/pdp/asgi.py)."""
SIZES, TURNS = (GROUP, 5_000), 15
_SALT = bytes(16)


@dataclass(frozen=True)
class Appended:
    """Entries a second of both, and ours over the raw one, by size of the transaction."""

    size: int
    ours: float
    raw: float
    ratio: float
    spread: tuple[float, float]


def measured(connection: Connection) -> list[Appended]:
    connection.execute(RAW)
    return [_one(size, max(5, TURNS * GROUP // size)) for size in SIZES]


def _one(size: int, turns: int) -> Appended:
    ours, raw = [], []
    for _ in range(turns + 1):  # the first one connects and warms up
        entries = rows(size)
        buffers = _packed(entries)
        ours.append(_seconds(lambda made=entries: bulk.append_many(made)))  # type: ignore[misc]
        raw.append(_seconds(lambda made=buffers: _raw(*made)))  # type: ignore[misc]
    each = [theirs / mine for mine, theirs in zip(ours[1:], raw[1:], strict=True)]
    return Appended(
        size, size / median(ours[1:]), size / median(raw[1:]), median(each), (min(each), max(each))
    )


def _seconds(write: Callable[[], None]) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        write()
    return time.perf_counter() - began


def _packed(entries: list[Row]) -> tuple[list[bytes], list[bytes]]:
    payloads = bulk.parts(bulk.payload_line(row, _SALT) for row in entries)
    return list(payloads), list(bulk.parts(map(bulk.index_line, entries)))


def _raw(payloads: list[bytes], index: list[bytes]) -> None:
    copy_binary("bench_raw_payload", bulk.PAYLOAD, payloads)
    copy_binary("bench_raw_index", bulk.LINE, index)
