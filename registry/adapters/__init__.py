"""Connected systems that are asked when somebody looks, instead of being copied.

An adapter knows one way to ask. What else a system can be told to do (to erase a person, to prove
that nobody is there) are abilities of their own: further protocols, which the same classes may
meet; whoever needs one looks for it and says so where it is missing.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final, Protocol

import structlog

from registry.adapters import resting
from registry.adapters.answers import Answer
from registry.adapters.http import HttpAdapter
from registry.adapters.mysql import MySqlAdapter
from registry.adapters.settings import HttpSettings, checked
from registry.adapters.sql import SqlAdapter
from registry.errors_systems import SystemUnavailableError
from registry.models import System, SystemState
from registry.secrets import opened

__all__ = ["SLOW", "Adapter", "Answer", "System", "ask", "open_adapter"]

log = structlog.get_logger(__name__)

SLOW: Final = "slow"
FAILED: Final = "failed"
NOT_ASKED: Final = "not_asked"


class Adapter(Protocol):
    """Asks one system. It holds no row and no connection of ours: it works on another thread."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """By which identifiers it finds people; it is given no others."""

    @property
    def codes(self) -> frozenset[str]:
        """The attributes it can answer; empty: it tells only with its answer."""

    async def read(self, wanted: Mapping[str, str], codes: Collection[str]) -> Answer:
        """What the system says now of the person with these identifiers, by scheme.

        An answer without values: it does not know the person. Raises SystemUnavailableError.
        """


def open_adapter(system: System) -> Adapter:
    """The adapter of a system, with its secret in clear; keep it no longer than a request.

    Raises SystemUnavailableError for one that is not asked or not in use, and for settings that no
    longer fit; KeysError.
    """
    settings = checked(system.kind, system.settings, refused=SystemUnavailableError(FAILED))
    if system.state != SystemState.ACTIVE or settings is None:
        raise SystemUnavailableError(NOT_ASKED)
    secret = opened(system)
    if isinstance(settings, HttpSettings):
        return HttpAdapter(settings, secret)
    made = MySqlAdapter if settings.engine == "mysql" else SqlAdapter
    return made(settings, secret, system.timeout_ms)


async def ask(
    system: System, adapter: Adapter, wanted: Mapping[str, str], codes: Collection[str]
) -> Answer:
    """Ask within the system's timeout, unless it failed so often lately that it rests.

    Raises SystemUnavailableError for whatever goes wrong; what the other side wrote is told nobody.
    """
    resting.check(system.id)
    try:
        async with asyncio.timeout(system.timeout_ms / 1000):
            found = await adapter.read(wanted, codes)
    except Exception as error:  # noqa: BLE001 (a source that fails must not fail the view)
        raise _told(system, error) from None
    resting.note(system.id, answered=True)
    return found


def _told(system: System, error: Exception) -> SystemUnavailableError:
    resting.note(system.id, answered=False)
    if isinstance(error, TimeoutError):
        error = SystemUnavailableError(SLOW)
    elif not isinstance(error, SystemUnavailableError):
        log.warning("system_adapter_failed", system=str(system.id), error=type(error).__name__)
        error = SystemUnavailableError(FAILED)
    log.info("system_unavailable", system=str(system.id), reason=error.reason)
    return error
