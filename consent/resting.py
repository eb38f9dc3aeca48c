"""On what the use of a person's data rests besides consent: what is on record and still holds."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from consent.models import GroundState, PersonalGround


def grounds(controller_id: UUID, subject_id: UUID) -> dict[str, list[PersonalGround]]:
    """The active grounds of a person by purpose; one whose last day is over is none any more."""
    rows = PersonalGround.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=_today()), controller_id=controller_id,
        subject_id=subject_id, state=GroundState.ACTIVE,
    )  # fmt: skip
    found: dict[str, list[PersonalGround]] = {}
    for row in rows.select_related("purpose").order_by("recorded_at", "id"):
        found.setdefault(row.purpose.code, []).append(row)
    return found


def standing(row: PersonalGround) -> GroundState:
    """Where a ground stands today: over once its last day is, whatever the row says."""
    is_over = row.ends_on is not None and row.ends_on < _today()
    return GroundState.ENDED if is_over else GroundState(row.state)


def _today() -> date:
    return timezone.now().date()
