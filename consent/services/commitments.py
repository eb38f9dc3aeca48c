"""Orders and contracts of a person that may be fulfilled after a withdrawal (DPDP s.6(5); CON-17).

A permit for a commitment rests on its start alone, so a start may not be invented afterwards.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    CommitmentMissingError,
    CommitmentTakenError,
    CommitmentTimeError,
    PurposeUnknownError,
)
from consent.models import Commitment, ConsentState, Purpose
from consent.transitions import State
from subjects import news
from subjects import services as subjects

CLOCK_SKEW = timedelta(minutes=5)
REPORTED_WITHIN = timedelta(days=7)
"""How long after its start a commitment may be reported once the consent was withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What was promised: the company's own opaque reference, and from when until when."""

    purpose: str
    reference: str
    started_at: datetime
    ends_at: datetime | None = None


@transaction.atomic
def record_commitment(
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    reference: str,
    started_at: datetime,
    ends_at: datetime | None = None,
) -> Commitment:
    """Note an order or contract that may be fulfilled after a withdrawal (DPDP s.6(5)).

    `reference` is the company's own, opaque; noting the same again changes nothing. Raises
    PurposeUnknownError, SubjectUnknownError, CommitmentTimeError, CommitmentTakenError.
    """
    promise = Promise(purpose=purpose, reference=reference, started_at=started_at, ends_at=ends_at)
    subject = subjects.lock(controller_id, subject_id)
    found = Purpose.objects.filter(controller_id=controller_id, code=purpose).first()
    if found is None:
        raise PurposeUnknownError
    known = Commitment.objects.filter(subject=subject, reference=reference).first()
    if known is not None:
        return _same(known, promise, found)
    _check_times(promise, subject_id, found)
    commitment = Commitment.objects.create(
        controller_id=controller_id, subject=subject, purpose=found, reference=reference,
        started_at=started_at, ends_at=ends_at, recorded_at=timezone.now(),
    )  # fmt: skip
    audit.record(
        event="commitment:recorded", by=by, controller_id=controller_id,
        target=Target("commitment", str(commitment.id)), subject=subjects.ref(subject),
        purpose=purpose,
    )  # fmt: skip
    return commitment


@transaction.atomic
def end_commitment(*, by: Actor, controller_id: UUID, commitment_id: UUID) -> Commitment:
    """A commitment was met or given up: nothing rests on it from the next check on.

    Ending one that has ended changes nothing. Raises CommitmentMissingError.
    """
    rows = Commitment.objects.filter(controller_id=controller_id, pk=commitment_id)
    found = rows.select_related("purpose").first()
    if found is None:
        raise CommitmentMissingError
    subject = subjects.lock(controller_id, found.subject_id)
    found = rows.select_related("purpose").get()
    now = timezone.now()
    if found.ends_at is not None and found.ends_at <= now:
        return found
    found.ends_at = max(now, found.started_at)
    found.save(update_fields=["ends_at"])
    audit.record(
        event="commitment:ended", by=by, controller_id=controller_id,
        target=Target("commitment", str(found.id)), subject=subjects.ref(subject),
        purpose=found.purpose.code,
    )  # fmt: skip
    news.permits_ended(
        controller_id=controller_id, subject_ids=[found.subject_id], reason="commitment_ended",
        scope_type=news.PURPOSE, scope=found.purpose.code,
    )  # fmt: skip
    return found


def _same(known: Commitment, promise: Promise, purpose: Purpose) -> Commitment:
    is_same = (known.purpose_id, known.started_at) == (purpose.pk, promise.started_at)
    if not is_same or known.ends_at != promise.ends_at:
        raise CommitmentTakenError
    return known


def _check_times(promise: Promise, subject_id: UUID, purpose: Purpose) -> None:
    now, started, ends = timezone.now(), promise.started_at, promise.ends_at
    if started > now + CLOCK_SKEW or (ends is not None and ends <= started):
        raise CommitmentTimeError
    is_withdrawn = ConsentState.objects.filter(
        subject_id=subject_id, purpose=purpose, state=State.WITHDRAWN
    ).exists()
    if is_withdrawn and started < now - REPORTED_WITHIN:
        raise CommitmentTimeError
