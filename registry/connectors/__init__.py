"""Connectors: how each kind of system is told to let go of people, and looked at afterwards."""

from collections.abc import Callable
from typing import Final

from registry.connectors.contract import Connector, LocalConnector
from registry.models import Connector as ConnectorRow

__all__ = ["ConnectorRow", "Factory", "factory", "kinds", "register"]

Factory = Callable[[ConnectorRow, str], Connector | LocalConnector]
"""Makes a connector of its row and its secret in clear. Raises ConnectorError for bad settings."""

_factories: Final[dict[str, Factory]] = {}


def register(kind: str, made_by: Factory) -> None:
    """Say how connectors of a kind are made. Done once, when the package that knows is loaded."""
    if kind in _factories:
        raise ValueError(f"Two connectors are registered as {kind!r}.")
    _factories[kind] = made_by


def factory(kind: str) -> Factory | None:
    """How connectors of this kind are made; None where nobody knows."""
    return _factories.get(kind)


def kinds() -> list[str]:
    """Every kind there is."""
    return sorted(_factories)
