"""The verbs on legal findings and on freezes."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from registry.errors import (
    AlreadyApprovedError,
    AlreadyEndedError,
    AlreadyReleasedError,
    FindingKindError,
    FindingPurposeError,
    FindingTimeError,
    FindingTopicError,
    FrozenUnknownError,
    ReasonMissingError,
    SecondPersonError,
)
from registry.findings import SHAPES, Kind, Shape
from registry.models import Assessment, Freeze, FrozenKind, Party

PURPOSE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found: its kind, what it is about, on which law, why, and until when it counts."""

    kind: str
    purpose: str = ""
    topic: str = ""
    citation: str
    conclusion: str
    reference: str = ""
    valid_until: date | None = None


@transaction.atomic
def record_assessment(*, by: Actor, controller_id: UUID, finding: Finding) -> Assessment:
    """Enter a legal finding (GDPR 5(2); DPDP s.8(1)).

    One that allows counts from its approval, one that restricts at once. Raises FindingKindError,
    FindingPurposeError, FindingTopicError or FindingTimeError where a part is missing or cannot be.
    """
    _check(finding)
    assessment = Assessment(
        controller_id=controller_id, kind=finding.kind, purpose=finding.purpose,
        topic=finding.topic, citation=finding.citation, conclusion=finding.conclusion,
        reference=finding.reference, valid_until=finding.valid_until, created_by=by.id,
    )  # fmt: skip
    assessment.full_clean()
    assessment.save(force_insert=True)
    _record(by, "finding:recorded", assessment)
    return assessment


@transaction.atomic
def approve_assessment(*, by: Actor, assessment: Assessment) -> Assessment:
    """Let a finding that allows count, from the next decision on.

    Raises SecondPersonError for who recorded it, AlreadyApprovedError, AlreadyEndedError, and
    FindingTimeError when its time is over.
    """
    locked = _locked(assessment)
    if locked.approved_at:
        raise AlreadyApprovedError
    if locked.created_by == by.id:
        raise SecondPersonError
    if locked.valid_until and locked.valid_until < timezone.now().date():
        raise FindingTimeError
    locked.approved_at, locked.approved_by = timezone.now(), by.id
    locked.save(update_fields=["approved_at", "approved_by"])
    _record(by, "finding:approved", locked)
    return locked


@transaction.atomic
def end_assessment(*, by: Actor, assessment: Assessment) -> Assessment:
    """Take a finding back. What restricts is lifted by another person than who recorded it.

    Raises SecondPersonError, AlreadyEndedError.
    """
    locked = _locked(assessment)
    if not SHAPES[Kind(locked.kind)].allows and locked.created_by == by.id:
        raise SecondPersonError
    locked.ended_at, locked.ended_by = timezone.now(), by.id
    locked.save(update_fields=["ended_at", "ended_by"])
    _record(by, "finding:ended", locked)
    return locked


@transaction.atomic
def freeze(*, by: Actor, controller_id: UUID, kind: str, code: str, incident: str) -> Freeze:
    """Stop a service, a party or a system because of an incident, from the next decision on.

    Freezing what is frozen changes nothing. Raises FrozenUnknownError for a service or party that
    does not exist, ReasonMissingError without an incident.
    """
    if not incident.strip():
        raise ReasonMissingError
    _refuse_unknown(controller_id, kind, code)
    frozen, created = Freeze.objects.get_or_create(
        controller_id=controller_id, kind=kind, code=code, released_at=None,
        defaults={"incident": incident, "frozen_by": by.id},
    )  # fmt: skip
    if created:
        _record_freeze(by, "freeze:set", frozen)
    return frozen


@transaction.atomic
def release(*, by: Actor, frozen: Freeze, reason: str) -> Freeze:
    """End a freeze. Raises AlreadyReleasedError, ReasonMissingError."""
    if not reason.strip():
        raise ReasonMissingError
    locked = Freeze.objects.select_for_update().filter(pk=frozen.pk, released_at=None).first()
    if locked is None:
        raise AlreadyReleasedError
    locked.released_at, locked.released_by = timezone.now(), by.id
    locked.release_reason = reason
    locked.save(update_fields=["released_at", "released_by", "release_reason"])
    _record_freeze(by, "freeze:released", locked)
    return locked


def _check(finding: Finding) -> None:
    if finding.kind not in set(Kind):
        raise FindingKindError
    shape = SHAPES[Kind(finding.kind)]
    if bool(finding.topic.strip()) != shape.needs_topic:
        raise FindingTopicError
    if shape.needs_purpose and not finding.purpose:
        raise FindingPurposeError
    if finding.purpose and not (shape.takes_purpose and PURPOSE.fullmatch(finding.purpose)):
        raise FindingPurposeError
    if not _is_in_time(finding.valid_until, shape):
        raise FindingTimeError


def _is_in_time(until: date | None, shape: Shape) -> bool:
    if not shape.allows:
        return until is None  # a duty ends when somebody says so, never of its own accord
    today = timezone.now().date()
    return until is not None and today <= until <= today + timedelta(days=shape.days)


def _refuse_unknown(controller_id: UUID, kind: str, code: str) -> None:
    if kind not in FrozenKind.values or not code.strip():
        raise FrozenUnknownError
    if kind == FrozenKind.SERVICE:
        exists = accounts.services_of(controller_id).filter(code=code).exists()
    elif kind == FrozenKind.RECIPIENT:
        exists = Party.objects.filter(controller_id=controller_id, code=code).exists()
    else:
        exists = True  # systems are known by the codes services give them
    if not exists:
        raise FrozenUnknownError


def _locked(assessment: Assessment) -> Assessment:
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.ended_at:
        raise AlreadyEndedError
    return locked


def _record(by: Actor, event: str, finding: Assessment) -> None:
    until = finding.valid_until.isoformat() if finding.valid_until else ""
    audit.record(
        event=event, by=by, controller_id=finding.controller_id,
        target=Target("finding", str(finding.id)), purpose=finding.purpose,
        data={"kind": finding.kind, "topic": finding.topic, "citation": finding.citation,
              "valid_until": until},
    )  # fmt: skip


def _record_freeze(by: Actor, event: str, frozen: Freeze) -> None:
    audit.record(
        event=event, by=by, controller_id=frozen.controller_id,
        target=Target("freeze", str(frozen.id)),
        data={"kind": frozen.kind, "code": frozen.code, "incident": frozen.incident},
    )  # fmt: skip
