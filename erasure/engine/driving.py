"""Driving one lane of one system: what is due is told, asked and looked at, many people at a time.

Outside any transaction. That a step is `sent` is committed before its call begins, under the job's
lease; so whoever finds it `sent` knows that the call may have been made. The answers are recorded
by whoever called `drive`, in one transaction with the job (recording).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, TypeGuard, cast
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from erasure import sealing
from erasure.engine import changes, gates, taking
from erasure.engine.changes import Change, Due, Phase
from registry.connectors.contract import (
    Connector,
    ConnectorError,
    Declaration,
    LocalConnector,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.opening import open_connector
from work import crash
from work import selectors as waiting
from work import services as work
from work.handlers import JobView, known_kinds

log = structlog.get_logger(__name__)

CONNECTIONS: Final = 8
PEOPLE_SIDE_BY_SIDE: Final = 400
"""So many calls to one system run side by side, each through a connector of its own; fewer where
each is about many people."""

STEPS_A_ROUND: Final = 2000
SECONDS: Final = 20.0
"""No call begins after so long: the job's lease must outlive the last one."""

TURN_SECONDS, LOOK_SECONDS = 0.5, 0.25
"""After so long a round ends where other work waits for hands: many systems take turns, and what a
killed worker had is not left lying until a long round is over. And how often it looks."""

CALL_SECONDS, TRIAL_SECONDS = 12.0, 3.0
"""The longest call; and the longest to a system that failed last time."""

ALONE_AFTER: Final = 3
"""After so many tries a step is told by itself: it may be what its batch failed for."""

Answer = Said | Probed
Chunk = list[list[Due]]


@dataclass(slots=True)
class Round:
    """What came of one round. `local`: nothing was called; its effects are to be recorded."""

    system_id: UUID
    changes: list[Change] = field(default_factory=list)
    heard: gates.Heard = field(default_factory=gates.Heard)
    local: LocalConnector | None = None


def drive(job: JobView) -> Round:
    """One round of a lane. Raises LeaseLostError when another worker has the job."""
    done = Round(UUID(job.payload["system"]))
    allowance = gates.look(done.system_id, timezone.now())
    if not allowance.calls:
        return done
    try:
        connector = open_connector(done.system_id)
    except ConnectorError as error:
        _fails(done, error)
        return done
    if is_remote(connector):
        _drive_calls(job, connector, allowance, done)
    else:
        done.local = cast(LocalConnector, connector)
    return done


def is_remote(connector: Connector | LocalConnector) -> TypeGuard[Connector]:
    """Whether it is opened and called; else its effects stand in our own database."""
    return hasattr(connector, "__aenter__")


def _fails(done: Round, error: ConnectorError) -> None:
    """The system could not be called at all: its steps stay as they are."""
    done.heard.fails(error.code, error.wait_seconds, retry=error.retry)


def _drive_calls(
    job: JobView, connector: Connector, allowance: gates.Allowance, done: Round
) -> None:
    """The loop is kept for the round, so that connections are."""
    with asyncio.Runner() as runner:
        caller = _Caller(job, connector, allowance, done, runner)
        try:
            caller.run()
        except ConnectorError as error:
            _fails(done, error)
        finally:
            runner.run(_left(caller.opened))


async def _entered(connector: Connector) -> None:
    await _within(TRIAL_SECONDS + CALL_SECONDS / 2, connector.__aenter__)


async def _left(opened: Sequence[Connector]) -> None:
    """Whatever that says: what was answered before is to be recorded."""
    for connector in opened:
        try:
            await connector.__aexit__(None, None, None)
        except Exception as error:
            log.warning("connector_not_left", error=type(error).__name__)


@dataclass(slots=True)
class _Turn:
    """How long one round may go on."""

    ends: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    looks_at: float = field(default_factory=lambda: time.monotonic() + TURN_SECONDS)

    def is_over(self) -> bool:
        """Whether no further call is to begin."""
        now = time.monotonic()
        if now < self.looks_at:
            return False
        self.looks_at = now + LOOK_SECONDS
        return now > self.ends or waiting.oldest_due_age(kinds=known_kinds()) is not None


def side_by_side(how: Declaration) -> int:
    """How many calls to a system may run at the same time."""
    return max(1, min(CONNECTIONS, PEOPLE_SIDE_BY_SIDE // how.batch))


@dataclass(slots=True)
class _Caller:
    """Calls chunk after chunk while there is time, budget and hope.

    Of its `opened` connectors each makes one call at a time: what one is about is its own. One
    whose call failed is opened anew: nobody knows in which state it is.
    """

    job: JobView
    connector: Connector
    allowance: gates.Allowance
    done: Round
    runner: asyncio.Runner
    opened: list[Connector] = field(default_factory=list)
    is_first: bool = True

    def run(self) -> None:
        self._open(1)
        turn: _Turn | None = None
        how = self.connector.declaration
        due = taking.due(self.done.system_id, self.job.payload["lane"], _most(how, self.allowance))
        crash.point("erasure.taken")
        for chunk in chunks(due, how, 1 if self.allowance.is_trial else side_by_side(how)):
            is_over = turn is not None and turn.is_over()
            if is_over or self._is_hopeless() or not self._chunk(chunk, how):
                return
            turn = turn or _Turn()  # counts from when its connections stand

    def _open(self, number: int) -> None:
        """Before anything is marked as sent. Raises ConnectorError."""
        while len(self.opened) < number:
            found = self.connector if self.is_first else open_connector(self.done.system_id)
            connector, self.is_first = cast(Connector, found), False
            self.runner.run(_entered(connector))
            self.opened.append(connector)

    def _is_hopeless(self) -> bool:
        return bool(self.done.heard.trouble) and not self.done.heard.answered

    def _chunk(self, chunk: Chunk, how: Declaration) -> bool:
        """One chunk of calls; returns whether the budget sufficed for all of it."""
        self._open(len(chunk))
        now, per_minute = timezone.now(), gates.calls_a_minute(self.done.system_id, how)
        with transaction.atomic():
            work.renew(self.job)
            calls = gates.take(self.done.system_id, len(chunk), per_minute, now)
            told = [due for batch in chunk[:calls] for due in batch]
            sent = taking.mark_sent(told, honours_key=how.honours_key, now=now)
        batches = [[sent[one.id] for one in batch if one.id in sent] for batch in chunk[:calls]]
        self._call([batch for batch in batches if batch], how)
        return calls == len(chunk)

    def _call(self, batches: Chunk, how: Declaration) -> None:
        if not batches:
            return
        crash.point("erasure.sent")
        phase = batches[0][0].phase
        kept = sealing.opened({one.case_id for batch in batches for one in batch})
        known = [[one for one in batch if one.case_id in kept] for batch in batches]
        gone = [one for batch in batches for one in batch if one.case_id not in kept]
        self.done.changes += [changes.lost(one) for one in gone]
        seconds = TRIAL_SECONDS if self.allowance.is_trial else CALL_SECONDS
        batches = [batch for batch in known if batch]
        calls = [
            _Call(connector, batch, kept, seconds)
            for connector, batch in zip(self.opened, batches, strict=False)
        ]
        for call, answered in zip(calls, self.runner.run(_all(calls)), strict=True):
            self._note(call, answered, how)
        crash.point(_PASSED[phase])

    def _note(self, call: "_Call", answered: "Answers", how: Declaration) -> None:
        if isinstance(answered, ConnectorError):
            self.done.heard.fails(answered.code, answered.wait_seconds, retry=answered.retry)
            self.done.changes += [changes.after_error(one, answered) for one in call.batch]
            self.opened = [one for one in self.opened if one is not call.connector]
            self.runner.run(_left([call.connector]))
            return
        self.done.heard.answered = True
        self.done.changes += list(understood(call.batch, answered, how))


_PASSED: Final = {
    Phase.TELL: "erasure.told", Phase.STATUS: "erasure.asked", Phase.PROBE: "erasure.probed",
    Phase.LATE: "erasure.probed",
}  # fmt: skip


def _most(how: Declaration, allowance: gates.Allowance) -> int:
    """How many steps a round takes: few where a crash would have them told a second time."""
    if allowance.is_trial:
        return how.batch
    once = how.batch * side_by_side(how)
    return max(once, STEPS_A_ROUND) if how.honours_key else once


def chunks(due: Sequence[Due], how: Declaration, calls: int) -> Iterator[Chunk]:
    """What is called side by side: batches of one phase and verb."""
    for _, some in groupby(sorted(due, key=_kind), key=_kind):
        batches = list(_batches(list(some), how))
        for start in range(0, len(batches), calls):
            yield batches[start : start + calls]


def _kind(due: Due) -> tuple[str, str]:
    return due.phase.value, due.verb.value


def _batches(due: list[Due], how: Declaration) -> Iterator[list[Due]]:
    alone = [one for one in due if one.attempts >= ALONE_AFTER]
    together = [one for one in due if one.attempts < ALONE_AFTER]
    yield from ([one] for one in alone)
    for start in range(0, len(together), how.batch):
        yield together[start : start + how.batch]


Answers = list[Said] | list[Probed] | ConnectorError


@dataclass(slots=True)
class _Call:
    """One call about one batch."""

    connector: Connector
    batch: list[Due]
    kept: Mapping[UUID, sealing.Kept]
    seconds: float

    async def answers(self) -> Answers:
        """The answers, or the error that the whole batch failed by; it raises nothing."""
        try:
            answers: Answers = await _within(self.seconds, self._ask)
        except ConnectorError as error:
            return error
        except Exception as error:  # a connector's fault must not stop the other systems
            log.warning("connector_fault", error=type(error).__name__)
            return ConnectorError("connector_fault", retry=True)
        return answers

    async def _ask(self) -> Any:
        people, verb = [self._person(one) for one in self.batch], self.batch[0].verb
        phase = self.batch[0].phase
        if phase == Phase.TELL:
            return await self.connector.tell(verb, people)
        if phase == Phase.STATUS:
            return await self.connector.status(people)
        return await self.connector.probe(verb, people)

    def _person(self, one: Due) -> Person:
        kept = self.kept[one.case_id]
        return one.person(kept.identifiers, kept.values if one.verb == Verb.CORRECT else {})


async def _all(calls: Sequence[_Call]) -> list[Answers]:
    return await asyncio.gather(*(call.answers() for call in calls))


async def _within(seconds: float, ask: Callable[[], Awaitable[Any]]) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await ask()
    except TimeoutError:
        raise ConnectorError("timeout", retry=True) from None


def understood(
    batch: Sequence[Due], answers: Sequence[Answer], how: Declaration
) -> Iterator[Change]:
    """What follows for each of a batch; who was not answered about is tried again."""
    by_step = {one.step: one for one in answers}
    for due in batch:
        answer = by_step.get(due.id)
        if isinstance(answer, Said) and due.phase in (Phase.TELL, Phase.STATUS):
            yield changes.after_said(due, answer, how)
        elif isinstance(answer, Probed) and due.phase in (Phase.PROBE, Phase.LATE):
            yield changes.after_probed(due, answer)
        else:
            yield changes.after_error(due, ConnectorError("unanswered", retry=True))
