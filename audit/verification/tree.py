"""Replaying one log: its hashes from its entries, its roots against what was signed.

It can stop after any chunk and go on from there: `number` bundles are done, `frontier` is theirs.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from audit.tiles import LogReader
from audit.tlog import merkle
from audit.tlog.merkle import HASH, WIDTH, Frontier
from audit.verification.checkpoints import Checkpoints
from audit.verification.entries import ID, Entries, split
from audit.verification.expiry import Expiry
from audit.verification.findings import Finding, Problem
from audit.verification.statements import BUNDLES, LOWER, SURPLUS, TILE, rows

CHUNK = 16
"""Bundles at a time: some four thousand entries in one query."""


class Replay:
    """One pass over a log as it stood when `reader` was made."""

    def __init__(
        self,
        reader: LogReader,
        checkpoints: Checkpoints,
        *,
        entries: Entries | None,
        start: Frontier | None = None,
    ) -> None:
        self.log: UUID = reader.tree.controller_id
        self.frontier = start or Frontier()
        self.entries = entries
        self.has_ended = False
        self._reader = reader
        self._checkpoints = checkpoints

    @property
    def number(self) -> int:
        """How many bundles are done."""
        return self.frontier.size // WIDTH

    @property
    def whole(self) -> int:
        """How many complete bundles there are to do."""
        return self._reader.size // WIDTH

    @property
    def is_at_end(self) -> bool:
        """Whether only the last, incomplete bundle is left: then call `finish`."""
        return self.number >= self.whole

    @property
    def is_sound(self) -> bool:
        """Whether the hashes so far lead to what was signed; then `frontier` can be relied on."""
        return self._checkpoints.is_trusted and self._checkpoints.is_bridged

    @property
    def root(self) -> bytes:
        """The root over all that was replayed."""
        tail = self._reader.tree.entries if self.has_ended else b""
        return self.frontier.extend(merkle.leaf_hashes(bytes(tail))).root

    def step(self) -> Iterator[Finding]:
        """Verify the next few bundles."""
        first, last = self.number, min(self.number + CHUNK, self.whole)
        found = {row[0]: row[1:] for row in rows(BUNDLES, [self.log, first, last])}
        sound = [one for one in range(first, last) if one in found and _is_whole(found[one])]
        for number in range(first, last):
            yield from self._bundle(number, found.get(number), is_whole=number in sound)
        for start, end in _runs(sound):
            parts = [found[one] for one in range(start, end)]
            yield from self._compare(
                start * WIDTH, b"".join(part[2] for part in parts),
                b"".join(part[0] for part in parts), b"".join(part[3] for part in parts),
            )  # fmt: skip

    def finish(self) -> Iterator[Finding]:
        """Verify the last, incomplete bundle, the right edge, and that nothing stands beyond."""
        self.has_ended = True
        tree, start = self._reader.tree, self.whole * WIDTH
        ids, entries, classes = bytes(tree.ids), bytes(tree.entries), bytes(tree.classes)
        width = tree.size - start
        if (len(ids), len(entries), len(classes)) != (width * ID, width * HASH, width):
            yield self._finding(start, Problem.BUNDLE_TORN)
            return
        yield from self._checkpoints.between(self.frontier, merkle.leaf_hashes(entries))
        yield from self._times(start, ids)
        yield from self._compare(start, ids, entries, classes)
        yield from self._checkpoints.rest()
        if bytes(tree.peaks) != self.frontier.as_bytes() and self.is_sound:
            yield self._finding(start, Problem.TREE_DIFFERS)
        for row in rows(SURPLUS, {"log": self.log}):
            yield self._finding(row[0], Problem.SURPLUS)

    def _bundle(
        self, number: int, row: tuple[Any, ...] | None, *, is_whole: bool
    ) -> Iterator[Finding]:
        """One bundle: its hash, its bounds, the checkpoints within, the tiles it completes."""
        start, stored = number * WIDTH, self._stored(number, row)
        if row is None or not is_whole:
            yield self._finding(start, Problem.BUNDLE_TORN if row else Problem.BUNDLE_MISSING)
            yield from self._checkpoints.skip(start + WIDTH, is_bridged=stored is not None)
        else:
            hashes = merkle.leaf_hashes(row[0])
            if merkle.complete_root(hashes) != row[1]:
                yield self._finding(start, Problem.BUNDLE_DIFFERS)
                yield from self._checkpoints.skip(start + WIDTH, is_bridged=True)
            yield from self._checkpoints.between(self.frontier, hashes)
            yield from self._bounds(start, row[2], row[4], row[5])
        self.frontier = self.frontier.append(stored or bytes(HASH), leaves=WIDTH)
        yield from self._tiles(1, number)

    def _stored(self, number: int, row: tuple[Any, ...] | None) -> bytes | None:
        """The hash kept for a bundle, from the tile above where the bundle is gone."""
        if row is not None and len(row[1]) == HASH:
            return bytes(row[1])
        above = rows(TILE, [self.log, 1, number // WIDTH])
        place = number % WIDTH * HASH
        return above[0][0][place : place + HASH] or None if above else None

    def _bounds(self, start: int, ids: bytes, lowest: bytes, highest: bytes) -> Iterator[Finding]:
        named = split(ids)
        if (min(named), max(named)) != (lowest, highest):
            yield self._finding(start, Problem.BUNDLE_BOUNDS_DIFFER)
        yield from self._times(start, ids)

    def _times(self, start: int, ids: bytes) -> Iterator[Finding]:
        """An id made after the checkpoint over it was signed tells of a clock that went wrong."""
        signed_at = self._checkpoints.signed_at(start + len(ids) // ID)
        if not ids or signed_at is None:
            return
        named = split(ids)
        newest = max(named)
        if int.from_bytes(newest[:6]) > _milliseconds(signed_at):
            place = start + named.index(newest)
            yield Finding(self.log, place, UUID(bytes=newest), Problem.ID_FROM_FUTURE)

    def _tiles(self, level: int, number: int) -> Iterator[Finding]:
        """The tile that hash `number` of the level below completes, if any, and those above it."""
        if (number + 1) % WIDTH:
            return
        place, position = number // WIDTH, number // WIDTH * WIDTH ** (level + 1)
        first = place * WIDTH
        more = [level - 1] if level > 1 else []
        lower = [row[0] for row in rows(LOWER[min(level, 2)], [self.log, first, number + 1, *more])]
        found = rows(TILE, [self.log, level, place])
        if not found:
            yield self._finding(position, Problem.TILE_MISSING)
        elif len(lower) == WIDTH and found[0] != (b"".join(lower), merkle.complete_root(lower)):
            yield self._finding(position, Problem.TILE_DIFFERS)
        yield from self._tiles(level + 1, place)

    def _compare(self, start: int, ids: bytes, entries: bytes, classes: bytes) -> Iterator[Finding]:
        if self.entries is None or not ids:
            return
        for place, entry_id, problem in self.entries.problems(ids, entries, classes):
            yield Finding(self.log, start + place, entry_id, problem)

    def _finding(self, position: int, problem: Problem) -> Finding:
        return Finding(self.log, position, None, problem)


def entries_of(reader: LogReader, *, all_sizes: int) -> Entries:
    """The comparison of a log's entries; `all_sizes` is the number of entries in all logs."""
    log = reader.tree.controller_id
    return Entries(log, Expiry.of(reader), is_dense=reader.size * 2 >= all_sizes)


def _is_whole(row: tuple[Any, ...]) -> bool:
    return [len(part) for part in row[:4]] == [WIDTH * HASH, HASH, WIDTH * ID, WIDTH]


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together, as (first, one past the last)."""
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[start], numbers[i - 1] + 1
            start = i


def _milliseconds(at: datetime) -> float:
    return (at + timedelta(seconds=settings.AUDIT_CLOCK_SKEW_SECONDS)).timestamp() * 1000
