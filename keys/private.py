"""Folders and files for the account that runs the suite, and for nobody else on the machine."""

import os
from pathlib import Path
from typing import IO, Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
OTHERS: Final = 0o077


class NotPrivateError(Exception):
    """Others may look into a folder that was to be private, or somebody else could move it."""


def private_folder(name: str) -> Path:
    """The folder, made if need be. Raises NotPrivateError."""
    path = Path(name)
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_mode & OTHERS:
        raise NotPrivateError(name)
    return path


def private_file(path: Path, mode: str) -> IO[bytes]:
    """Open for writing ("wb", or "r+b" to go on), for our eyes only."""
    flags = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if mode == "wb" else 0)
    return os.fdopen(os.open(path, flags, PRIVATE_FILE), mode)
