"""A log as a witness is shown it, and the test of what a witness shows us."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from audit.models import Checkpoint, Tree
from audit.sealing import log_keys, log_name
from audit.tiles import LogReader, NoSuchTileError
from audit.tlog import notes
from audit.tlog.notes import NoteError
from audit.witnesses.errors import ContradictionError, Problem

LONGEST_NOTE = 16_384


@dataclass(frozen=True, slots=True)
class Published:
    """One log and its newest checkpoint, as they stood when this was made."""

    reader: LogReader
    checkpoint: Checkpoint

    @classmethod
    def of(cls, controller_id: UUID) -> Self | None:
        """None while the log has no checkpoint."""
        reader = LogReader.of(controller_id)
        checkpoint = reader.checkpoint() if reader else None
        return cls(reader, checkpoint) if reader and checkpoint else None

    @property
    def controller_id(self) -> UUID:
        return self.reader.tree.controller_id

    @property
    def name(self) -> str:
        return log_name(self.controller_id)

    @property
    def origin(self) -> str:
        return self.reader.tree.origin

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def body(self) -> str:
        """What the log's key signed and a witness signs: origin, size and root."""
        return notes.parse_note(self.checkpoint.note).body

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries by our tiles. Raises ContradictionError."""
        try:
            return self.reader.root(size)
        except (NoSuchTileError, ObjectDoesNotExist):  # tiles were signed that are not there
            raise ContradictionError(Problem.FORK, size) from None

    def consistency(self, old: int) -> list[bytes]:
        """The proof from that size to the checkpoint's. Raises ContradictionError."""
        if old == 0:
            return []
        try:
            return self.reader.consistency(old, self.size)
        except (NoSuchTileError, ObjectDoesNotExist):
            raise ContradictionError(Problem.FORK, old) from None

    def body_at(self, size: int) -> str:
        """The body a checkpoint of that size has by our tiles. Raises ContradictionError."""
        return notes.Checkpoint(self.origin, size, self.root(size)).body

    def has_room_for(self, size: int) -> "Published":
        """This log, read anew where it seems too small. Raises ContradictionError (it shrank).

        Another keeper may have published more since we looked; only the tree as it is now tells.
        """
        if size <= self.reader.size:
            return self
        now = Tree.objects.filter(controller_id=self.controller_id, size__gte=size).first()
        if now is None:
            raise ContradictionError(Problem.SHRINK, size)
        return Published(LogReader(now), self.checkpoint)

    def begins_with(self, size: int, root: bytes) -> None:
        """Do nothing where our tree began so. Raises ContradictionError."""
        if self.has_room_for(size).root(size) != root:
            raise ContradictionError(Problem.FORK, size)

    def signed(self, text: str) -> notes.Checkpoint | None:
        """The checkpoint in a note, if it is of this log and one of our keys signed it."""
        try:
            note = notes.parse_note(text)
            found = notes.Checkpoint.parse(note.body)
            if found.origin == self.origin and any(note.by(key) for key in log_keys(self.origin)):
                return found
        except NoteError:
            return None
        return None

    def face(self, text: str) -> notes.Checkpoint | None:
        """Hold our tree to a note that a witness has kept; None where it is not ours.

        Raises ContradictionError with the note as evidence: we signed it and cannot continue it.
        """
        told = self.signed(text)
        if told is None:
            return None
        try:
            self.begins_with(told.size, told.root)
        except ContradictionError as found:
            raise ContradictionError(found.problem, told.size, text) from None
        return told
