"""Many proofs at once: a bundle of 256 entries is read and hashed once for all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from audit.tiles import LogReader, Part
from audit.tlog import merkle
from audit.tlog.merkle import WIDTH

ID: Final = 16
INNER: Final = 8
"""Levels of the tree within a bundle."""
BUNDLES_AT_ONCE: Final = 64
NODES_KEPT: Final = 50_000

_OVERLAPPING = """
SELECT number, lowest, highest FROM audit_bundle
WHERE controller_id = %s AND highest >= %s AND lowest <= %s ORDER BY number
"""
_BUNDLES = """
SELECT number, entries, ids, classes FROM audit_bundle
WHERE controller_id = %s AND number = ANY(%s) ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of the log: its place, what the tree has of it, and the way to the root."""

    id: UUID
    index: int
    commitment: bytes
    hashes: list[bytes]


@dataclass
class Prover:
    """Proves entries of one log in the tree of one checkpoint's size."""

    reader: LogReader
    size: int
    _nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def prove(self, ids: Sequence[UUID]) -> dict[UUID, Placed]:
        """The entries of these ids, which stand in ascending order; without those that the tree
        of that size does not have."""
        found: dict[UUID, Placed] = {}
        for number, part in self._parts(ids):
            places = _places(part, ids)
            if places:
                found |= {one.id: one for one in self._proved(number, part, places)}
        return found

    def _parts(self, ids: Sequence[UUID]) -> Iterator[tuple[int, Part]]:
        """The bundles that may hold some of the ids, the unfinished last one included."""
        if not ids:
            return
        numbers = self._overlapping(ids)
        for start in range(0, len(numbers), BUNDLES_AT_ONCE):
            yield from self._read(numbers[start : start + BUNDLES_AT_ONCE])
        tree = self.reader.tree
        if tree.classes:
            last = Part(bytes(tree.entries), bytes(tree.ids), bytes(tree.classes))
            yield self.reader.size // WIDTH, last

    def _overlapping(self, ids: Sequence[UUID]) -> list[int]:
        """A bundle's ids are of about one moment, so few bundles could hold a given one."""
        with connection.cursor() as cursor:
            cursor.execute(_OVERLAPPING, [self.reader.tree.controller_id, ids[0], ids[-1]])
            rows = cursor.fetchall()
        return [
            number
            for number, lowest, highest in rows
            if bisect_left(ids, lowest) < bisect_right(ids, highest) and number * WIDTH < self.size
        ]

    def _read(self, numbers: list[int]) -> Iterator[tuple[int, Part]]:
        with connection.cursor() as cursor:
            cursor.execute(_BUNDLES, [self.reader.tree.controller_id, numbers])
            rows = cursor.fetchall()
        for number, entries, ids, classes in rows:
            yield number, Part(bytes(entries), bytes(ids), bytes(classes))

    def _proved(
        self, number: int, part: Part, places: Collection[tuple[int, UUID]]
    ) -> Iterator[Placed]:
        first = number * WIDTH
        is_whole = first + WIDTH <= self.size
        levels = _levels(part.entries) if is_whole else []
        above = self._above(first) if is_whole else []
        for place, entry_id in places:
            if first + place >= self.size:
                continue
            commitment = part.entry(place)
            hashes = (
                [levels[n][place >> n ^ 1] for n in range(INNER)] + above
                if is_whole
                else self.reader.inclusion(first + place, self.size)
            )
            yield Placed(entry_id, first + place, commitment, hashes)

    def _above(self, first: int) -> list[bytes]:
        """The way from a whole bundle to the root: the same for all of its entries."""
        return merkle.inclusion_proof(first, self.size, self._node, INNER)

    def _node(self, level: int, number: int) -> bytes:
        """Neighbours share nearly all of their upper nodes."""
        key = (level, number)
        if key not in self._nodes:
            if len(self._nodes) >= NODES_KEPT:
                self._nodes.clear()
            self._nodes[key] = self.reader.node(level, number)
        return self._nodes[key]


def _places(part: Part, ids: Sequence[UUID]) -> list[tuple[int, UUID]]:
    """Which of the ids stand in the bundle, and where."""
    held = [part.ids[i : i + ID] for i in range(0, len(part.ids), ID)]
    near = slice(bisect_left(ids, UUID(bytes=min(held))), bisect_right(ids, UUID(bytes=max(held))))
    wanted = {one.bytes: one for one in ids[near]}
    return [(place, wanted[one]) for place, one in enumerate(held) if one in wanted]


def _levels(entries: bytes) -> list[list[bytes]]:
    """Every hash of the tree over a whole bundle, from its leaves to the two below its root."""
    levels = [merkle.leaf_hashes(entries)]
    while len(levels) < INNER:
        below = levels[-1]
        levels.append([merkle.node_hash(below[i], below[i + 1]) for i in range(0, len(below), 2)])
    return levels
