"""Verifying everything at one moment: each log, what waits, what is left over."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from audit.models import Pending, Tree
from audit.sealing import log_keys
from audit.tiles import LogReader
from audit.tlog.notes import Checkpoint, NoteError, parse_note
from audit.verification.checkpoints import Checkpoints
from audit.verification.entries import Entries
from audit.verification.expiry import Expiry
from audit.verification.findings import Finding, Problem, Tell
from audit.verification.leftovers import FIRST, LAST, Leftovers
from audit.verification.statements import TREELESS, read_steadily, rows
from audit.verification.tree import Replay, entries_of
from keys.ids import SYSTEM_ID

_NOTES = re.compile(r"(?:[^\n]+\n)+\n(?:\u2014 [^\n]+\n)+")


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, unless a transaction was open already."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        read_steadily()
        yield


def notes_in(text: str) -> list[str]:
    """The signed notes of a text in which they stand one after the other. Raises NoteError."""
    found = _NOTES.findall(text)
    if not found:
        raise NoteError("there is no signed note in it")
    return found


def verify(
    *,
    log: UUID | None = None,
    with_payloads: bool = True,
    known: Collection[str] = (),
    tell: Tell = lambda done: None,
) -> Iterator[Finding]:
    """Replay every log, or one; yields what does not verify and nothing else.

    `known`: older checkpoints that somebody kept, as signed notes; only they show that a log was
    signed anew or set back. Without payloads the trees alone are replayed. `tell` hears of each so
    many entries. Raises NoteError for a text that is no checkpoint, KeyUnavailableError.
    """
    with one_moment():
        work = _Whole(_Memory.of(known), with_payloads, tell)
        trees = Tree.objects.order_by("controller_id")
        yield from work.logs(trees if log is None else trees.filter(controller_id=log))
        if with_payloads:
            yield from work.waiting(log)
        if log is None:
            yield from work.rest()


@dataclass
class _Memory:
    """Roots by size for each origin; `strange` are notes that no key of theirs signed."""

    roots: dict[str, dict[int, set[bytes]]] = field(default_factory=dict)
    strange: list[Checkpoint] = field(default_factory=list)

    @classmethod
    def of(cls, known: Collection[str]) -> "_Memory":
        memory = cls()
        for text in known:
            memory._keep(text)
        return memory

    def _keep(self, text: str) -> None:
        note = parse_note(text)
        found = Checkpoint.parse(note.body)
        try:
            is_ours = any(note.by(key) for key in log_keys(found.origin))
        except NoteError:
            is_ours = False
        if is_ours:
            sizes = self.roots.setdefault(found.origin, {})
            sizes.setdefault(found.size, set()).add(found.root)
        else:
            self.strange.append(found)


@dataclass
class _Whole:
    memory: _Memory
    with_payloads: bool
    tell: Tell
    matched: int = 0
    seen: set[str] = field(default_factory=set)

    def logs(self, trees: QuerySet[Tree]) -> Iterator[Finding]:
        every = list(trees)
        sizes = sum(tree.size for tree in every)
        for tree in every:
            self.seen.add(tree.origin)
            yield from self._log(LogReader(tree), sizes)

    def waiting(self, log: UUID | None) -> Iterator[Finding]:
        """What was recorded and has no place yet."""
        every = Pending.objects.order_by("id")
        for one in every if log is None else every.filter(controller_id=log):
            entries = Entries(one.controller_id, Expiry(), is_dense=False)
            parts = (bytes(one.ids), bytes(one.entries), bytes(one.classes))
            for _, entry_id, problem in entries.problems(*parts):
                yield Finding(one.controller_id, None, entry_id, problem)
            self.matched += entries.matched
            self.tell(len(parts[2]))

    def rest(self) -> Iterator[Finding]:
        """What belongs to no log, and logs that are gone."""
        for row in rows(TREELESS, []):
            yield Finding(row[0], 0, None, Problem.TREE_MISSING)
        for origin in self.memory.roots.keys() - self.seen:
            yield Finding(_log_of(origin), 0, None, Problem.SHRUNK)
        for note in self.memory.strange:
            yield Finding(_log_of(note.origin), note.size - 1, None, Problem.NOTE_WRONG)
        if self.with_payloads:
            yield from self._leftovers()

    def _log(self, reader: LogReader, all_sizes: int) -> Iterator[Finding]:
        remembered = self.memory.roots.get(reader.tree.origin)
        checkpoints = Checkpoints(reader, remembered=remembered, are_all_kept=True)
        entries = entries_of(reader, all_sizes=all_sizes) if self.with_payloads else None
        replay = Replay(reader, checkpoints, entries=entries)
        while not replay.is_at_end:
            before = replay.frontier.size
            yield from replay.step()
            self.tell(replay.frontier.size - before)
        yield from replay.finish()
        self.tell(reader.size - replay.frontier.size)
        if entries is not None:
            self.matched += entries.matched
            yield from _drops(reader.tree.controller_id, entries.expiry)

    def _leftovers(self) -> Iterator[Finding]:
        leftovers, after = Leftovers(), FIRST
        while after != LAST:
            upto = leftovers.end(after)
            yield from leftovers.find(after, upto)
            after = upto
        if self.matched > leftovers.placed:  # more places than payloads
            yield from leftovers.search_twice()


def _drops(log: UUID, expiry: Expiry) -> Iterator[Finding]:
    for _ in expiry.unproved():
        yield Finding(log, None, None, Problem.DROP_UNPROVED)
    for _ in expiry.miscounted():
        yield Finding(log, None, None, Problem.DROP_COUNT_DIFFERS)


def _log_of(origin: str) -> UUID:
    """The log an origin names; the system's where it names none of ours."""
    try:
        return UUID(origin.rpartition("/")[2])
    except ValueError:
        return SYSTEM_ID
