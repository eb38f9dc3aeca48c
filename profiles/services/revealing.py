"""Opening one masked field for a few minutes, with a reason (PRO-02; DPDP Rules r.6(1)(a))."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import fields, selectors
from profiles.errors_guarded import NotMaskedError
from profiles.models import Relation, Reveal, Treatment
from profiles.selectors import Sitting
from profiles.services import beyond

MOST_MINUTES: Final = 30
MASKS: Final = frozenset(Treatment.values) - {Treatment.SHOW.value, Treatment.HIDE.value}


@transaction.atomic
def reveal(  # noqa: PLR0913 (an opening has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    attribute: str,
    purpose: str,
    reason: str,
    minutes: int = 5,
    role: str | None = None,
    unit: str | None = None,
) -> Reveal:
    """Let this reader see one masked field in full, of this person, for this purpose, until then.

    `read` shows it; this shows nothing. What the view hides stays hidden. Raises StaffOnlyError,
    NoSeatError, SeatAmbiguousError, ReasonError, DurationError, PurposeMissingError,
    SubjectNotFoundError, NotMaskedError.
    """
    seat = beyond.sitting(by, controller_id, role, unit)
    said, now = beyond.reason(reason), timezone.now()
    ends = beyond.ending(now, minutes, MOST_MINUTES)
    person = beyond.somebody(by, controller_id, subject_id, purpose)
    if treatment(controller_id, seat, attribute, purpose) not in MASKS:
        raise NotMaskedError
    made = Reveal.objects.create(
        controller_id=controller_id, subject_id=subject_id, attribute=attribute, purpose=purpose,
        seat_id=seat.seat_id, holder_id=by.id, reason=said, expires_at=ends,
    )  # fmt: skip
    _record(by, made, person, seat)
    beyond.watch(by, controller_id, subject_id, kind="reveals")
    return made


def treatment(controller_id: UUID, seat: Sitting, attribute: str, purpose: str) -> str:
    """What the view in force does with an attribute for this seat and purpose; "hide" by default.

    A rule about the attribute outweighs that of its category; both must be about its sensitivity.
    """
    defined = next(
        (one for one in selectors.definitions(controller_id) if one.code == attribute), None
    )
    if defined is None:
        return fields.HIDE
    rules = {
        one.attribute: one.treatment
        for one in selectors.cells(controller_id, seat.role_id, purpose, Relation.SELF)
        if (one.category, one.sensitivity) == (defined.category, defined.sensitivity)
    }
    return rules.get(attribute, rules.get("", fields.HIDE))


def _record(by: Actor, made: Reveal, person: SubjectRef, seat: Sitting) -> None:
    audit.record(
        event="profile:revealed", by=by, controller_id=made.controller_id, subject=person,
        purpose=made.purpose, target=Target("profile", str(seat.seat_id)),
        data={
            "reveal": str(made.id), "attribute": made.attribute, "role": seat.role,
            "unit": seat.unit, "reason": made.reason, "until": audit.micros(made.expires_at),
        },
    )  # fmt: skip
