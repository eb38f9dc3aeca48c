"""The JSON file of keys: read strictly, written atomically, never readable by others."""

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from keys.errors import KeyUnavailableError

PURPOSES: Final = ("wrapping", "lookup", "signing")
KEY_BYTES: Final = 32
FILE_FORMAT: Final = 1


@dataclass(frozen=True)
class Contents:
    """The keys by purpose and version, and which version of each is used for new work."""

    active: dict[str, int]
    keys: dict[str, dict[int, bytes]]

    def with_new(self, purpose: str) -> "Contents":
        version = max(self.keys[purpose]) + 1
        keys = {**self.keys[purpose], version: secrets.token_bytes(KEY_BYTES)}
        return Contents({**self.active, purpose: version}, {**self.keys, purpose: keys})

    def as_text(self) -> str:
        purposes = {
            purpose: {
                "active": self.active[purpose],
                "keys": {str(v): base64.b64encode(k).decode() for v, k in sorted(keys.items())},
            }
            for purpose, keys in self.keys.items()
        }
        return json.dumps({"format": FILE_FORMAT, "purposes": purposes}, indent=1) + "\n"


def fresh() -> Contents:
    """New random keys, version 1 of each purpose."""
    return Contents(
        active=dict.fromkeys(PURPOSES, 1),
        keys={purpose: {1: secrets.token_bytes(KEY_BYTES)} for purpose in PURPOSES},
    )


def parse(text: str, *, where: str) -> Contents:
    """The keys in `text`. Raises KeyUnavailableError naming `where` and what to do."""
    try:
        found = json.loads(text)
        if found["format"] != FILE_FORMAT:
            _garbled(where)
        purposes = found["purposes"]
        active = {purpose: int(purposes[purpose]["active"]) for purpose in PURPOSES}
        keys = {purpose: _parse_keys(purposes[purpose]["keys"]) for purpose in PURPOSES}
    except (ValueError, KeyError, TypeError, AttributeError):
        _garbled(where)
    if any(active[purpose] not in keys[purpose] for purpose in PURPOSES):
        _garbled(where)
    return Contents(active, keys)


def _parse_keys(found: dict[str, Any]) -> dict[int, bytes]:
    keys = {int(version): _decoded(value) for version, value in found.items()}
    if any(version < 1 or len(key) != KEY_BYTES for version, key in keys.items()):
        raise ValueError("A version is not positive or a key is not 32 bytes long.")
    return keys


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("A key is not base64.") from error


def _garbled(where: str) -> NoReturn:
    # `from None`: a parser's own message may quote the text, and the text is keys.
    raise KeyUnavailableError(
        f"The keys in {where} cannot be read: restore them from your backup. "
        "Do not make new ones: data sealed with the old ones would be lost."
    ) from None


def stamp(path: Path) -> object:
    """A value that changes when the file does; a missing file has one too."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode, found.st_uid


def read(path: Path) -> Contents:
    """The keys of the file. Raises KeyUnavailableError: missing, readable by others, garbled."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise KeyUnavailableError(
            f"The key file {path} cannot be opened: restore it, or set SAMMATI_KEYS_FILE to the "
            "file that belongs to this database. For a new database outside production "
            "`manage.py ensure_keys` makes one."
        ) from None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        _refuse_if_shared(path, os.fstat(file.fileno()))
        try:
            text = file.read()
        except UnicodeDecodeError:
            _garbled(str(path))
    return parse(text, where=str(path))


def _refuse_if_shared(path: Path, found: os.stat_result) -> None:
    if found.st_mode & 0o077:
        raise KeyUnavailableError(
            f"The key file {path} may be read by others: run `chmod 600 {path}`, and rotate the "
            "keys if anyone could have copied it."
        )
    if found.st_uid != os.geteuid():
        raise KeyUnavailableError(
            f"The key file {path} belongs to another system account: give it to the account that "
            "runs this process (`chown`), or run as its owner."
        )


def create(path: Path) -> bool:
    """Write fresh keys unless the file exists; returns whether it did. Safe against a race."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _staged(path, fresh()) as staged:
        try:
            os.link(staged, path)  # unlike a rename this refuses to replace what is there
        except FileExistsError:
            return False
    _sync_folder(path.parent)
    return True


def add_version(path: Path, purpose: str) -> int:
    """Add a new active key of the purpose, keeping all old ones; returns its version."""
    with _locked(path.parent):
        contents = read(path).with_new(purpose)
        with _staged(path, contents) as staged:
            staged.replace(path)
        _sync_folder(path.parent)
    return contents.active[purpose]


@contextmanager
def _staged(path: Path, contents: Contents) -> Iterator[Path]:
    staged = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(contents.as_text())
            file.flush()
            os.fsync(file.fileno())
        yield staged
    finally:
        with suppress(FileNotFoundError):
            staged.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time: two rotations must not lose each other's key."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
