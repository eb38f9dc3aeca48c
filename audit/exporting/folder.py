"""The private folders of exports: nobody but the account that runs the suite may read in them."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from audit.exporting.errors import ExportBusyError, ExportFolderError
from keys.private import PRIVATE_FOLDER, NotPrivateError, private_file, private_folder


@contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    """A file for one process at a time; a killed one holds nothing. Raises ExportBusyError."""
    with private_file(path, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportBusyError from None
        yield file


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """The folder that a setting names."""

    setting: str

    def root(self) -> Path:
        """The folder, made if need be. Raises ExportFolderError: it is not set, or not private."""
        name = getattr(settings, self.setting)
        if not name:
            raise ExportFolderError(
                f"There is no private folder for exports: set SAMMATI_{self.setting}."
            )
        try:
            return private_folder(name)
        except NotPrivateError:
            message = "The folder of exports can be read by others: chmod 700."
            raise ExportFolderError(message) from None

    def delete_others(self, kept: Collection[UUID]) -> int:
        """Remove what belongs to no export that should have files; returns how many."""
        names = {str(one) for one in kept}
        strangers = [
            one for one in self.root().iterdir() if one.name.partition(".")[0] not in names
        ]
        for path in strangers:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return len(strangers)


@dataclass(frozen=True, slots=True)
class SingleFiles(ExportFolder):
    """Exports of one file each: `<id>.part` in the making, `<id>` when finished."""

    def finished(self, export_id: UUID) -> Path:
        return self.root() / str(export_id)

    def part(self, export_id: UUID) -> Path:
        return self.root() / f"{export_id}.part"

    @contextmanager
    def alone(self, export_id: UUID) -> Iterator[IO[bytes]]:
        """The file in the making, for one process at a time. Raises ExportBusyError."""
        with _alone(self.part(export_id)) as file:
            yield file

    def finish(self, export_id: UUID, file: IO[bytes], size_bytes: int) -> str:
        """End the file at its size; returns its SHA-256 in hex.

        A link and not a move: a killed step finds the file in the making again.
        """
        file.truncate(size_bytes)
        file.flush()
        with self.part(export_id).open("rb") as whole:
            digest = hashlib.file_digest(whole, "sha256").hexdigest()
        target = self.finished(export_id)
        target.unlink(missing_ok=True)
        os.link(self.part(export_id), target)
        return digest

    def delete(self, export_id: UUID) -> None:
        self.finished(export_id).unlink(missing_ok=True)
        self.part(export_id).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Workshops(ExportFolder):
    """Exports made of many files: `<id>/` holds one in the making, `<id>.zip` is the finished."""

    def finished_file(self, export_id: UUID) -> Path:
        return self.root() / f"{export_id}.zip"

    def workshop(self, export_id: UUID) -> Path:
        """Where the files of an export in the making are."""
        path = self.root() / str(export_id)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        return path

    @contextmanager
    def alone(self, export_id: UUID) -> Iterator[Path]:
        """The workshop, for one process at a time. Raises ExportBusyError."""
        path = self.workshop(export_id)
        with _alone(path / "lock"):
            yield path

    def clear(self, export_id: UUID) -> None:
        """Remove what was needed only in the making."""
        shutil.rmtree(self.root() / str(export_id), ignore_errors=True)

    def delete(self, export_id: UUID) -> None:
        """Remove the file and whatever there is of its making."""
        self.finished_file(export_id).unlink(missing_ok=True)
        self.clear(export_id)


FOLDER = Workshops("AUDIT_EXPORT_FOLDER")
