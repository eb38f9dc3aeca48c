"""Legal holds on everybody of a controller: set and ended with the hold that says why (ERA-14).

They set no standing about anybody, so they deny and permit nothing; destruction looks for them.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from subjects.models import CompanyHold

__all__ = ["end_on_everybody", "held_companies", "is_on_everybody", "set_on_everybody"]


@transaction.atomic
def set_on_everybody(*, controller_id: UUID, hold_id: UUID) -> None:
    """From now on nothing of anybody of the controller is destroyed. Recorded by the caller."""
    CompanyHold.objects.create(controller_id=controller_id, hold_id=hold_id)


@transaction.atomic
def end_on_everybody(*, hold_id: UUID) -> None:
    """The hold ended; others may stand. Recorded by the caller."""
    CompanyHold.objects.filter(hold_id=hold_id, ended_at=None).update(ended_at=timezone.now())


def is_on_everybody(controller_id: UUID) -> bool:
    """Whether everybody of the controller is held."""
    return CompanyHold.objects.filter(controller_id=controller_id, ended_at=None).exists()


def held_companies() -> Collection[UUID]:
    """The controllers everybody of whom is held."""
    rows = CompanyHold.objects.filter(ended_at=None)
    return set(rows.values_list("controller_id", flat=True))
