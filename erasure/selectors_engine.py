"""The questions about the engine: what waits at each system, what failed, and how fast it goes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, F, Min, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from erasure.engine.starting import VERB_BY_HAND
from erasure.models import Duty, Gate, Mark, Step, StepState
from keys.ids import uuid7_at
from registry import selectors_systems as registry

RATE_MINUTES: Final = 5
OPEN_STATES: Final = (
    StepState.PLANNED, StepState.SENT, StepState.ACCEPTED, StepState.CONFIRMED, StepState.FAILED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHealth:
    """How one system's queue stands.

    `waiting` steps have not ended, `due` ones could be called about now, `failed` ones need an
    officer, as `unproven` ones do: their system cannot be looked at. `rate` is of recorded effects
    a minute, over the last five. `oldest_at` is since when the oldest has waited, `next_at` when
    the next one is due.
    """

    system_id: UUID
    code: str
    name: str
    waiting: int = 0
    due: int = 0
    failed: int = 0
    unproven: int = 0
    oldest_due_at: datetime | None = None
    oldest_at: datetime | None = None
    next_at: datetime | None = None
    rate: float = 0.0
    failures: int = 0
    trouble: str = ""
    rests_until_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def rests(self) -> bool:
        """Whether it is left alone for now."""
        return self.rests_until_at is not None and self.rests_until_at > timezone.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The steps of one verb that failed at one system, or one party, from one cause.

    `oldest_at` is since when the first of them has been on its way.
    """

    system_id: UUID | None
    name: str
    verb: str
    code: str
    number: int
    oldest_at: datetime

    @property
    def doing(self) -> str:
        """What was to be done, in the reader's language."""
        return str(Step(verb=self.verb).get_verb_display())

    @property
    def needs_hand(self) -> bool:
        """Whether trying again is of no use: the system's connector has no such call."""
        return self.code == VERB_BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The steps at one system that stand alike."""

    verb: str
    state: str
    code: str
    number: int
    oldest_at: datetime
    next_at: datetime | None

    @property
    def doing(self) -> str:
        return str(Step(verb=self.verb).get_verb_display())

    @property
    def stands(self) -> str:
        return str(Step(state=self.state).get_state_display())


def health(controller_id: UUID) -> list[SystemHealth]:
    """Every system of a controller that ever had a step, by code."""
    gates = {gate.system_id: gate for gate in Gate.objects.filter(controller_id=controller_id)}
    counts, rates = _counts(controller_id), _rates(controller_id)
    return [
        _health(system.id, system.code, system.name, gates[system.id], counts, rates)
        for system in registry.systems(controller_id).filter(pk__in=gates)
    ]


def gate(controller_ids: Collection[UUID], system_id: UUID) -> Gate | None:
    """What holds calls to a system of one of these controllers back."""
    rows = Gate.objects.filter(controller__in=controller_ids, pk=system_id)
    return rows.select_related("system", "controller").first()


def health_of(controller_id: UUID, system_id: UUID) -> SystemHealth | None:
    """How the queue of one system stands; None where there never was one, or elsewhere."""
    return next((one for one in health(controller_id) if one.system_id == system_id), None)


def open_steps(controller_id: UUID, system_id: UUID) -> QuerySet[Step]:
    """What has not ended at a system, the failed first, then what is due next."""
    rows = Step.objects.filter(
        controller_id=controller_id, system_id=system_id, state__in=OPEN_STATES, ended_at=None
    )
    is_failed = Case(When(state=StepState.FAILED, then=0), default=1)
    order = (is_failed, F("next_at").asc(nulls_last=True), "id")
    return rows.select_related("system", "party", "case").order_by(*order)


def open_kinds(controller_id: UUID, system_id: UUID) -> list[Waiting]:
    """What has not ended at a system, by what is done, how far it is and why; the most first."""
    rows = open_steps(controller_id, system_id).order_by()
    counted: Any = (
        rows.values("verb", "state", "code")
        .annotate(number=Count("id"), oldest_at=Min("created_at"), next_at=Min("next_at"))
        .order_by("-number", "oldest_at")
    )
    return [Waiting(**row) for row in counted]


def oldest_waiting(controller_id: UUID, limit: int) -> list[tuple[UUID, str, datetime]]:
    """The systems at which something has waited longest: id, name, since when. One query."""
    rows = (
        Step.objects.filter(
            controller_id=controller_id, state__in=OPEN_STATES, ended_at=None, system__isnull=False
        )
        .values_list("system_id", "system__name")
        .annotate(oldest_at=Min("created_at"))
        .order_by("oldest_at", "system_id")[:limit]
    )
    return [(system_id, name, oldest) for system_id, name, oldest in rows]


def _health(  # noqa: PLR0913, PLR0917 (what is known of it)
    system_id: UUID,
    code: str,
    name: str,
    gate: Gate,
    counts: dict[UUID, dict[str, Any]],
    rates: dict[UUID, int],
) -> SystemHealth:
    return SystemHealth(
        system_id=system_id, code=code, name=name, rate=rates.get(system_id, 0) / RATE_MINUTES,
        failures=gate.failures, trouble=gate.trouble, rests_until_at=gate.rests_until_at,
        answered_at=gate.answered_at, **counts.get(system_id, {}),
    )  # fmt: skip


def _counts(controller_id: UUID) -> dict[UUID, dict[str, Any]]:
    is_due = Q(next_at__lte=timezone.now())
    unproven = Q(state=StepState.CONFIRMED, next_at=None, ended_at=None, duty=Duty.INSTRUCT)
    rows = (
        Step.objects.filter(
            controller_id=controller_id, state__in=OPEN_STATES, ended_at=None, system__isnull=False
        )
        .values("system_id")
        .annotate(
            waiting=Count("id"), due=Count("id", filter=is_due),
            failed=Count("id", filter=Q(state=StepState.FAILED)),
            unproven=Count("id", filter=unproven), oldest_due_at=Min("next_at", filter=is_due),
            oldest_at=Min("created_at"), next_at=Min("next_at"),
        )
    )  # fmt: skip
    return {
        row["system_id"]: {name: value for name, value in row.items() if name != "system_id"}
        for row in rows
    }


def _rates(controller_id: UUID) -> dict[UUID, int]:
    since = uuid7_at(timezone.now() - timedelta(minutes=RATE_MINUTES))
    rows = Mark.objects.filter(id__gte=since, controller_id=controller_id)
    return dict(rows.values_list("step__system_id").annotate(number=Count("id")))


def dead_letters(controller_id: UUID) -> QuerySet[Step]:
    """Failed steps, the oldest first: an officer tries them again or signs an exception."""
    rows = Step.objects.filter(controller_id=controller_id, state=StepState.FAILED)
    return rows.select_related("system", "party", "case").order_by("id")


def failures(controller_id: UUID, system_id: UUID | None = None) -> list[Failure]:
    """The dead letters by where and why, the most first; of one system where it is named."""
    rows = Step.objects.filter(controller_id=controller_id, state=StepState.FAILED)
    if system_id:
        rows = rows.filter(system_id=system_id)
    counted: Any = (
        rows.annotate(name=Coalesce("system__name", "party__name"))
        .values("system_id", "party_id", "name", "verb", "code")
        .annotate(number=Count("id"), oldest_at=Min("created_at"))
        .order_by("-number", "oldest_at")
    )
    return [
        Failure(
            system_id=row["system_id"],
            name=row["name"],
            verb=row["verb"],
            code=row["code"],
            number=row["number"],
            oldest_at=row["oldest_at"],
        )  # fmt: skip
        for row in counted
    ]


def failed_at(controller_id: UUID, system_id: UUID) -> QuerySet[Step]:
    """The dead letters of one system."""
    return dead_letters(controller_id).filter(system_id=system_id)


def unproven(controller_id: UUID) -> QuerySet[Step]:
    """Steps whose system says that they are done and cannot be looked at, the oldest first."""
    rows = Step.objects.filter(
        controller_id=controller_id, state=StepState.CONFIRMED, ended_at=None, next_at=None,
        duty=Duty.INSTRUCT,
    )  # fmt: skip
    return rows.select_related("system", "case").order_by("id")
