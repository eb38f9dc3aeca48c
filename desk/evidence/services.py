"""Taking an evidence pack: gathered, recorded, then handed out (CON-29, P11)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from desk.evidence import gathering, packing
from desk.evidence.certificate import certificate
from desk.evidence.gathering import Gathered, pretty
from desk.evidence.packing import Label
from desk.evidence.page import page
from desk.people import Person
from subjects.services import ref


@dataclass(frozen=True, slots=True)
class Pack:
    """A file to save."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Why:
    """Why a pack is taken: a code of the desk, the company's case number, and who takes it."""

    by: Actor
    officer: str
    reason: str
    case: str


@transaction.atomic
def take(*, person: Person, purpose: str, why: Why) -> Pack:
    """The evidence about one person and one purpose, after its taking is recorded.

    The record holds the digest of the pack's manifest, so that a pack can be told from one that
    nobody took. Raises NeverAskedError, EntryPendingError while a record has no place in the log
    yet, KeyUnavailableError.
    """
    found = gathering.gather(person, purpose)
    label = Label(
        made_at=timezone.now(), made_by=why.by.id, reason=why.reason,
        filters={"subject": str(person.id), "purpose": purpose, "case": why.case},
    )  # fmt: skip
    packed = packing.pack(found.proving, label, _files(found, label, why))
    audit.record(
        event="evidence:taken", by=why.by, controller_id=person.controller_id,
        target=Target("subject", str(person.id)), subject=ref(person.subject), purpose=purpose,
        data={
            "reason": why.reason, "case": why.case, "entries": len(found.proving.entries),
            "lines": len(found.links), "manifest_sha256": packed.manifest_sha256,
        },
    )  # fmt: skip
    return Pack(f"evidence-{purpose}-{label.made_at:%Y%m%dT%H%M%SZ}.zip", packed.content)


def _files(found: Gathered, label: Label, why: Why) -> dict[str, bytes]:
    """Everything but the manifest: the certificate's data name the files, the page shows both."""
    files = {**packing.log_files(found.proving), **gathering.files(found)}
    digests = packing.sha256(files)
    data = certificate(
        system="Sammati", origin=found.proving.origin, made_at=label.made_at,
        files=digests,
    )  # fmt: skip
    files["certificate.json"] = pretty(data)
    files["index.html"] = page(found, label, why.officer, why.case, data).encode()
    return files
