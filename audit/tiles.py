"""Reading the trees: tiles, entry bundles, places and proofs. Nothing here writes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from audit.models import Bundle, Checkpoint, Tile, Tree
from audit.tlog import merkle, notes
from audit.tlog.merkle import HASH, WIDTH

ID: Final = 16
BITS: Final = 8

NEAR: Final = 8
_CANDIDATES = """
SELECT number, ids FROM (
  SELECT number, ids, lowest FROM audit_bundle
  WHERE controller_id = %s AND highest >= %s ORDER BY highest LIMIT {limit}
) AS near WHERE lowest <= %s
"""


class NoSuchTileError(LookupError):
    """The tree has no such tile, or not so much of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A bundle, whole or as much as there is of the last one."""

    entries: bytes
    ids: bytes
    classes: bytes

    @property
    def width(self) -> int:
        return len(self.classes)

    def entry(self, offset: int) -> bytes:
        """One of its commitments."""
        return self.entries[offset * HASH : (offset + 1) * HASH]


@dataclass
class LogReader:
    """One log as it stood when this was made. Keeps the tiles it has read."""

    tree: Tree
    _tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, controller_id: UUID) -> "LogReader | None":
        """The log of a controller (or the system); None while it has no entry."""
        tree = Tree.objects.filter(controller_id=controller_id).first()
        return cls(tree) if tree else None

    @property
    def size(self) -> int:
        return self.tree.size

    def part(self, number: int) -> Part:
        """The entries of a bundle with their ids. Raises NoSuchTileError."""
        if number == self.size // WIDTH and self.tree.classes:
            tree = self.tree
            return Part(bytes(tree.entries), bytes(tree.ids), bytes(tree.classes))
        if not 0 <= number < self.size // WIDTH:
            raise NoSuchTileError
        found = Bundle.objects.filter(controller_id=self.tree.controller_id, number=number).first()
        if found is None:
            raise NoSuchTileError
        return Part(bytes(found.entries), bytes(found.ids), bytes(found.classes))

    def entry(self, position: int) -> bytes:
        """The commitment at a place. Raises NoSuchTileError."""
        return self.part(position // WIDTH).entry(position % WIDTH)

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, as many as the tree has. Raises NoSuchTileError."""
        key = (level, number)
        if key not in self._tiles:
            self._tiles[key] = self._read(level, number)
        return self._tiles[key]

    def width(self, level: int, number: int) -> int:
        """How many hashes the tile has in a tree of this size."""
        return max(0, min(WIDTH, (self.size >> (BITS * level)) - number * WIDTH))

    def _read(self, level: int, number: int) -> bytes:
        width = self.width(level, number)
        if width == 0:
            raise NoSuchTileError
        if level == 0:
            return b"".join(merkle.leaf_hashes(self.part(number).entries))
        log, first = self.tree.controller_id, number * WIDTH
        if width == WIDTH:
            return bytes(Tile.objects.get(controller_id=log, level=level, number=number).hashes)
        lower = (
            Bundle.objects.filter(controller_id=log)
            if level == 1
            else Tile.objects.filter(controller_id=log, level=level - 1)
        )
        rows = lower.filter(number__gte=first, number__lt=first + width).order_by("number")
        return b"".join(bytes(one) for one in rows.values_list("hash", flat=True))

    def node(self, level: int, number: int) -> bytes:
        """The hash of the complete subtree of 2^level leaves with that number."""
        tile_level, above = divmod(level, BITS)
        first = number << above
        hashes = self.tile(tile_level, first // WIDTH)
        start = first % WIDTH * HASH
        part = hashes[start : start + (HASH << above)]
        if len(part) != HASH << above:
            raise NoSuchTileError
        return merkle.complete_root([part[i : i + HASH] for i in range(0, len(part), HASH)])

    def root(self, size: int) -> bytes:
        """The root of the log's first `size` entries."""
        return merkle.root(size, self.node)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the log's first `size`. Raises RangeError."""
        if size > self.size:
            raise merkle.RangeError(f"the log has {self.size} entries")
        return merkle.inclusion_proof(index, size, self.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `old` entries begin the first `new`. Raises RangeError."""
        if new > self.size:
            raise merkle.RangeError(f"the log has {self.size} entries")
        return merkle.consistency_proof(old, new, self.node)

    def position(self, entry_id: UUID) -> int | None:
        """The place of an entry, or None where the log does not have it (yet)."""
        raw = entry_id.bytes
        if (found := _offset(bytes(self.tree.ids), raw)) is not None:
            return self.size // WIDTH * WIDTH + found
        for limit in (str(NEAR), "ALL"):  # one that came late stands further behind
            with connection.cursor() as cursor:
                cursor.execute(
                    _CANDIDATES.format(limit=limit), [self.tree.controller_id, entry_id, entry_id]
                )
                for number, ids in cursor:
                    if (found := _offset(bytes(ids), raw)) is not None:
                        return int(number) * WIDTH + found
        return None

    def checkpoint(self, *, covering: int = 0) -> Checkpoint | None:
        """The newest checkpoint, if it covers so many entries."""
        found = Checkpoint.objects.filter(
            controller_id=self.tree.controller_id, size__lte=self.size, size__gte=covering
        )
        return found.order_by("-size").first()

    def proof(
        self,
        index: int,
        *,
        extra: bytes = b"",
        lines: Callable[[Checkpoint], str] | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> notes.Proof:
        """The proof file of an entry, by this checkpoint or else the newest.

        `lines` adds cosignatures. Raises RangeError.
        """
        checkpoint = checkpoint or self.checkpoint(covering=index + 1)
        if checkpoint is None:
            raise merkle.RangeError(f"no checkpoint covers entry {index} yet")
        hashes = self.inclusion(index, checkpoint.size)
        note = checkpoint.note + (lines(checkpoint) if lines else "")
        return notes.Proof(index, tuple(hashes), note, extra)


def placed(controller_id: UUID, entry_id: UUID) -> tuple[LogReader, int] | None:
    """The log that has the entry, and its place there; None while it has none."""
    reader = LogReader.of(controller_id)
    position = reader.position(entry_id) if reader else None
    return None if reader is None or position is None else (reader, position)


def _offset(ids: bytes, wanted: bytes) -> int | None:
    """Which of the 16-byte ids it is."""
    at = ids.find(wanted)
    while at >= 0 and at % ID:
        at = ids.find(wanted, at + 1)
    return at // ID if at >= 0 else None
