"""The finished file: a zip with a signed manifest of everything in it (`sammati-export@1`)."""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from audit import services as audit
from audit.canonical import canonical
from audit.sealing import log_key
from audit.tlog import notes
from keys import services as keys
from keys.private import private_file

FORMAT: Final = "sammati-export@1"
PIECE: Final = 1 << 20
PASSES: Final = 3  # for the digests, into the zip, and at most as much for the digest of the zip
Moved = Callable[[int], None]
LEVEL: Final = 1  # hashes do not compress, and a second saved is worth more than a tenth of a file


@dataclass(frozen=True, slots=True)
class Packed:
    """A finished file."""

    size_bytes: int
    sha256: str


def pack(
    target: Path, *, manifest: Mapping[str, Any], origin: str, files: Mapping[str, Path],
    at: datetime, moved: Moved,
) -> Packed:  # fmt: skip
    """Sign a manifest with the digests of the files, and write all into one zip, whole or not.

    Only pieces of a file are held in memory at a time; `moved` hears of each, in all at
    most `PASSES` times the bytes of the files.
    """
    digests = {name: digest(path, moved) for name, path in files.items()}
    whole = canonical({**manifest, "files": digests})
    signed = {"manifest.json": whole, "manifest.note": note(whole, origin)}
    made = target.with_suffix(".new")
    with (
        private_file(made, "wb") as file,
        zipfile.ZipFile(file, "w", compresslevel=LEVEL) as archive,
    ):
        for name, content in signed.items():
            archive.writestr(_member(name, at), content)
        for name, path in files.items():
            _add(archive, _member(name, at), path, moved)
    found = Packed(made.stat().st_size, digest(made, moved))
    made.replace(target)
    return found


def note(manifest: bytes, origin: str) -> bytes:
    """The signed note (C2SP) that holds a manifest."""
    body = f"{FORMAT}\n{base64.b64encode(hashlib.sha256(manifest).digest()).decode()}\n"
    line = notes.signature_line(log_key(origin), keys.sign(body.encode()).value)
    return notes.note(body, [line]).encode()


def head(
    *, kind: str, logs: Mapping[str, Any], at: datetime, by: str, reason: str
) -> dict[str, Any]:
    """The parts of a manifest that every file of the format has."""
    return {
        "format": FORMAT, "kind": kind, "logs": dict(logs), "made_at": audit.micros(at),
        "made_by": by, "reason": reason,
    }  # fmt: skip


def digest(path: Path, moved: Moved) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    for piece in _pieces(path, moved):
        found.update(piece)
    return found.hexdigest()


def _member(name: str, at: datetime) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, at.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _add(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, moved: Moved) -> None:
    with archive.open(member, "w", force_zip64=True) as target:
        for piece in _pieces(path, moved):
            target.write(piece)


def _pieces(path: Path, moved: Moved) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
            moved(len(piece))
