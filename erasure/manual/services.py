"""Opening an errand, showing what was done by hand, and having another person look at it (P7)."""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure.engine import settling
from erasure.errors_manual import (
    ErrandUnknownError,
    EvidenceDecidedError,
    EvidenceFileError,
    EvidenceGoneError,
    EvidenceReasonError,
    EvidenceStepError,
    EvidenceWaitsError,
    SamePersonError,
)
from erasure.manual import folder
from erasure.manual.media import media_type
from erasure.models import Claim, Errand, ShownEvidence, Step, StepState
from erasure.services import stepping
from keys import services as keys
from registry import selectors_connectors as connectors
from registry.connectors import errands
from registry.connectors.contract import Act, ConnectorError, Said

__all__ = ["accept", "forget_files", "open_errand", "opened_file", "reject", "show"]

HOURS: Final = 8
REASON: Final = (10, 300)
BY_HAND: Final = (StepState.SENT, StepState.ACCEPTED, StepState.CONFIRMED, StepState.FAILED)
ACTS: Final = {
    Claim.DONE: Act.DONE, Claim.NOBODY: Act.UNKNOWN_PERSON, Claim.REFUSED: Act.REFUSED,
}  # fmt: skip


@transaction.atomic
def open_errand(*, token: str) -> Errand:
    """Open a link, once. Raises ErrandUnknownError."""
    place_id, now = errands.read(token), timezone.now()
    if place_id is None:
        raise ErrandUnknownError
    digest = hashlib.sha256(token.encode()).hexdigest()
    made, is_new = Errand.objects.get_or_create(
        digest=digest,
        defaults={**_place(place_id), "opened_at": now, "ends_at": now + timedelta(hours=HOURS)},
    )
    if not is_new:
        raise ErrandUnknownError
    audit.record(
        event="errand:opened", by=Actor.system("errand"), controller_id=made.controller_id,
        target=Target("system" if made.system_id else "party", str(place_id)),
    )  # fmt: skip
    return made


def _place(place_id: UUID) -> dict[str, UUID]:
    """Whose link it is: of a system in which things are done by hand, or of a party that is told.

    Raises ErrandUnknownError.
    """
    if controller_id := connectors.by_hand(place_id):
        return {"controller_id": controller_id, "system_id": place_id}
    told = Step.objects.filter(party_id=place_id, sent_at__isnull=False)
    owner = told.values_list("controller_id", flat=True).first()
    if owner is None:
        raise ErrandUnknownError
    return {"controller_id": owner, "party_id": place_id}


@transaction.atomic
def show(
    *, by: Actor, controller_id: UUID, step_id: UUID, claim: str, content: bytes,
    place_id: UUID | None = None,
) -> ShownEvidence:  # fmt: skip
    """Hand in a file that shows what became of a step by hand, and tell the step so.

    `place_id`: the only system or party whose steps the caller may speak of. Nothing has ended by
    it. Raises EvidenceFileError, EvidenceStepError, EvidenceWaitsError, EvidenceFolderError.
    """
    kind = media_type(content)
    if kind is None or claim not in Claim.values:
        raise EvidenceFileError
    step = _step(controller_id, step_id, place_id)
    row = _kept(by, step, Claim(claim), kind, content)
    said = Said(
        step=step.id, act=ACTS[Claim(row.claim)], code=f"shown_{row.claim}",
        evidence={"sha256": row.sha256, "size": row.size},
    )  # fmt: skip
    _tell(step, said)
    _entry(by, row, "evidence:shown", {"claim": row.claim, "sha256": row.sha256})
    return row


def _tell(step: Step, said: Said) -> None:
    """Of a system with an interface, that speaks for itself; the file only waits for its look."""
    if step.system_id is None or not connectors.by_hand(step.system_id):
        return
    try:
        settling.note_said(controller_id=step.controller_id, system_id=step.system_id, said=[said])
    except ConnectorError:
        raise EvidenceStepError from None


def _step(controller_id: UUID, step_id: UUID, place_id: UUID | None) -> Step:
    steps = Step.objects.select_for_update().filter(
        controller_id=controller_id, id=step_id, state__in=BY_HAND, ended_at=None
    )
    there = Q(system_id=place_id) | Q(party_id=place_id) if place_id else Q()
    found = steps.filter(there).first()
    if found is None:
        raise EvidenceStepError
    return found


def _kept(by: Actor, step: Step, claim: Claim, kind: str, content: bytes) -> ShownEvidence:
    row = ShownEvidence(
        controller_id=step.controller_id, step=step, round=step.round, claim=claim.value,
        media_type=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        shown_at=timezone.now(), shown_by=by.id,
    )  # fmt: skip
    key = keys.new_data_key()
    wrapped = keys.wrap(key, context=ShownEvidence.wrapped_prefix + row.id.bytes)
    row.wrapped_key, row.wrapping_version = wrapped.blob, wrapped.version
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise EvidenceWaitsError from None
    folder.write(row.id, keys.seal(key, content, context=row.id.bytes))
    return row


@transaction.atomic
def accept(*, by: Actor, controller_id: UUID, evidence_id: UUID) -> ShownEvidence:
    """Say that what was shown proves it: the step ends. By another person than who showed it.

    What could not be done is accepted by signing an exception, not here. Raises SamePersonError,
    EvidenceDecidedError, EvidenceStepError and what `stepping.note_evidence` does.
    """
    row = _decided(by, controller_id, evidence_id, is_accepted=True)
    if row.claim == Claim.REFUSED or row.round != row.step.round:
        raise EvidenceStepError
    stepping.note_evidence(
        by=by, controller_id=controller_id, step_id=row.step_id,
        evidence={
            "claim": str(row.claim), "sha256": row.sha256, "size": row.size,
            "shown_by": row.shown_by, "shown": str(row.id),
        },
    )  # fmt: skip
    _entry(by, row, "evidence:accepted", {"sha256": row.sha256})
    return row


@transaction.atomic
def reject(*, by: Actor, controller_id: UUID, evidence_id: UUID, reason: str) -> ShownEvidence:
    """Say that it proves nothing: the step stays open, and something else can be shown.

    Raises EvidenceReasonError, SamePersonError, EvidenceDecidedError.
    """
    text = reason.strip()
    if not REASON[0] <= len(text) <= REASON[1]:
        raise EvidenceReasonError
    row = _decided(by, controller_id, evidence_id, is_accepted=False, reason=text)
    _entry(by, row, "evidence:rejected", {"sha256": row.sha256})
    return row


def _decided(
    by: Actor, controller_id: UUID, evidence_id: UUID, *, is_accepted: bool, reason: str = ""
) -> ShownEvidence:
    rows = ShownEvidence.objects.select_for_update().filter(controller_id=controller_id)
    row = rows.filter(pk=evidence_id).first()
    if row is None:
        raise EvidenceStepError
    if row.decided_at is not None:
        raise EvidenceDecidedError
    if row.shown_by == by.id or by.type != "officer":
        raise SamePersonError
    row.decided_at, row.decided_by = timezone.now(), by.id
    row.is_accepted, row.reason = is_accepted, reason
    row.save(update_fields=["decided_at", "decided_by", "is_accepted", "reason"])
    return row


@transaction.atomic
def opened_file(*, by: Actor, controller_id: UUID, evidence_id: UUID) -> tuple[str, bytes]:
    """The kind and the content of a file, once it is on record that it was read (P11).

    Raises EvidenceStepError, EvidenceGoneError, UnsealError.
    """
    rows = ShownEvidence.objects.filter(controller_id=controller_id)
    row = rows.filter(pk=evidence_id).first()
    if row is None:
        raise EvidenceStepError
    if row.wrapped_key is None or row.wrapping_version is None:
        raise EvidenceGoneError
    _entry(by, row, "evidence:read", {"sha256": row.sha256})
    wrapped = bytes(row.wrapped_key)
    key = keys.unwrap(
        row.wrapping_version, wrapped, context=ShownEvidence.wrapped_prefix + row.id.bytes
    )
    return row.media_type, keys.open_sealed(key, folder.read(row.id), context=row.id.bytes)


@transaction.atomic
def forget_files(*, most: int = 500) -> int:
    """Destroy files of cases whose last look is over, and their keys; returns how many."""
    rows = ShownEvidence.objects.select_for_update(skip_locked=True).filter(
        wrapped_key__isnull=False, decided_at__isnull=False, step__case__wrapped_key=None,
        step__case__closed_at__isnull=False,
    )[:most]  # fmt: skip
    ids = [row.id for row in rows]
    for one in ids:
        folder.delete(one)
    return ShownEvidence.objects.filter(pk__in=ids).update(wrapped_key=None, wrapping_version=None)


def _entry(by: Actor, row: ShownEvidence, event: str, data: dict[str, str]) -> None:
    audit.record(
        event=event, by=by, controller_id=row.controller_id,
        target=Target("step", str(row.step_id)), data=data,
    )  # fmt: skip
