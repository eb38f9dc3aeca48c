"""Counters of permits, exact whoever asks at the same time (POL-08, architecture of the decision).

A batch locks the counters it needs in the order of their ids, reads them, decides, and writes what
it permitted, in one transaction. So two batches never count on the same free place, and never wait
for each other in a circle. A window moves with the clock: each permit's own time is kept.
"""

import hashlib
from collections.abc import Iterable, Sequence
from struct import Struct, pack, unpack

import msgspec

from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.model import Question
from policies.pdp.policy import Cap
from policies.pdp.shapes import Row, Shapes

MICROSECONDS = 1_000_000
_LENGTH = Struct("!H")
_SECONDS = f"{MICROSECONDS}.0"


def _lock(sources: list[str], _: bool) -> str:
    """A condition that never holds locks what exists and changes nothing."""
    return f"""
INSERT INTO policies_counter AS c (id, controller_id, subject_id, cap, permits, ends_at)
SELECT id, controller_id, subject_id, cap, ''::bytea, now() FROM {sources[0]}
  AS t(id, controller_id, subject_id, cap) ORDER BY id
ON CONFLICT (id) DO UPDATE SET cap = excluded.cap WHERE c.id IS NULL
"""  # noqa: S608 (constants)


def _read(sources: list[str], _: bool) -> str:
    return f"""
SELECT c.id, c.permits FROM {sources[0]} AS t(id) JOIN policies_counter c ON c.id = t.id
"""  # noqa: S608 (constants)


def _write(sources: list[str], _: bool) -> str:
    return f"""
UPDATE policies_counter c
SET permits = t.permits, ends_at = to_timestamp(t.ends_at::bigint / {_SECONDS})
FROM {sources[0]} AS t(id, permits, ends_at) WHERE c.id = t.id
"""  # noqa: S608 (constants)


LOCK = Shapes("counters_lock", _lock, ("uuid", "uuid", "uuid", "text"))
READ = Shapes("counters_read", _read, ("uuid",))
WRITE = Shapes("counters_write", _write, ("uuid", "bytea", "text"))


class Counted(msgspec.Struct, gc=False, frozen=True):
    """One cap as it counts for one question about one person."""

    id: bytes
    cap: Cap


class Counters:
    """The counters of one batch. Items are decided one after the other, each seeing the last."""

    def __init__(self) -> None:
        self._wanted: dict[bytes, Row] = {}
        self._times: dict[bytes, list[int]] = {}
        self._changed: dict[bytes, Cap] = {}

    def want(
        self, controller: bytes, subject: bytes, caps: Iterable[Cap], question: Question
    ) -> tuple[Counted, ...]:
        """Note the counters an item needs."""
        found = tuple(Counted(counter_id(controller, subject, cap, question), cap) for cap in caps)
        for one in found:
            self._wanted[one.id] = (one.id, controller, subject, one.cap.code.encode())
        return found

    def reading(self, *, locks: bool) -> list[tuple[Statement, Parameters]]:
        """The commands that lock and read what is wanted; whoever only looks locks nothing."""
        if not self._wanted:
            return []
        read = READ.command([(each,) for each in self._wanted])
        return [LOCK.command(list(self._wanted.values())), read] if locks else [read]

    def take(self, rows: Rows) -> None:
        """Take in what `reading` found."""
        self._times = {row[0]: unpacked(row[1]) for row in rows}

    def counts(
        self, counted: Sequence[Counted], now: int, *, but: int | None = None
    ) -> dict[str, int]:
        """Permits in each cap's window that ends at `now`, without one that was given at `but`.

        Times later than `now` belong to permits that were counted before: they count.
        """
        return {one.cap.code: self._count(one, now, but) for one in counted}

    def count(self, counted: Sequence[Counted], now: int) -> None:
        """Count a permit."""
        for one in counted:
            self._times.setdefault(one.id, []).append(now)
            self._changed[one.id] = one.cap

    def writing(self) -> list[tuple[Statement, Parameters]]:
        """The command that stores what was counted; none where nothing was."""
        rows = [_row(each, self._times[each], cap) for each, cap in self._changed.items()]
        return [WRITE.command(rows)] if rows else []

    def _count(self, one: Counted, now: int, but: int | None) -> int:
        times = self._times.get(one.id, [])
        since = now - one.cap.seconds * MICROSECONDS
        counted = sum(at > since for at in times)
        return counted - 1 if but is not None and but > since and but in times else counted


def counter_id(controller: bytes, subject: bytes, cap: Cap, question: Question) -> bytes:
    """Sixteen bytes that name a counter: two questions have the same if the cap counts them as one.

    What a question leaves unsaid is a value of its own.
    """
    parts = [cap.code, *(part for name in cap.per for part in (name, getattr(question, name)))]
    sized = b"".join(_LENGTH.pack(len(raw)) + raw for part in parts for raw in (part.encode(),))
    return hashlib.sha256(controller + subject + sized).digest()[:16]


def _row(counter: bytes, times: list[int], cap: Cap) -> Row:
    """The latest permits suffice: as many as the cap allows fill it."""
    kept = sorted(times)[-cap.limit :]
    ends = kept[-1] + cap.seconds * MICROSECONDS
    return counter, packed(kept), str(ends).encode()


def packed(times: Sequence[int]) -> bytes:
    """The times of permits as a counter's row holds them."""
    return pack(f"!{len(times)}q", *times)


def unpacked(permits: bytes) -> list[int]:
    """The times in a counter's row."""
    return list(unpack(f"!{len(permits) // 8}q", permits))
