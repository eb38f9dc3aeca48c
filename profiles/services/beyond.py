"""What opening more than a view begins with: who opens, from which seat, about whom."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from accounts import selectors as accounts
from accounts.roles import Permission
from audit.actors import Actor, SubjectRef
from profiles import alike, rulings, selectors, unusual
from profiles import selectors_watched as watched
from profiles.errors import (
    NoSeatError,
    PurposeMissingError,
    SeatAmbiguousError,
    SubjectNotFoundError,
)
from profiles.errors_guarded import DurationError, ReasonError, StaffOnlyError
from profiles.reasons import is_reason
from profiles.selectors import Sitting
from profiles.services import watching
from profiles.unusual import Noticed

OFFICER: Final = "officer"


def sitting(by: Actor, controller_id: UUID, role: str | None, unit: str | None) -> Sitting:
    """The seat a member of staff opens from. Raises as `seat`, and StaffOnlyError for a service."""
    if by.type != OFFICER:
        raise StaffOnlyError
    return seat(by, controller_id, role, unit)


def seat(by: Actor, controller_id: UUID, role: str | None, unit: str | None) -> Sitting:
    """The seat somebody acts from; `role` and `unit` choose where there are several.

    Raises NoSeatError, SeatAmbiguousError.
    """
    found = [
        one for one in selectors.sittings(controller_id, by)
        if role in (None, one.role) and unit in (None, one.unit)
    ]  # fmt: skip
    if not found:
        raise NoSeatError
    if len(found) > 1:
        raise SeatAmbiguousError
    return found[0]


def somebody(by: Actor, controller_id: UUID, subject_id: UUID, purpose: str) -> SubjectRef:
    """The person, if they are there for this reader, as `read` finds them.

    Raises SubjectNotFoundError for all others alike, PurposeMissingError.
    """
    if not purpose:
        raise PurposeMissingError
    began = alike.began()
    found = rulings.ruled(
        by=by, controller_id=controller_id, subject_ids=[subject_id],
        use=rulings.Use(purpose=purpose), categories=(),
        sees_restricted=accounts.permits(by.id, Permission.VIEW_RESTRICTED, controller_id),
    )  # fmt: skip
    if subject_id not in found:
        alike.wait(began)
        raise SubjectNotFoundError
    return found[subject_id].subject


def reason(text: str) -> str:
    """The reason as it is kept. Raises ReasonError."""
    stripped = text.strip()
    if not is_reason(stripped):
        raise ReasonError
    return stripped


def ending(now: datetime, minutes: int, most: int) -> datetime:
    """When it ends by itself. Raises DurationError outside 1 to `most` minutes."""
    if not 1 <= minutes <= most:
        raise DurationError
    return now + timedelta(minutes=minutes)


def watch(by: Actor, controller_id: UUID, subject_id: UUID, *, kind: str) -> None:
    """Alarm at once what is unusual about an opening: how often, when, and about whom.

    `kind` is "reveals" or "glass". In the transaction of the opening, which counts already.
    """
    limits, now = watched.limits(controller_id), timezone.now()
    day = unusual.day_of(now, limits)
    counts = {
        "reveals": (watched.reveals_since, limits.reveals_a_day),
        "glass": (watched.glasses_since, limits.glass_a_day),
    }
    count_since, most = counts[kind]
    count = count_since(controller_id, by.id, day)
    found = [Noticed(kind, OFFICER, by.id, day, count)] if count > most else []
    closer = unusual.closeness(by.id, subject_id, watched.ties(controller_id))
    found += [Noticed(one, OFFICER, by.id, day, 1, subject_id) for one in closer]
    if unusual.is_off_hours(now, limits):
        found.append(Noticed("hours", OFFICER, by.id, day, 1))
    watching.notice(controller_id=controller_id, found=found)
