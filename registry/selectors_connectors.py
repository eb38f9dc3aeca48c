"""The questions about the ways into systems, and their order."""

from uuid import UUID

from django.db.models import QuerySet

from registry.models import Connector, SystemState, Wait


def connectors(controller_id: UUID) -> QuerySet[Connector]:
    """The connectors of a controller with their systems, by the systems' names."""
    rows = Connector.objects.filter(controller_id=controller_id).select_related("system")
    return rows.order_by("system__name", "id")


def waits(controller_id: UUID) -> QuerySet[Wait]:
    """Which system waits for which, in no order that means anything."""
    return Wait.objects.filter(controller_id=controller_id).order_by("id")


def by_hand(system_id: UUID) -> UUID | None:
    """Whose system it is, if what is to be done in it is done by hand; None for any other."""
    rows = Connector.objects.filter(system_id=system_id, kind="manual", is_active=True)
    return rows.values_list("controller_id", flat=True).first()


def all_by_hand() -> QuerySet[Connector]:
    """The ways into all systems in use in which things are done by hand, of every controller."""
    rows = Connector.objects.filter(kind="manual", is_active=True).exclude(
        system__state=SystemState.RETIRED
    )
    return rows.select_related("system").order_by("controller_id", "id")


def connector_of(controller_id: UUID, system_id: UUID) -> Connector | None:
    """The way into one system of a controller."""
    rows = Connector.objects.filter(controller_id=controller_id, system_id=system_id)
    return rows.select_related("system").first()
