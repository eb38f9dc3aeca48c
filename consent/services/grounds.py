"""Grounds other than consent, for one person and purpose, with their evidence (CON-21)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from audit import services as audit
from audit.actors import Actor, Target
from consent import grounds as rules
from consent.errors import (
    EventTimeError,
    GroundDecidedError,
    GroundEvidenceError,
    GroundMissingError,
    GroundNotDeclaredError,
    GroundTakenError,
    GroundUnknownError,
    PurposeUnknownError,
)
from consent.models import GroundState, PersonalGround, Purpose, PurposeVersion
from registry import selectors as registry
from subjects import news
from subjects import services as subjects

CLOCK_SKEW = timedelta(minutes=5)
VOLUNTEERED = "s7a"
BALANCING = "lia"
"""The kind of legal finding that balances a legitimate interest (GDPR Art 6(1)(f))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a ground rests on; `consent.grounds` says which of it each ground needs."""

    provided_at: datetime | None = None
    reference: str = ""
    citation: str = ""
    assessment_id: UUID | None = None

    def over(self, other: "Evidence") -> "Evidence":
        """Together with the other; where both say something, this one."""
        said = {name: getattr(self, name) or getattr(other, name) for name in rules.EVIDENCE}
        return replace(other, **said)

    def as_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in rules.EVIDENCE}


@transaction.atomic
def record_ground(  # noqa: PLR0913 (what a ground consists of)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    ground: str,
    evidence: Evidence,
    ends_on: date | None = None,
    is_claim: bool = False,
) -> PersonalGround:
    """Put on record why this person's data may be used without consent; it is active at once.

    A mere claim (`is_claim`) waits for its evidence. The same again changes nothing. Raises
    GroundUnknownError, PurposeUnknownError, GroundNotDeclaredError, GroundEvidenceError (naming
    what is missing), EventTimeError, GroundTakenError, SubjectUnknownError.
    """
    if ground not in rules.NEEDS:
        raise GroundUnknownError
    found = _declared(controller_id, purpose, ground)
    subject = subjects.lock(controller_id, subject_id)
    _check_evidence(controller_id, found, ground, evidence, is_claim=is_claim)
    known = PersonalGround.objects.filter(
        subject=subject, purpose=found, ground=ground, ended_at=None
    ).first()
    if known is not None:
        if _evidence(known) != evidence or known.ends_on != ends_on:
            raise GroundTakenError
        return known
    row = PersonalGround.objects.create(
        controller_id=controller_id, subject=subject, purpose=found, ground=ground,
        pack=rules.pack_of(ground), ends_on=ends_on, recorded_at=timezone.now(),
        recorded_by=by.id, **evidence.as_dict(),
    )  # fmt: skip
    _record(by, "ground:recorded", row, subject)
    return row if is_claim else _activate(by, row, subject)


@transaction.atomic
def activate_ground(
    *, by: Actor, controller_id: UUID, ground_id: UUID, evidence: Evidence
) -> PersonalGround:
    """Put a claimed ground in force, with what its evidence lacked.

    Raises GroundMissingError, GroundDecidedError, GroundEvidenceError, EventTimeError.
    """
    row, subject = _locked(controller_id, ground_id)
    if row.state != GroundState.CLAIMED:
        raise GroundDecidedError
    whole = evidence.over(_evidence(row))
    _check_evidence(controller_id, row.purpose, row.ground, whole, is_claim=False)
    for name, value in whole.as_dict().items():
        setattr(row, name, value)
    return _activate(by, row, subject)


@transaction.atomic
def end_ground(
    *, by: Actor, controller_id: UUID, ground_id: UUID, reason: str = ""
) -> PersonalGround:
    """The ground holds no longer; `reason` is a code. Ending it again changes nothing.

    Raises GroundMissingError.
    """
    row, subject = _locked(controller_id, ground_id)
    if row.state == GroundState.ENDED:
        return row
    row.state, row.end_reason = GroundState.ENDED, reason
    row.ended_at, row.ended_by = timezone.now(), by.id
    row.save(update_fields=["state", "end_reason", "ended_at", "ended_by"])
    _record(by, "ground:ended", row, subject)
    news.permits_ended(
        controller_id=controller_id, subject_ids=[row.subject_id], reason="ground_ended",
        scope_type=news.PURPOSE, scope=row.purpose.code,
    )  # fmt: skip
    return row


@transaction.atomic
def give_way(*, by: Actor, controller_id: UUID, subject_id: UUID, purpose: Purpose | None) -> int:
    """The person said no to using what they volunteered, for one purpose or all (DPDP s.7(a)).

    Such grounds have ended with that word; returns how many.
    """
    rows = PersonalGround.objects.filter(
        controller_id=controller_id, subject_id=subject_id, ground=VOLUNTEERED, ended_at=None
    )
    found = list(rows.filter(purpose=purpose) if purpose else rows)
    for row in found:
        end_ground(by=by, controller_id=controller_id, ground_id=row.pk, reason="person_said_no")
    return len(found)


def _declared(controller_id: UUID, purpose: str, ground: str) -> Purpose:
    """The purpose, if its version in force rests on this ground."""
    version = (
        PurposeVersion.objects.begun()
        .filter(controller_id=controller_id, purpose__code=purpose)
        .select_related("purpose")
        .order_by("-number")
        .first()
    )
    if version is None:
        raise PurposeUnknownError
    if ground not in rules.CONDITIONS and version.grounds.get(rules.pack_of(ground)) != ground:
        raise GroundNotDeclaredError
    return version.purpose


def _check_evidence(
    controller_id: UUID, purpose: Purpose, ground: str, evidence: Evidence, *, is_claim: bool
) -> None:
    given = evidence.provided_at
    if given is not None and given > timezone.now() + CLOCK_SKEW:
        raise EventTimeError(field="provided_at")
    lacking = [] if is_claim else rules.missing(ground, evidence.as_dict())
    if lacking:
        raise GroundEvidenceError(
            _("The ground needs on record: %(named)s."),
            named=", ".join(lacking), field=lacking[0],
        )  # fmt: skip
    if evidence.assessment_id is not None:
        _check_assessment(controller_id, purpose, evidence.assessment_id)


def _check_assessment(controller_id: UUID, purpose: Purpose, finding_id: UUID) -> None:
    found = registry.standing_finding(controller_id, finding_id)
    if found is None or found.kind != BALANCING or found.purpose not in {"", purpose.code}:
        raise GroundEvidenceError(
            _("The assessment must be an approved balancing test of this purpose, still in force."),
            field="assessment",
        )


def _activate(by: Actor, row: PersonalGround, subject: Any) -> PersonalGround:
    row.state = GroundState.ACTIVE
    row.activated_at, row.activated_by = timezone.now(), by.id
    row.save(update_fields=["state", "activated_at", "activated_by", *rules.EVIDENCE])
    _record(by, "ground:activated", row, subject)
    return row


def _evidence(row: PersonalGround) -> Evidence:
    return Evidence(**{name: getattr(row, name) for name in rules.EVIDENCE})


def _locked(controller_id: UUID, ground_id: UUID) -> tuple[PersonalGround, Any]:
    rows = PersonalGround.objects.filter(controller_id=controller_id, pk=ground_id)
    found = rows.first()
    if found is None:
        raise GroundMissingError
    subject = subjects.lock(controller_id, found.subject_id)
    return rows.select_related("purpose").get(), subject


def _record(by: Actor, event: str, row: PersonalGround, subject: Any) -> None:
    audit.record(
        event=event, by=by, controller_id=row.controller_id,
        target=Target("ground", str(row.pk)), subject=subjects.ref(subject),
        purpose=row.purpose.code, data={"ground": row.ground, "state": str(row.state)},
    )  # fmt: skip
