"""What holds calls to one system back: its budget of calls, and its rest after failures.

While a system fails it is tried with one call a time, after rests that grow: so a system that is
away or hangs costs the others next to nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Final
from uuid import UUID

from django.db import transaction

from audit import alarms
from erasure.models import Gate
from registry.connectors import ConnectorRow
from registry.connectors.contract import Declaration

MINUTE: Final = 60.0
REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 300.0
LOOK_SECONDS: Final = 900.0
"""A system that an officer must look at is tried again after so long, or at the officer's word."""

ASKED_SECONDS: Final = 3600.0
"""The most rest that a system's own answer can ask for."""

BURST_SECONDS: Final = 10.0
"""So much of a budget may be saved up, and be spent at once."""

UNLIMITED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls may be made now; only one, `is_trial`, after failures."""

    calls: int
    is_trial: bool = False


RESTING: Final = Allowance(0)


def look(system_id: UUID, now: datetime) -> Allowance:
    """Whether anything may be called now, its budget aside."""
    gate = Gate.objects.filter(pk=system_id).first()
    if gate is None or (gate.rests_until_at and gate.rests_until_at > now):
        return RESTING
    return Allowance(1, is_trial=True) if gate.failures else Allowance(UNLIMITED)


def calls_a_minute(system_id: UUID, how: Declaration) -> int:
    """What the company set for its system, else what the connector says of it; 0: no limit."""
    rows = ConnectorRow.objects.filter(system_id=system_id)
    return rows.values_list("per_minute", flat=True).first() or how.per_minute


@transaction.atomic
def take(system_id: UUID, wanted: int, per_minute: int, now: datetime) -> int:
    """Spend up to `wanted` calls of the budget, in the caller's transaction; returns how many.

    Where there are none left the gate rests until there is one.
    """
    if not per_minute:
        return wanted
    gate = Gate.objects.select_for_update().get(pk=system_id)
    most = max(1.0, per_minute * BURST_SECONDS / MINUTE)
    since = (now - gate.budget_at).total_seconds() if gate.budget_at else MINUTE
    gate.budget = min(most, gate.budget + max(0.0, since) * per_minute / MINUTE)
    gate.budget_at = now
    taken = min(wanted, int(gate.budget))
    gate.budget -= taken
    if not taken:
        missing = (1.0 - gate.budget) * MINUTE / per_minute
        gate.rests_until_at = now + timedelta(seconds=missing)
    gate.save(update_fields=["budget", "budget_at", "rests_until_at"])
    return taken


@dataclass(slots=True)
class Heard:
    """How a system answered during one round: what its gate learns from it."""

    answered: bool = False
    trouble: str = ""
    needs_officer: bool = False
    wait_seconds: float = 0.0

    def fails(self, code: str, wait_seconds: float, *, retry: bool) -> None:
        """A call failed whole."""
        self.trouble = code
        self.needs_officer = self.needs_officer or not retry
        self.wait_seconds = max(self.wait_seconds, min(wait_seconds, ASKED_SECONDS))


def note(system_id: UUID, heard: Heard, now: datetime) -> bool:
    """Open the gate wider or let it rest, in the caller's transaction; returns whether it rests."""
    if not heard.answered and not heard.trouble:
        return _rests(system_id, now)
    gate = Gate.objects.select_for_update().get(pk=system_id)
    seconds = heard.wait_seconds
    if heard.trouble and not heard.answered:
        seconds = max(seconds, _rest(gate.failures, heard))
        gate.failures += 1
        gate.trouble = heard.trouble[:60]
    else:
        gate.failures, gate.trouble, gate.answered_at = 0, "", now
    if seconds:
        gate.rests_until_at = now + timedelta(seconds=seconds)
    if heard.needs_officer:
        _alarm(gate)
    gate.save()
    return gate.rests_until_at is not None and gate.rests_until_at > now


def reopen(system_id: UUID) -> None:
    """Try again at once: an officer says that the cause is gone. In the caller's transaction."""
    Gate.objects.filter(pk=system_id).update(rests_until_at=None)


def is_resting(controller_id: UUID, system_id: UUID, now: datetime) -> bool:
    """Whether a system of the controller is left alone for now."""
    rows = Gate.objects.filter(pk=system_id, controller_id=controller_id)
    return rows.filter(rests_until_at__gt=now).exists()


def _rests(system_id: UUID, now: datetime) -> bool:
    return Gate.objects.filter(pk=system_id, rests_until_at__gt=now).exists()


def _rest(failures: int, heard: Heard) -> float:
    if heard.needs_officer:
        return LOOK_SECONDS
    bound = min(LONGEST_REST_SECONDS, REST_SECONDS * 2.0 ** min(failures, 10))
    return SystemRandom().uniform(bound / 2, bound)


def _alarm(gate: Gate) -> None:
    alarms.raise_alarm(
        controller_id=gate.controller_id, kind=alarms.AlarmKind.ERASURE_STUCK,
        detail=f"{gate.system_id} {gate.trouble}",
    )  # fmt: skip
