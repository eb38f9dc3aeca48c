"""The private folder of exported profiles: `<id>.part` in the making, `<id>` when finished."""

import fcntl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from audit.exporting.folder import OTHERS, PRIVATE_FOLDER, private
from profiles.errors_guarded import ExportBusyError, ExportFolderError


def root() -> Path:
    """The folder, made if need be. Raises ExportFolderError where it is not set or not private."""
    if not settings.PROFILE_EXPORT_FOLDER:
        raise ExportFolderError
    path = Path(settings.PROFILE_EXPORT_FOLDER)
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_mode & OTHERS:
        raise ExportFolderError("The folder of exports can be read by others: chmod 700.")
    return path


def finished(export_id: UUID) -> Path:
    return root() / str(export_id)


def part(export_id: UUID) -> Path:
    return root() / f"{export_id}.part"


@contextmanager
def alone(export_id: UUID) -> Iterator[IO[bytes]]:
    """The file in the making, for one process at a time; a killed one holds nothing.

    Raises ExportBusyError.
    """
    with private(part(export_id), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportBusyError from None
        yield file


def delete(export_id: UUID) -> None:
    finished(export_id).unlink(missing_ok=True)
    part(export_id).unlink(missing_ok=True)


def delete_others(kept: Collection[UUID]) -> int:
    """Remove what belongs to no export that should have a file; returns how many."""
    names = {str(one) for one in kept}
    strangers = [one for one in root().iterdir() if one.name.partition(".")[0] not in names]
    for path in strangers:
        path.unlink(missing_ok=True)
    return len(strangers)
