"""The verbs of emergency use (POL-23; DPDP s.7(f)-(h), GDPR 6(1)(d))."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import selectors as accounts
from audit import alarms
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from policies.emergency.errors import (
    EmergencyOverError,
    EmergencyReviewedError,
    EmergencyServiceError,
    EmergencyTimeError,
    SecondReviewerError,
)
from policies.emergency.models import EmergencyUse, Finding, Ground, Reason
from policies.emergency.selectors import VITAL
from subjects import selectors as people
from subjects import services as subjects
from work import services as work

REVIEW_WITHIN = timedelta(hours=24)
MOST_HOURS = 24
TELL = "emergency.tell"
OFFICER, PERSON = "officer", "person"
UNREVIEWED = alarms.AlarmKind.EMERGENCY_UNREVIEWED


@transaction.atomic
def open_emergency(  # noqa: PLR0913 (an opening has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    service_id: UUID,
    subject_id: UUID,
    ground: str,
    reason: str,
    reference: str,
    hours: int,
) -> EmergencyUse:
    """Break the glass: the service may ask for `sys.vital` about this person, from the next check.

    It names the id as its case. The protection officer and the person are told. Raises
    EmergencyTimeError, EmergencyServiceError, SubjectUnknownError, ValueError for a ground or a
    reason that does not exist.
    """
    Ground(ground), Reason(reason)  # the form offers no other
    if not 1 <= hours <= MOST_HOURS:
        raise EmergencyTimeError
    if not accounts.services_of(controller_id).filter(pk=service_id).exists():
        raise EmergencyServiceError
    person = subjects.lock(controller_id, subject_id)
    now = timezone.now()
    opened = EmergencyUse.objects.create(
        controller_id=controller_id, service_id=service_id, subject_id=subject_id, ground=ground,
        reason=reason, reference=reference, opened_at=now, opened_by=by.id,
        ends_at=now + timedelta(hours=hours),
    )  # fmt: skip
    _record("emergency:opened", by, opened, subjects.ref(person), ground=ground, hours=hours)
    for whom in (OFFICER, PERSON):
        work.enqueue(
            kind=TELL, controller_id=controller_id,
            payload={"emergency": str(opened.id), "whom": whom},
        )  # fmt: skip
    return opened


@transaction.atomic
def end_emergency(*, by: Actor, emergency: EmergencyUse) -> EmergencyUse:
    """Close the glass early; the next check is denied. Raises EmergencyOverError."""
    locked = EmergencyUse.objects.select_for_update().get(pk=emergency.pk)
    now = timezone.now()
    if locked.ended_at is not None or locked.ends_at <= now:
        raise EmergencyOverError
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    _record("emergency:ended", by, locked, _ref(locked))
    return locked


@transaction.atomic
def review_emergency(*, by: Actor, emergency: EmergencyUse, finding: str) -> EmergencyUse:
    """Say afterwards whether it was justified; a second person does.

    Raises EmergencyReviewedError, SecondReviewerError, ValueError for an unknown finding.
    """
    locked = EmergencyUse.objects.select_for_update().get(pk=emergency.pk)
    if locked.reviewed_at is not None:
        raise EmergencyReviewedError
    if by.id == locked.opened_by:
        raise SecondReviewerError
    locked.reviewed_at, locked.reviewed_by = timezone.now(), by.id
    locked.finding = Finding(finding).value
    locked.save(update_fields=["reviewed_at", "reviewed_by", "finding"])
    _record("emergency:reviewed", by, locked, _ref(locked), finding=finding)
    if not _overdue().filter(controller_id=locked.controller_id).exists():
        alarms.clear(controller_id=locked.controller_id, kind=UNREVIEWED)
    return locked


def watch() -> int:
    """Raise the alarm where a review is overdue; returns at how many controllers."""
    late: dict[UUID, int] = {}
    for controller_id in _overdue().values_list("controller_id", flat=True):
        late[controller_id] = late.get(controller_id, 0) + 1
    for controller_id, count in sorted(late.items()):
        alarms.raise_alarm(
            controller_id=controller_id, kind=UNREVIEWED, detail=f"{count} to review"
        )
    return len(late)


@transaction.atomic
def note_told(*, emergency_id: UUID, whom: str) -> None:
    """A letter went out to the protection officer or to the person."""
    field = {OFFICER: "officer_told_at", PERSON: "person_told_at"}[whom]
    EmergencyUse.objects.filter(pk=emergency_id).update(**{field: timezone.now()})


def _overdue() -> QuerySet[EmergencyUse]:
    cut = timezone.now() - REVIEW_WITHIN
    return EmergencyUse.objects.filter(reviewed_at=None, opened_at__lt=cut)


def _ref(emergency: EmergencyUse) -> SubjectRef:
    known = people.in_bulk(emergency.controller_id, [emergency.subject_id])
    found = known.get(emergency.subject_id)
    return subjects.ref(found) if found else SubjectRef(emergency.subject_id, None)


def _record(
    event: str, by: Actor, emergency: EmergencyUse, person: SubjectRef, **data: str | int
) -> None:
    audit.record(
        event=event, by=by, controller_id=emergency.controller_id, purpose=VITAL,
        target=Target("service", str(emergency.service_id)), subject=person,
        data={"case": str(emergency.id), **data},
    )  # fmt: skip
