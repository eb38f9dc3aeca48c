"""Opening connectors: from the row of a system to what can tell it something."""

from typing import Protocol, runtime_checkable
from uuid import UUID

from registry import secrets
from registry.connectors import ConnectorRow, factory
from registry.connectors.contract import Connector, ConnectorError, LocalConnector
from registry.models import SystemState

__all__ = ["Shaped", "made", "open_connector"]


@runtime_checkable
class Shaped(Protocol):
    """A connector of a system whose shape (tables, columns, keys) an officer accepts."""

    async def shape(self) -> str:
        """A digest of the shape as it is now. Raises ConnectorError where the settings miss it."""


def open_connector(system_id: UUID) -> Connector | LocalConnector:
    """The connector of a system, with its secret in clear; keep it no longer than a batch.

    Whose system it is, is the caller's to know. Raises ConnectorError: `not_in_use` for a system
    without connector or no longer used, `paused` (it may go later), `kind_unknown`, or what is
    wrong with its settings; KeysError.
    """
    found = ConnectorRow.objects.select_related("system").filter(system_id=system_id).first()
    if found is None or not found.is_active or found.system.state == SystemState.RETIRED:
        raise ConnectorError("not_in_use", retry=False)
    if found.system.state == SystemState.PAUSED:
        raise ConnectorError("paused", retry=True)
    return made(found, secrets.opened(found))


def made(row: ConnectorRow, secret: str) -> Connector | LocalConnector:
    """The connector of a row. Raises ConnectorError for settings that do not fit its kind."""
    make = factory(row.kind)
    if make is None:
        raise ConnectorError("kind_unknown", retry=False)
    return make(row, secret)
