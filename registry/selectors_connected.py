"""Questions about systems as erasure sees them: what each does, what it holds, and its order."""

from dataclasses import dataclass
from uuid import UUID

from registry import secrets
from registry.connectors import ConnectorRow
from registry.connectors.contract import ConnectorError, Declaration
from registry.connectors.opening import made
from registry.models import System, SystemKind, SystemState, Wait
from registry.selectors_systems import systems

__all__ = ["Connected", "connected"]


@dataclass(frozen=True, slots=True)
class Connected:
    """A system that may hold data of people. Without a declaration nobody knows how it is told."""

    id: UUID
    code: str
    is_own: bool
    party_id: UUID | None
    informs: bool  # who runs it decides for itself: it is informed, not instructed
    declaration: Declaration | None
    waits: tuple[tuple[UUID, int], ...]


def connected(controller_id: UUID) -> list[Connected]:
    """Every system of a controller that is not retired, by code; paused ones are owed as well."""
    rows = systems(controller_id).exclude(state=SystemState.RETIRED).select_related("party")
    connectors = {
        row.system_id: row
        for row in ConnectorRow.objects.filter(controller_id=controller_id, is_active=True)
    }
    waits: dict[UUID, list[tuple[UUID, int]]] = {}
    for wait in Wait.objects.filter(controller_id=controller_id).order_by("id"):
        waits.setdefault(wait.system_id, []).append((wait.after_id, wait.seconds))
    return [_connected(row, connectors.get(row.id), waits.get(row.id, [])) for row in rows]


def _connected(
    system: System, connector: ConnectorRow | None, waits: list[tuple[UUID, int]]
) -> Connected:
    return Connected(
        system.id, system.code, system.kind == SystemKind.OWN, system.party_id,
        system.party is not None and system.party.kind == "recipient",
        _declaration(connector), tuple(waits),
    )  # fmt: skip


def _declaration(connector: ConnectorRow | None) -> Declaration | None:
    """None also for one that cannot be made: unknown is what holds anything."""
    if connector is None:
        return None
    try:
        return made(connector, secrets.opened(connector)).declaration
    except ConnectorError:
        return None
