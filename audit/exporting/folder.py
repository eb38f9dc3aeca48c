"""The private folder of exports: nobody but the account that runs the suite may read in it.

`<id>/` holds an export in the making, `<id>.zip` the finished file.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from audit.exporting.errors import ExportBusyError, ExportFolderError

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
OTHERS: Final = 0o077


def root() -> Path:
    """The folder, made if need be. Raises ExportFolderError where it is not set or not private."""
    if not settings.AUDIT_EXPORT_FOLDER:
        raise ExportFolderError
    path = Path(settings.AUDIT_EXPORT_FOLDER)
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_mode & OTHERS:
        raise ExportFolderError("The folder of exports can be read by others: chmod 700.")
    return path


def finished_file(export_id: UUID) -> Path:
    return root() / f"{export_id}.zip"


def workshop(export_id: UUID) -> Path:
    """Where the files of an export in the making are."""
    path = root() / str(export_id)
    path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return path


def private(path: Path, mode: str) -> IO[bytes]:
    """Open for writing ("wb", or "r+b" to go on), for our eyes only."""
    flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if mode == "wb" else 0)
    return os.fdopen(os.open(path, flags, PRIVATE_FILE), mode)


@contextmanager
def alone(export_id: UUID) -> Iterator[Path]:
    """The workshop, for one process at a time; a killed one holds nothing.

    Raises ExportBusyError.
    """
    path = workshop(export_id)
    with private(path / "lock", "r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportBusyError from None
        yield path


def clear(export_id: UUID) -> None:
    """Remove what was needed only in the making."""
    shutil.rmtree(root() / str(export_id), ignore_errors=True)


def delete(export_id: UUID) -> None:
    """Remove the file and whatever there is of its making."""
    finished_file(export_id).unlink(missing_ok=True)
    clear(export_id)


def delete_others(kept: Collection[UUID]) -> int:
    """Remove what belongs to no export that should have files; returns how many."""
    names = {str(one) for one in kept}
    strangers = [one for one in root().iterdir() if one.name.partition(".")[0] not in names]
    for path in strangers:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return len(strangers)
