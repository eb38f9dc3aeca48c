"""Questions about what persons let guardrails know."""

from uuid import UUID

from policies.wishes.models import SwitchedOff, Volunteered


def volunteered(controller_id: UUID, subject_id: UUID) -> list[tuple[str, str]]:
    """What a person offers: purpose and attribute, in order."""
    rows = Volunteered.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return list(rows.order_by("purpose", "attribute").values_list("purpose", "attribute"))


def is_switched_off(controller_id: UUID, subject_id: UUID) -> bool:
    """Whether the person switched personalisation off."""
    rows = SwitchedOff.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return rows.exists()
