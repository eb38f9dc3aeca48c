"""Writing a pack in memory, in the format of exports (`sammati-export@1`), signed by the log's key.

One person's answers about one purpose are small; exports of the log are written by a job.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from audit.canonical import canonical
from audit.exporting.packing import head, note
from audit.proving import Proved, Proving


@dataclass(frozen=True, slots=True)
class Label:
    """What the manifest says about the making: when, by whom, why, and about what."""

    made_at: datetime
    made_by: str
    reason: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack, ready to be handed out, and the SHA-256 of its manifest in hexadecimal."""

    content: bytes
    manifest_sha256: str


def log_files(proving: Proving) -> dict[str, bytes]:
    """The files that the verifier reads: every entry with its proof, and the checkpoint."""
    lines = [msgspec.json.encode(_line(proving.log, one)) + b"\n" for one in proving.entries]
    return {
        "entries.ndjson": b"".join(lines),
        f"checkpoints/{proving.log}": proving.note.encode(),
    }


def pack(proving: Proving, label: Label, files: Mapping[str, bytes]) -> Packed:
    """Name every file in a manifest, sign it, and write all of them into one zip."""
    manifest = canonical(_manifest(proving, label, files))
    signed = {"manifest.json": manifest, "manifest.note": note(manifest, proving.origin)}
    content = _zipped({**signed, **files}, label.made_at)
    return Packed(content, hashlib.sha256(manifest).hexdigest())


def sha256(files: Mapping[str, bytes]) -> dict[str, str]:
    """The digest of each file, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def _manifest(proving: Proving, label: Label, files: Mapping[str, bytes]) -> dict[str, Any]:
    vkeys = [str(key) for key in proving.keys]
    log = {proving.log: {"origin": proving.origin, "vkeys": vkeys}}
    return {
        **head(kind="evidence", logs=log, at=label.made_at, by=label.made_by, reason=label.reason),
        "filters": dict(label.filters), "count": len(proving.entries), "files": sha256(files),
    }  # fmt: skip


def _line(log: str, entry: Proved) -> dict[str, Any]:
    said = (
        {"salt": _base64(entry.salt), "body": _base64(entry.body)}
        if entry.body
        else {"commitment": _base64(entry.commitment)}
    )
    proof = [_base64(one) for one in entry.hashes]
    return {"log": log, "index": entry.index, "id": str(entry.id), **said, "proof": proof}


def _zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """A zip whose members all have the time of its making."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, at.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return written.getvalue()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
