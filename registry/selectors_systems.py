"""Questions about connected systems."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from registry.errors_systems import SystemUnknownError
from registry.models import Freeze, FrozenKind, System, SystemKind, SystemState


def systems(controller_id: UUID) -> QuerySet[System]:
    """The systems of a controller, by code."""
    return System.objects.filter(controller_id=controller_id).order_by("code", "id")


def system_by_code(controller_id: UUID, code: str) -> System:
    """Raises SystemUnknownError (also for another controller's)."""
    found = System.objects.filter(controller_id=controller_id, code=code).first()
    if found is None:
        raise SystemUnknownError
    return found


def asked_systems(controller_id: UUID, units: Collection[str]) -> QuerySet[System]:
    """The systems in use that are asked when somebody looks, of these units; "" is of no unit."""
    return systems(controller_id).filter(
        kind__in=(SystemKind.HTTP, SystemKind.SQL), state=SystemState.ACTIVE, unit__in=units
    )


def silent_systems(controller_id: UUID) -> QuerySet[System]:
    """The systems that hold data of people, say nothing of them, and are told what must go."""
    rows = systems(controller_id).filter(kind=SystemKind.SILENT)
    return rows.exclude(state=SystemState.RETIRED)


def frozen_systems(controller_id: UUID) -> set[str]:
    """The codes of systems that an incident stopped (R07)."""
    stands = Freeze.objects.filter(
        controller_id=controller_id, kind=FrozenKind.SYSTEM, released_at=None
    )
    return set(stands.values_list("code", flat=True))
