"""What follows for a step from what its system said or from what was found there. Pure.

A step ends as absent only by a finding, never by a word; what cannot be looked at, or is only
suppressed or archived there, waits for an officer (ERA-09).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import SystemRandom
from typing import Any, Final
from uuid import UUID

from registry.connectors.contract import (
    ERASURES,
    Act,
    ConnectorError,
    Declaration,
    Effect,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WAITS: Final = (30.0, 2 * MINUTE, 10 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY)
"""Bounds of the wait after each try that failed: full jitter below them."""

TRIES: Final = len(WAITS) + 1
"""So many tries, and an officer must look; after whose retry there are as many again."""

ROUNDS: Final = 5
"""So often a system is told again after its data were found: then it does not obey."""

LONGEST_WAIT: Final = DAY
"""The most patience that a system can ask for."""

POLL_SECONDS: Final = MINUTE
LONGEST_POLL_SECONDS: Final = 6 * HOUR
_CHANCE: Final = SystemRandom()


class Phase(StrEnum):
    """What is due for a step: by its state alone."""

    TELL = "tell"
    STATUS = "status"
    PROBE = "probe"
    LATE = "late"


PHASES: Final = {
    "planned": Phase.TELL, "sent": Phase.TELL, "accepted": Phase.STATUS,
    "confirmed": Phase.PROBE, "absent": Phase.LATE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A step that something is due for, as it was when it was taken."""

    id: UUID
    case_id: UUID
    subject_id: UUID
    verb: Verb
    duty: str
    state: str
    round: int
    attempts: int
    reference: str
    categories: tuple[str, ...]

    @property
    def phase(self) -> Phase:
        return PHASES[self.state]

    @property
    def key(self) -> str:
        """As `Step.key`: the same for every repetition of this round."""
        return f"{self.id.hex}-{self.round}"

    def person(
        self, identifiers: Mapping[str, tuple[str, ...]], values: Mapping[str, Any]
    ) -> Person:
        """As connectors are told of it."""
        return Person(
            step=self.id, subject=self.subject_id, key=self.key, identifiers=identifiers,
            categories=frozenset(self.categories), values=values, reference=self.reference,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one step. `wait` in seconds until something is due again; None: nothing is.

    `marks` are the effects to append; `tries` is by how much the attempts grow. A step that
    `reopens` begins another round; one that `looks` is looked at once more, at random.
    """

    due: Due
    state: str
    marks: tuple[str, ...] = ()
    wait: float | None = None
    code: str = ""
    reference: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    reopens: bool = False
    is_late: bool = False
    looks: bool = False

    @property
    def ends(self) -> bool:
        return self.state == "absent" or (self.state == "confirmed" and self.due.duty == "inform")


def after_said(due: Due, said: Said, how: Declaration) -> Change:
    """What follows from the answer to a call."""
    evidence = {"said": {"act": said.act.value, "code": said.code, **said.evidence}}
    if said.act in (Act.DONE, Act.UNKNOWN_PERSON):
        return _confirmed(due, said, how, evidence)
    if said.act == Act.ACCEPTED:
        return _accepted(due, said, evidence)
    if said.act == Act.REFUSED:
        return _failed(due, said.code or "refused", evidence)
    return _later(due, said.code or "not_now", said.wait_seconds, "planned", evidence)


def after_error(due: Due, error: ConnectorError) -> Change:
    """What follows from a call that failed whole: nothing is known, so a told step stays `sent`,
    unless the call never came to the system."""
    if not error.retry:
        return _failed(due, error.code, {}) if due.phase != Phase.LATE else _unseen(due, error.code)
    told = "sent" if error.reached else "planned"
    return _later(due, error.code, error.wait_seconds, told, {})


def after_probed(due: Due, probed: Probed) -> Change:
    """What follows from a look, the first one or the late one."""
    evidence = {"found": {"finding": probed.finding.value, "code": probed.code, **probed.evidence}}
    if probed.finding == Finding.UNSURE:
        return _later(due, probed.code or "unsure", 0.0, due.state, evidence)
    if probed.finding in (Finding.ABSENT, Finding.ANONYMISED):
        return _absent(due, evidence)
    if due.phase == Phase.PROBE and probed.finding != Finding.PRESENT:
        return _failed(due, f"only_{probed.finding.value}", evidence)
    if due.round >= ROUNDS and due.phase == Phase.PROBE:
        return _failed(due, "still_there", evidence)
    return Change(
        due=due, state="planned", marks=("reopened",), wait=_reopening_wait(due), reopens=True,
        code=f"found_{probed.finding.value}", evidence=evidence, is_late=due.phase == Phase.LATE,
    )  # fmt: skip


def lost(due: Due) -> Change:
    """The person's identifiers are gone, so nobody can be told or asked of them."""
    code = "identifiers_gone"
    return _unseen(due, code) if due.phase == Phase.LATE else _failed(due, code, {})


def _confirmed(due: Due, said: Said, how: Declaration, evidence: Mapping[str, Any]) -> Change:
    if due.duty == "instruct" and due.verb == Verb.ERASE and how.effect not in ERASURES:
        code = "only_suppresses" if how.effect == Effect.SUPPRESS else "only_archives"
        return _failed(due, code, evidence, "confirmed")
    looks = how.looks_at(due.verb) and due.duty == "instruct"
    waits_for_officer = not looks and due.duty == "instruct"
    return Change(
        due=due, state="confirmed", marks=("confirmed",), reference=said.reference,
        wait=float(how.probe_after_seconds) if looks else None, evidence=evidence,
        code="needs_evidence" if waits_for_officer else "",
    )  # fmt: skip


def _accepted(due: Due, said: Said, evidence: Mapping[str, Any]) -> Change:
    """Asked for its state now and then; its callback may come first."""
    is_new = due.state != "accepted"
    longer = POLL_SECONDS if is_new else LONGEST_POLL_SECONDS
    wait = said.wait_seconds or _CHANCE.uniform(POLL_SECONDS / 2, longer)
    return Change(
        due=due, state="accepted", marks=("accepted",) if is_new else (), code=said.code,
        reference=said.reference, wait=min(wait, LONGEST_WAIT), evidence=evidence,
    )  # fmt: skip


def _absent(due: Due, evidence: Mapping[str, Any]) -> Change:
    if due.phase == Phase.LATE:
        return Change(
            due=due, state="absent", marks=("late",), is_late=True, evidence=_as_late(evidence)
        )
    return Change(
        due=due, state="absent", marks=("absent",), evidence=evidence,
        looks=due.verb == Verb.ERASE,
    )  # fmt: skip


def _later(due: Due, code: str, wait: float, told: str, evidence: Mapping[str, Any]) -> Change:
    """Another try, after as long as was asked for or else a random while; or an officer's look."""
    is_told = due.phase == Phase.TELL
    tries = due.attempts + (0 if is_told else 1)
    if tries % TRIES == 0:
        late = due.phase == Phase.LATE
        return _unseen(due, code) if late else _failed(due, code, evidence, tries=int(not is_told))
    return Change(
        due=due, state=told if is_told else due.state, code=code, evidence=evidence,
        wait=min(wait, LONGEST_WAIT) or jittered(tries), tries=int(not is_told),
    )  # fmt: skip


def _failed(
    due: Due, code: str, evidence: Mapping[str, Any], *marks: str, tries: int = 0
) -> Change:
    return Change(
        due=due, state="failed", marks=(*marks, "failed"), code=code, evidence=evidence, tries=tries
    )


def _unseen(due: Due, code: str) -> Change:
    """The late look could not be had; what was verified before stays verified."""
    return Change(
        due=due, state="absent", marks=("late",), is_late=True, code=code,
        evidence={"late": {"finding": Finding.UNSURE.value, "code": code}},
    )  # fmt: skip


def _as_late(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {"late": evidence["found"]}


def jittered(tries: int) -> float:
    """Seconds until the next try after so many: full jitter, over days."""
    return _CHANCE.uniform(0.0, WAITS[(tries - 1) % TRIES])


def _reopening_wait(due: Due) -> float:
    return _CHANCE.uniform(0.0, WAITS[min(due.round, len(WAITS)) - 1])
