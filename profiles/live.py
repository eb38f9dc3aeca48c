"""Systems that are asked when somebody looks: all at once, each within its time, nothing kept."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.utils import timezone

from keys.errors import KeysError
from profiles.definitions import Definitions, definitions_of
from profiles.documents import Observed
from profiles.values import ValueFaultError
from registry import adapters
from registry import selectors_systems as systems
from registry.adapters import Adapter, Answer, System, loop
from registry.errors_systems import SystemUnavailableError
from subjects import selectors as subjects
from subjects.errors import KeyDestroyedError

log = structlog.get_logger(__name__)

CLOCK_SKEW = timedelta(minutes=5)
FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a live source said now. `reason` says why it said nothing; empty: it answered.

    `unfit` are attributes whose value was not of their kind: nothing of it is passed on.
    """

    source_id: UUID
    source: str
    values: Mapping[str, Observed] = field(default_factory=dict)
    reason: str = ""
    unfit: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()  # what it was asked, or would have been

    @property
    def is_unavailable(self) -> bool:
        return bool(self.reason)


def listen(
    *, controller_id: UUID, subject_id: UUID, codes: Collection[str], units: Collection[str]
) -> tuple[Heard, ...]:
    """What the live sources of these units ("" is of no unit) say of a person, about these codes.

    Ask about no more than the reader may see, outside a transaction, and record the read before
    anything is shown (P11). A source learns the identifiers it finds people by, and no others; one
    that does not answer in time is unavailable, and holds up nobody. Raises SubjectUnknownError.
    """
    found = list(systems.asked_systems(controller_id, units)) if codes else []
    if not found:
        return ()
    identifiers = _identifiers(controller_id, subject_id)
    frozen = systems.frozen_systems(controller_id)
    definitions = definitions_of(controller_id)
    asked = [_Asked.of(one, identifiers, codes, is_frozen=one.code in frozen) for one in found]
    _ask_all(asked)
    now = timezone.now()
    return tuple(one.heard(definitions, now) for one in asked if one.is_concerned)


@dataclass(slots=True)
class _Asked:
    """A system, what it is asked, and how it ended."""

    system: System
    adapter: Adapter | None
    wanted: dict[str, str]
    codes: Collection[str]
    answer: Answer | None = None
    reason: str = ""

    @classmethod
    def of(
        cls, system: System, identifiers: Mapping[str, str], codes: Collection[str], *,
        is_frozen: bool,
    ) -> "_Asked":  # fmt: skip
        if is_frozen:
            return cls(system, None, {}, codes, reason=FROZEN)
        try:
            adapter = adapters.open_adapter(system)
        except SystemUnavailableError as error:
            return cls(system, None, {}, codes, reason=error.reason)
        except KeysError:
            return cls(system, None, {}, codes, reason="secret_unreadable")
        known = {name: identifiers[name] for name in adapter.schemes if name in identifiers}
        asked = adapter.codes.intersection(codes) if adapter.codes else codes
        answer = None if known and asked else Answer()  # it could find nobody, or say nothing
        return cls(system, adapter, known, asked, answer)

    @property
    def is_waiting(self) -> bool:
        return self.answer is None and not self.reason

    @property
    def is_concerned(self) -> bool:
        """Whether it could have said anything that was asked; one that is broken might have."""
        return self.adapter is None or bool(self.codes)

    async def ask(self) -> None:
        assert self.adapter is not None  # noqa: S101 (what waits has one)
        try:
            self.answer = await adapters.ask(self.system, self.adapter, self.wanted, self.codes)
        except SystemUnavailableError as error:
            self.reason = error.reason

    def heard(self, definitions: Definitions, now: datetime) -> Heard:
        source, codes = (self.system.id, self.system.code), frozenset(self.codes)
        if self.answer is None:
            return Heard(*source, reason=self.reason or adapters.SLOW, codes=codes)
        at = self.answer.observed_at or now
        if at > now + CLOCK_SKEW:
            return Heard(*source, reason="time_unknown", codes=codes)
        values: dict[str, Observed] = {}
        unfit: set[str] = set()
        for code, value in self.answer.values.items():
            definition = definitions.get(code)
            if definition is None or not definition.is_active:
                continue
            try:
                values[code] = Observed(definition.read(value), at)
            except ValueFaultError:
                unfit.add(code)
        if unfit:
            log.warning("live_values_unfit", system=str(self.system.id), codes=sorted(unfit))
        return Heard(*source, values, unfit=frozenset(unfit), codes=codes)


def _identifiers(controller_id: UUID, subject_id: UUID) -> dict[str, str]:
    """One of each scheme; nothing where the person's key is gone."""
    person = subjects.subject(controller_id, subject_id)
    try:
        return {one.scheme: one.text for one in reversed(subjects.reveal(person))}
    except KeyDestroyedError:
        return {}


def _ask_all(asked: Sequence[_Asked]) -> None:
    """All at once. Whoever is late beyond their own time has not answered."""
    waiting = [one for one in asked if one.is_waiting]
    if not waiting:
        return
    seconds = max(one.system.timeout_ms for one in waiting) / 1000
    try:
        loop.run(_together(waiting), seconds=seconds)
    except TimeoutError:
        log.warning("live_sources_hung", number=sum(one.is_waiting for one in waiting))


async def _together(waiting: Sequence[_Asked]) -> None:
    await asyncio.gather(*(one.ask() for one in waiting))
