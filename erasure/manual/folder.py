"""The private folder of evidence: one sealed file each, readable by the suite's account alone."""

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from erasure.errors_manual import EvidenceFolderError, EvidenceGoneError
from keys.private import PRIVATE_FILE, NotPrivateError, private_folder


def root() -> Path:
    """The folder, made if need be. Raises EvidenceFolderError: it is not set, or not private."""
    if not settings.ERASURE_EVIDENCE_FOLDER:
        raise EvidenceFolderError
    try:
        return private_folder(settings.ERASURE_EVIDENCE_FOLDER)
    except NotPrivateError:
        message = "The folder of evidence can be read by others: chmod 700."
        raise EvidenceFolderError(message) from None


def write(evidence_id: UUID, sealed: bytes) -> None:
    """Keep a file, on disk before this returns."""
    path = root() / str(evidence_id)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, PRIVATE_FILE), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())


def read(evidence_id: UUID) -> bytes:
    """Raises EvidenceGoneError."""
    try:
        return (root() / str(evidence_id)).read_bytes()
    except FileNotFoundError:
        raise EvidenceGoneError from None


def delete(evidence_id: UUID) -> None:
    (root() / str(evidence_id)).unlink(missing_ok=True)
