"""The Merkle tree of RFC 6962 section 2.1, computed a tile of 256 leaves at a time. Pure.

Nothing here reads or writes: proofs are computed from node hashes that a caller supplies.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH = 256
HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""The hash of the complete subtree of 2^level leaves with that number: `node(level, number)`."""


class RangeError(ValueError):
    """A size or an index outside the tree."""


def leaf_hash(entry: bytes) -> bytes:
    """What stands for one entry at the tree's lowest level."""
    return hashlib.sha256(b"\0" + entry).digest()


def leaf_hashes(entries: bytes) -> list[bytes]:
    """The leaf hashes of 32-byte entries that stand one after the other."""
    sha256 = hashlib.sha256
    return [sha256(b"\0" + entries[i : i + HASH]).digest() for i in range(0, len(entries), HASH)]


def node_hash(left: bytes, right: bytes) -> bytes:
    """What stands for two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    sha256, level = hashlib.sha256, list(hashes)
    while len(level) > 1:
        halves = zip(level[::2], level[1::2], strict=True)
        level = [sha256(b"\1" + left + right).digest() for left, right in halves]
    return level[0]


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the complete subtrees that cover its leaves, largest first.

    All that appending needs, whatever the tree's size: at most one hash for each bit of the size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, complete: bytes, *, leaves: int = 1) -> "Frontier":
        """The frontier after one more complete subtree of that many leaves (a power of two).

        Raises RangeError where such a subtree cannot stand at this size.
        """
        if self.size % leaves:
            raise RangeError("a complete subtree starts at a multiple of its size")
        peaks, bit = [*self.peaks, complete], leaves
        while self.size & bit:
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
            bit <<= 1
        return Frontier(self.size + leaves, tuple(peaks))

    def extend(self, hashes: Sequence[bytes]) -> "Frontier":
        """The frontier after these leaf hashes."""
        found = self
        for one in hashes:
            found = found.append(one)
        return found

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        return fold(self.peaks) if self.peaks else EMPTY_ROOT

    def as_bytes(self) -> bytes:
        """The peaks one after the other; the size is kept beside them."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> "Frontier":
        """The frontier `as_bytes` wrote. Raises RangeError where peaks and size do not agree."""
        if len(peaks) != HASH * size.bit_count():
            raise RangeError("a frontier has one hash for each bit of its size")
        parts = [peaks[i : i + HASH] for i in range(0, len(peaks), HASH)]
        return cls(size, tuple(parts))


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root above complete subtrees of falling size."""
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = node_hash(left, root)
    return root


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that cover the leaves from `start` up to `end`, as (level, number).

    `start` is a multiple of the largest power of two below the range's length, as in every
    subtree that RFC 6962 splits off.
    """
    found, position = [], start
    while position < end:
        level = (end - position).bit_length() - 1
        found.append((level, position >> level))
        position += 1 << level
    return found


def range_root(start: int, end: int, node: Node) -> bytes:
    """MTH(D[start:end]) of such a range."""
    return fold([node(*one) for one in subtrees(start, end)])


def root(size: int, node: Node) -> bytes:
    """The root of the tree's first `size` leaves."""
    return range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node, level: int = 0) -> list[bytes]:
    """RFC 6962 section 2.1.1: the siblings from the leaf up to the root. Raises RangeError.

    With a `level`, those above the complete subtree of 2^level leaves that the leaf is in.
    """
    if not 0 <= index < size:
        raise RangeError(f"there is no leaf {index} in a tree of {size}")
    return [range_root(*one, node) for one in _siblings(index, size, level)]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """RFC 6962 section 2.1.2: that the first `old` leaves are those of `new`. Raises RangeError."""
    if not 0 < old <= new:
        raise RangeError(f"a tree of {old} is no beginning of a tree of {new}")
    if old == new:
        return []
    level = (old & -old).bit_length() - 1  # the last complete subtree of the old tree
    proof = [range_root(*one, node) for one in _siblings(old - 1, new, level)]
    start = old - (1 << level)
    return proof if start == 0 else [node(level, start >> level), *proof]


def _siblings(index: int, size: int, level: int = 0) -> list[tuple[int, int]]:
    """The ranges beside the path from the subtree of 2^level leaves over `index` to the root."""
    found, start, end = [], 0, size
    while end - start > 1 << level and (start, end) != _subtree(index, level):
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def _subtree(index: int, level: int) -> tuple[int, int]:
    start = index >> level << level
    return start, start + (1 << level)


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root a proof leads to (RFC 9162 section 2.1.3.2). Raises RangeError for a wrong size."""
    if not 0 <= index < size:
        raise RangeError(f"there is no leaf {index} in a tree of {size}")
    last, found = size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise RangeError("the proof is too long")
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise RangeError("the proof is too short")
    return found


def is_consistent(old: int, new: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the old root to the new one (RFC 9162 section 2.1.4.2)."""
    if old == new:
        return not proof and roots[0] == roots[1]
    if not 0 < old < new or not proof:
        return False
    path = list(proof) if old & (old - 1) else [roots[0], *proof]
    return _both_roots(old - 1, new - 1, path) == roots


def _both_roots(first: int, second: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    while first & 1:
        first, second = first >> 1, second >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if second == 0:
            return None
        if first & 1 or first == second:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            after = node_hash(after, sibling)
        first, second = first >> 1, second >> 1
    return None if second else (before, after)
