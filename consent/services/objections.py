"""Objections to direct marketing, and commitments that outlive a withdrawal."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import ObjectionMissingError, PurposeUnknownError
from consent.models import Commitment, Objection, Purpose
from subjects import news
from subjects import services as subjects

DIRECT_MARKETING = "direct_marketing"


@transaction.atomic
def object_to(
    *, by: Actor, controller_id: UUID, subject_id: UUID, kind: str = DIRECT_MARKETING
) -> Objection:
    """Register an objection (GDPR Art 21(2)): absolute, without reasons, from the next check on.

    Objecting twice changes nothing. Raises SubjectUnknownError.
    """
    subject = subjects.lock(controller_id, subject_id)
    objection, created = Objection.objects.get_or_create(
        controller_id=controller_id, subject=subject, kind=kind, lifted_at=None,
        defaults={"objected_at": timezone.now()},
    )  # fmt: skip
    if created:
        audit.record(
            event="objection:registered", by=by, controller_id=controller_id,
            target=Target("objection", str(objection.id)), subject=subjects.ref(subject),
            data={"kind": kind},
        )  # fmt: skip
        news.permits_ended(
            controller_id=controller_id, subject_ids=[subject_id], reason="objected",
            scope_type=news.MARKETING if kind == DIRECT_MARKETING else news.EVERYTHING,
        )  # fmt: skip
    return objection


@transaction.atomic
def lift_objection(
    *, by: Actor, controller_id: UUID, subject_id: UUID, kind: str = DIRECT_MARKETING
) -> Objection:
    """The person takes an objection back. Raises ObjectionMissingError, SubjectUnknownError."""
    subject = subjects.lock(controller_id, subject_id)
    objection = Objection.objects.filter(subject=subject, kind=kind, lifted_at=None).first()
    if objection is None:
        raise ObjectionMissingError
    objection.lifted_at = timezone.now()
    objection.save(update_fields=["lifted_at"])
    audit.record(
        event="objection:lifted", by=by, controller_id=controller_id,
        target=Target("objection", str(objection.id)), subject=subjects.ref(subject),
        data={"kind": kind},
    )  # fmt: skip
    return objection


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

    `reference` is the company's own, opaque. Raises PurposeUnknownError, SubjectUnknownError.
    """
    subject = subjects.lock(controller_id, subject_id)
    found = Purpose.objects.filter(controller_id=controller_id, code=purpose).first()
    if found is None:
        raise PurposeUnknownError
    commitment = Commitment.objects.create(
        controller_id=controller_id, subject=subject, purpose=found, reference=reference,
        started_at=started_at, ends_at=ends_at,
    )  # fmt: skip
    audit.record(
        event="commitment:recorded", by=by, controller_id=controller_id,
        target=Target("commitment", str(commitment.id)), subject=subjects.ref(subject),
        purpose=purpose,
    )  # fmt: skip
    return commitment
