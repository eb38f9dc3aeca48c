"""Certificates as they are read and handed out."""

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit import proofs, proving
from audit.errors import EntryMissingError, EntryPendingError
from erasure.certificates.errors import CertificateMissingError
from erasure.models import Certificate


@dataclass(frozen=True, slots=True)
class File:
    """A certificate as it is handed out."""

    name: str
    media_type: str
    body: bytes


def certificates(controller_id: UUID, case_id: UUID) -> list[Certificate]:
    """All of a case, the newest first."""
    found = Certificate.objects.filter(controller_id=controller_id, case_id=case_id)
    return list(found.order_by("-number"))


def newest(controller_id: UUID, case_id: UUID) -> Certificate:
    """The one that counts. Raises CertificateMissingError."""
    found = certificates(controller_id, case_id)
    if not found:
        raise CertificateMissingError
    return found[0]


def numbers(controller_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the newest certificate of each case that has one."""
    found = Certificate.objects.filter(controller_id=controller_id, case_id__in=case_ids)
    return dict(found.order_by("number").values_list("case_id", "number"))


def content(certificate: Certificate) -> dict[str, Any]:
    """What it says."""
    said: dict[str, Any] = json.loads(bytes(certificate.body))
    return said


def file(certificate: Certificate) -> File:
    """The certificate with its signature and, once the log proves it, the proof: JSON."""
    document = {
        **content(certificate),
        "signature": {
            "key_id": certificate.key_id,
            "ed25519": base64.b64encode(bytes(certificate.signature)).decode(),
        },
        **_log(certificate),
    }
    body = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
    return File(f"certificate-{certificate.id}.json", "application/json", body)


def _log(certificate: Certificate) -> dict[str, dict[str, str]]:
    """The log's proof that it was issued; nothing while there is none."""
    entry = proving.find(
        certificate.controller_id, str(certificate.id), certificate.issued_at,
        event="certificate:issued", subject_id=None,
    )  # fmt: skip
    if entry is None:
        return {}
    try:
        proof, record = proofs.proof(certificate.controller_id, entry), proofs.record(entry)
    except (EntryMissingError, EntryPendingError):
        return {}
    return {"log": {"proof": str(proof), "record": base64.b64encode(record).decode()}}
