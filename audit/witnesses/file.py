"""A file for each log, on another machine or an unchangeable medium: one checkpoint after another.

It is opened for appending alone and synced before anything counts as seen, so that a medium that
only grows (a WORM share, `chattr +a`) is enough.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from audit.tlog import notes
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import Problem, WitnessTroubleError
from audit.witnesses.models import Cosignature
from audit.witnesses.published import LONGEST_NOTE, Published
from audit.witnesses.said import Said

_NOTE: Final = re.compile(r"(?:\A|(?<=\n\n))([^\n]+\n[0-9]+\n[^\n]+\n\n(?:— [^\n]+\n)+)(?=\n|\Z)")


class FileSink:
    """Keeps `<folder>/<log>.checkpoints`. Notes stand apart by an empty line."""

    def __init__(self, witness: Witness) -> None:
        self._folder = witness.path or Path()

    def publish(self, log: Published, known: int) -> Said:
        """Append the newest checkpoint. Raises WitnessTroubleError, ContradictionError."""
        with self._open(log, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file:
            last = _face_last(file, log)
            had = last.size if last else 0
            if had >= log.size:
                return Said(had, had=had)
            _append(file, log.checkpoint.note)
        _sync(self._folder)
        return Said(log.size, had=had)

    def recall(self, log: Published) -> None:
        """Hold the log to what the file ends with. Raises as `publish`."""
        try:
            with self._open(log, os.O_RDONLY) as file:
                _face_last(file, log)
        except FileNotFoundError:
            return

    def vouches(self, kept: Cosignature, log: Published) -> bool:
        """A file signs nothing."""
        return True

    def close(self) -> None:
        """Nothing stays open."""

    @contextmanager
    def _open(self, log: Published, how: int) -> Iterator[int]:
        """The log's file, with nobody else in it."""
        try:
            file = os.open(self._folder / f"{log.name}.checkpoints", how | os.O_CLOEXEC, 0o640)
        except FileNotFoundError:
            if how & os.O_CREAT:
                raise WitnessTroubleError(Problem.UNWRITABLE) from None
            raise
        except OSError:
            raise WitnessTroubleError(Problem.UNWRITABLE) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
        except BlockingIOError:
            raise WitnessTroubleError(Problem.BUSY) from None
        except OSError:
            raise WitnessTroubleError(Problem.UNWRITABLE) from None
        finally:
            os.close(file)


def _face_last(file: int, log: Published) -> notes.Checkpoint | None:
    """The last checkpoint of ours that the file holds; what is not ours is passed over.

    A power cut may leave half a note at the end: it counts as not written.
    """
    size = os.fstat(file).st_size
    start = max(0, size - 2 * LONGEST_NOTE)
    tail = os.pread(file, size - start, start).decode(errors="replace")
    for match in reversed(list(_NOTE.finditer(tail))):
        if told := log.face(match.group(1)):
            return told
    return None


def _append(file: int, note: str) -> None:
    """One write. An empty line goes before it, whatever the file ended with."""
    raw = (b"\n\n" if os.fstat(file).st_size else b"") + note.encode()
    if os.write(file, raw) != len(raw):
        raise WitnessTroubleError(Problem.UNWRITABLE)
    os.fsync(file)


def _sync(folder: Path) -> None:
    """The name of a new file is on disk only when its folder is."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
