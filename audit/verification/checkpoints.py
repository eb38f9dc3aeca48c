"""A log's checkpoints, and those somebody remembers, against the roots that a replay finds."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings

from audit.models import Checkpoint
from audit.sealing import log_keys
from audit.tiles import LogReader
from audit.tlog import notes
from audit.tlog.merkle import Frontier
from audit.verification.findings import Finding, Problem

ROWS_AT_ONCE = 1000

Remembered = Mapping[int, Collection[bytes]]
"""Roots by size."""


class Checkpoints:
    """Those of one log beyond the size `after`, in their order.

    `remembered` is what the log must still agree with, its end included; with `are_all_kept` each
    of these must also be stored still.
    """

    def __init__(
        self,
        reader: LogReader,
        *,
        remembered: Remembered | None = None,
        after: int = 0,
        are_all_kept: bool = False,
    ) -> None:
        self.is_trusted = True
        self.is_bridged = True
        self._has_forked = False
        self._reader = reader
        self._log = reader.tree.controller_id
        self._keys = log_keys(reader.tree.origin)
        self._remembered = dict(sorted((remembered or {}).items()))
        self._are_all_kept = are_all_kept
        ours = Checkpoint.objects.filter(controller_id=self._log)
        self._last = ours.filter(size__lte=after).order_by("-size").first()
        self._rows = ours.filter(size__gt=after).order_by("size").iterator(ROWS_AT_ONCE)
        self._next = next(self._rows, None)
        self._good = self._agreed = after

    def between(self, frontier: Frontier, hashes: list[bytes]) -> Iterator[Finding]:
        """Check what ends within the leaves that come next."""
        running, end = frontier, frontier.size + len(hashes)
        while (size := self._next_size()) is not None and size <= end:
            more = hashes[running.size - frontier.size : size - frontier.size]
            running = running.extend(more)
            yield from self._check(size, running.root)

    def skip(self, end: int, *, is_bridged: bool) -> Iterator[Finding]:
        """Of what ends within a broken bundle only the signature can be checked.

        Without a hash for the bundle nothing after it can be recomputed either.
        """
        self.is_bridged = self.is_bridged and is_bridged
        while (size := self._next_size()) is not None and size <= end:
            yield from self._check(size, None)

    def rest(self) -> Iterator[Finding]:
        """Nothing may be signed or remembered that is not there, nor be there unsigned."""
        tree, last = self._reader.tree, self._last
        if self._next is not None:
            yield self._finding(tree.size, Problem.TRUNCATED)
        elif last is None or last.size != tree.size:
            yield self._finding(last.size if last else 0, Problem.UNSIGNED)
        elif last.at != tree.sealed_at:
            yield self._finding(tree.size - 1, Problem.TREE_DIFFERS)
        if self._remembered:
            yield self._finding(tree.size, Problem.SHRUNK, self._agreed)

    def signed_at(self, size: int) -> datetime | None:
        """When the first checkpoint over so many entries was signed; those before are checked."""
        if self._last is not None and self._last.size >= size:
            return self._last.at
        return self._next.at if self._next else None

    def _next_size(self) -> int | None:
        sizes = [*list(self._remembered)[:1], *([self._next.size] if self._next else [])]
        return min(sizes, default=None)

    def _check(self, size: int, root: bytes | None) -> Iterator[Finding]:
        """Whatever is stored or remembered of one size. Without a root: its signature."""
        root = root if self.is_bridged else None
        stored = self._next if self._next and self._next.size == size else None
        if stored is not None:
            yield from self._stored(stored, root)
            self._last, self._next = stored, next(self._rows, None)
        if (roots := self._remembered.pop(size, None)) is None:
            return
        if root is not None and set(roots) != {root}:
            if not self._has_forked:
                yield self._finding(size - 1, Problem.FORKED, self._agreed)
            self._has_forked = True
        elif root is not None:
            self._agreed = size
        if stored is None and self._are_all_kept and not self._has_forked:
            yield self._finding(size - 1, Problem.CHECKPOINT_MISSING)

    def _stored(self, found: Checkpoint, root: bytes | None) -> Iterator[Finding]:
        place = found.size - 1
        if not self._is_signed(found):
            yield self._finding(place, Problem.SIGNATURE_WRONG)
        elif root is not None and bytes(found.root) != root:
            if self.is_trusted:  # what follows cannot be right: once is enough
                yield self._finding(place, Problem.ROOT_DIFFERS, self._good)
            self.is_trusted = False
        elif root is not None:
            self._good = found.size
        bound = timedelta(seconds=settings.AUDIT_CLOCK_SKEW_SECONDS)
        if self._last is not None and found.at < self._last.at - bound:
            yield self._finding(place, Problem.CLOCK_WENT_BACK)

    def _is_signed(self, found: Checkpoint) -> bool:
        """Whether one of the log's keys signed exactly what the row says."""
        said = notes.Checkpoint(self._reader.tree.origin, found.size, bytes(found.root))
        try:
            note = notes.parse_note(found.note)
            return note.body == said.body and any(note.by(key) for key in self._keys)
        except notes.NoteError:
            return False

    def _finding(self, position: int, problem: Problem, since: int | None = None) -> Finding:
        return Finding(self._log, position, None, problem, since)
