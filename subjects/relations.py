"""Who stands to whom: confirming and ending that somebody decides for, or shares with, another."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from registry import selectors_systems as systems
from subjects.capacities import admit, between
from subjects.errors import (
    RelationshipEndedError,
    RelationshipToSelfError,
    UnitNotYoursError,
    UnitUnknownError,
    WhoDecidesError,
)
from subjects.family import DECIDING
from subjects.models import Relationship, Subject
from subjects.services import lock, ref


@transaction.atomic
def confirm(  # noqa: PLR0913 (a confirmed relation has these parts)
    *,
    by: Actor,
    subject: Subject,
    related_id: UUID,
    kind: str,
    verified_by: str,
    ends_on: date | None = None,
    unit: str = "",
) -> Relationship:
    """Put on record that `subject` is verified as `kind` of another person of the controller.

    A claim that stood there is confirmed. `verified_by` is a code of how; it counts until the day
    `ends_on`, where there is one, and at `unit`, empty for everywhere. Raises SubjectUnknownError
    for another controller's person, ValidationError for one that cannot be, RelationshipCycleError
    for one that turns verified ones round.
    """
    lock(subject.controller_id, related_id)
    parts = {"controller_id": subject.controller_id, "kind": kind, "unit": unit}
    claimed = Relationship.objects.filter(
        between(subject.pk, related_id, kind), ended_at=None, **parts
    ).first()
    found = claimed or Relationship(subject=subject, related_id=related_id, **parts)
    found.verified_at, found.verified_by = timezone.now(), verified_by
    found.ends_on = ends_on
    found.full_clean()
    admit(found)
    found.save()
    _record(by, found, subject, "subject:related")
    return found


@transaction.atomic
def end(*, by: Actor, subject: Subject, related_id: UUID, kind: str, unit: str = "") -> int:
    """End that `subject` is `kind` of the other: they decide nothing more. Returns how many ended.

    Raises SubjectUnknownError for another controller's person.
    """
    lock(subject.controller_id, related_id)
    found = list(
        Relationship.objects.filter(
            between(subject.pk, related_id, kind), controller_id=subject.controller_id,
            kind=kind, unit=unit, ended_at=None,
        )
    )  # fmt: skip
    for one in found:
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
        _record(by, one, subject, "subject:relation_ended")
    return len(found)


@transaction.atomic
def report(  # noqa: PLR0913 (a reported relation has these parts)
    *,
    by: Actor,
    subject: Subject,
    related_id: UUID,
    kind: str,
    verified_by: str,
    unit: str = "",
    ends_on: date | None = None,
) -> Relationship:
    """Confirm what a service knows of an account or a household, for the unit it works for.

    Raises UnitNotYoursError, RelationshipToSelfError, and as `confirm`.
    """
    _refuse_strangers(by, subject.controller_id, unit)
    if subject.pk == related_id:
        raise RelationshipToSelfError
    return confirm(
        by=by, subject=subject, related_id=related_id, kind=kind, verified_by=verified_by,
        ends_on=ends_on, unit=unit,
    )  # fmt: skip


@transaction.atomic
def report_end(*, by: Actor, subject: Subject, related_id: UUID, kind: str, unit: str = "") -> int:
    """End what a service says has ended. Raises UnitNotYoursError, and as `end`."""
    _refuse_strangers(by, subject.controller_id, unit)
    return end(by=by, subject=subject, related_id=related_id, kind=kind, unit=unit)


@transaction.atomic
def enter(  # noqa: PLR0913 (a relation that was seen proof of has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    related_id: UUID,
    kind: str,
    verified_by: str,
    unit: str = "",
    ends_on: date | None = None,
) -> Relationship:
    """Confirm what an officer saw proof of: that one person is `kind` of another, at a unit.

    Raises RelationshipToSelfError, UnitUnknownError for a unit of which no system is connected,
    SubjectMergedError, and as `confirm`.
    """
    if subject_id == related_id:
        raise RelationshipToSelfError
    if unit and not systems.systems(controller_id).filter(unit=unit).exists():
        raise UnitUnknownError
    return confirm(
        by=by, subject=lock(controller_id, subject_id), related_id=related_id, kind=kind,
        verified_by=verified_by, ends_on=ends_on, unit=unit,
    )  # fmt: skip


@transaction.atomic
def close(*, by: Actor, relationship: Relationship) -> Relationship:
    """End one relationship, also of a record that was joined.

    Who decides for whom is ended elsewhere, with all that hangs on it. Raises
    RelationshipEndedError, WhoDecidesError.
    """
    locked = Relationship.objects.select_for_update().get(pk=relationship.pk)
    if locked.ended_at is not None:
        raise RelationshipEndedError
    if locked.kind in DECIDING:
        raise WhoDecidesError
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    _record(by, locked, locked.subject, "subject:relation_ended")
    return locked


def _refuse_strangers(by: Actor, controller_id: UUID, unit: str) -> None:
    """A capacity opens fields to readers of a unit: only who feeds that unit may give one."""
    own = systems.systems(controller_id).filter(unit=unit, state="active")
    if by.type != "service" or not own.filter(service_id=UUID(by.id)).exists():
        raise UnitNotYoursError


def _record(by: Actor, found: Relationship, subject: Subject, event: str) -> None:
    audit.record(
        event=event, by=by, controller_id=found.controller_id,
        target=Target("subject", str(subject.id)), subject=ref(subject),
        data={"kind": found.kind, "verified": found.verified_at is not None},
    )  # fmt: skip
