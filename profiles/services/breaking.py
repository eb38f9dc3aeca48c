"""Breaking the glass: one person's profile beyond the view, because waiting would do harm.

It ends by itself, somebody else reviews it within a day, and the person learns of it. It opens
what the role's view closes, and nothing that the person's choice or the law closes.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from audit import alarms
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import selectors_watched as watched
from profiles import unusual
from profiles.errors_guarded import (
    CaseError,
    FindingMissingError,
    GlassOverError,
    GlassReviewedError,
    SecondPersonError,
)
from profiles.models import BreakGlass, Verdict
from profiles.reasons import is_case, is_reason
from profiles.services import beyond, watching
from profiles.unusual import Noticed
from subjects import selectors as subjects
from subjects import services as subject_services

MOST_MINUTES: Final = 240
REVIEW_WITHIN: Final = timedelta(hours=24)
UNREVIEWED: Final = alarms.AlarmKind.GLASS_UNREVIEWED
WATCH: Final = Actor.system("watch")


@transaction.atomic
def break_glass(  # noqa: PLR0913 (breaking the glass has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    case: str,
    reason: str,
    minutes: int = 30,
    role: str | None = None,
    unit: str | None = None,
) -> BreakGlass:
    """Open a person's whole profile to this reader for this purpose, until then.

    `read` shows it; this shows nothing. Raises StaffOnlyError, NoSeatError, SeatAmbiguousError,
    CaseError, ReasonError, DurationError, PurposeMissingError, SubjectNotFoundError.
    """
    seat = beyond.sitting(by, controller_id, role, unit)
    if not is_case(case):
        raise CaseError
    said, now = beyond.reason(reason), timezone.now()
    ends = beyond.ending(now, minutes, MOST_MINUTES)
    person = beyond.somebody(by, controller_id, subject_id, purpose)
    made = BreakGlass.objects.create(
        controller_id=controller_id, subject_id=subject_id, seat_id=seat.seat_id, holder_id=by.id,
        purpose=purpose, case=case, reason=said, expires_at=ends,
        review_due_at=now + REVIEW_WITHIN,
    )  # fmt: skip
    data = {"role": seat.role, "unit": seat.unit, "reason": said, "until": audit.micros(ends)}
    _record("glass:broken", by, made, person, case=case, **data)
    beyond.watch(by, controller_id, subject_id, kind="glass")
    return made


@transaction.atomic
def close_glass(*, by: Actor, glass: BreakGlass) -> BreakGlass:
    """End the access before its time. Raises GlassOverError."""
    locked, now = _locked(glass), timezone.now()
    if locked.expires_at <= now:
        raise GlassOverError
    _end(locked)
    _record("glass:closed", by, locked, _ref(locked))
    return locked


@transaction.atomic
def review_glass(*, by: Actor, glass: BreakGlass, verdict: str, finding: str) -> BreakGlass:
    """Say whether it was justified; a second person does.

    What was not justified ends at once and is an unusual access. Raises GlassReviewedError,
    SecondPersonError, FindingMissingError, ValueError for an unknown verdict.
    """
    locked, said = _locked(glass), finding.strip()
    if locked.reviewed_at is not None:
        raise GlassReviewedError
    if by.id == locked.holder_id:
        raise SecondPersonError
    if not is_reason(said):
        raise FindingMissingError
    locked.reviewed_at, locked.reviewed_by = timezone.now(), by.id
    locked.verdict, locked.finding = Verdict(verdict).value, said
    locked.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "finding"])
    _record("glass:reviewed", by, locked, _ref(locked), verdict=verdict)
    if locked.verdict == Verdict.NOT_JUSTIFIED:
        _reproach(locked)
    if not _overdue().filter(controller_id=locked.controller_id).exists():
        alarms.clear(controller_id=locked.controller_id, kind=UNREVIEWED)
    return locked


def watch() -> int:
    """Raise the alarm where a review is overdue; returns at how many controllers."""
    late = _overdue().order_by("controller_id").values("controller_id").annotate(n=Count("id"))
    for row in late:
        alarms.raise_alarm(
            controller_id=row["controller_id"], kind=UNREVIEWED, detail=f"{row['n']} to review"
        )
    return len(late)


@transaction.atomic
def tell(*, at_most: int = 500) -> int:
    """Let people see the accesses that are over; returns how many it was."""
    now = timezone.now()
    over = BreakGlass.objects.select_for_update(skip_locked=True).filter(
        told_at=None, expires_at__lte=now
    )
    found = list(over.order_by("id")[:at_most])
    for glass in found:
        glass.told_at = now
        glass.save(update_fields=["told_at"])
        _record("glass:told", WATCH, glass, _ref(glass))
    return len(found)


def _reproach(glass: BreakGlass) -> None:
    """An access without justification ends now, and somebody has to answer for it."""
    if glass.expires_at > timezone.now():
        _end(glass)
    day = unusual.day_of(glass.opened_at, watched.limits(glass.controller_id))
    found = Noticed("unjustified", beyond.OFFICER, glass.holder_id, day, 1, glass.subject_id)
    watching.notice(controller_id=glass.controller_id, found=[found])


def _end(glass: BreakGlass) -> None:
    """Now, or at once after the moment it began: an access lasts at least that."""
    least = glass.opened_at + timedelta(microseconds=1)
    glass.expires_at = max(timezone.now(), least)
    glass.save(update_fields=["expires_at"])


def _overdue() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(reviewed_at=None, review_due_at__lt=timezone.now())


def _locked(glass: BreakGlass) -> BreakGlass:
    return BreakGlass.objects.select_for_update().get(pk=glass.pk)


def _ref(glass: BreakGlass) -> SubjectRef:
    known = subjects.in_bulk(glass.controller_id, [glass.subject_id]).get(glass.subject_id)
    return subject_services.ref(known) if known else SubjectRef(glass.subject_id, None)


def _record(event: str, by: Actor, glass: BreakGlass, person: SubjectRef, **data: Any) -> None:
    audit.record(
        event=event, by=by, controller_id=glass.controller_id, subject=person,
        purpose=glass.purpose, target=Target("break_glass", str(glass.id)), data=data,
    )  # fmt: skip
