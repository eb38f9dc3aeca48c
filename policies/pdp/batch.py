"""One batch, one transaction: read the facts of all, decide, append the record of all, commit.

Whoever asked gets an answer only after the commit (P1). A withdrawal that was acknowledged before
the batch began is in what the batch reads (P2). If anything about the batch fails, nobody in it is
answered with a decision (P4).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from msgspec.structs import replace

from keys.ids import fresh
from policies.pdp import catalogue as catalogues
from policies.pdp import facts, fixture, record
from policies.pdp.catalogue import Caller, Catalogue, Newest
from policies.pdp.channel import Channel, Parameters, Rows, Statement
from policies.pdp.engine import decide, failed
from policies.pdp.extras import Complete, Extras, Looked
from policies.pdp.facts import Asked, Clock
from policies.pdp.idempotency import Answers, Once
from policies.pdp.policy import NONE
from policies.pdp.record import Made
from policies.pdp.wire import Item

log = structlog.get_logger(__name__)
RELOADS = 3
FEW = 2
"""Of so few items the processor awaits PostgreSQL's answer itself, while nobody else is there."""
CLOCK = Statement("clock", f"SELECT now(), ({catalogues.STAMP})")
"""Where nobody asks about anybody, it stands in for the facts, which tell both."""


class CatalogueMovesError(RuntimeError):
    """The catalogue changed again and again while one batch read it."""


@dataclass(slots=True)
class Call:
    """One HTTP request: the digest of its key, its items, and what became of them.

    With `stop_at` set, the first decision of that kind is the last one made. The answers are
    written by `write` while PostgreSQL commits, and are nobody's before it has.
    """

    key: bytes
    items: tuple[Item, ...]
    write: Callable[[Made], bytes]
    stop_at: bool | None = None
    once: Once | None = None
    request: str = ""  # the caller's id of it
    made: list[Made] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    bug: Exception | None = None  # in writing them
    is_unauthenticated: bool = False
    is_other: bool = False  # its idempotency key came with another request before

    @property
    def is_settled(self) -> bool:
        return bool(self.made) and self.made[-1].decision.permit is self.stop_at

    def write_answers(self) -> None:
        try:
            self.answers = [self.write(one) for one in self.made]
        except Exception as bug:  # it leaves this call alone without answers
            self.bug = bug


@dataclass(slots=True)
class Decider:
    """Runs batches on one channel, with the catalogue it compiled last."""

    channel: Channel
    valid_seconds: int
    seconds: float
    newest: Newest
    catalogue: Catalogue = field(default_factory=Catalogue)

    async def run(self, calls: list[Call], *, is_alone: bool = False) -> None:
        """Decide and record every item of every call; where it raises, nothing was recorded.

        With `is_alone` nobody else is waiting in this process.
        """
        for _ in range(RELOADS):
            if self.catalogue.version and await self._run(calls, is_alone=is_alone):
                return
            await self.renew()
        raise CatalogueMovesError

    async def renew(self) -> None:
        """Take the catalogue that another decider has read since, or read it."""
        self.catalogue = await self.newest.after(self.catalogue.version)

    async def _run(self, calls: list[Call], *, is_alone: bool) -> bool:
        """False, with nothing recorded, where the catalogue in hand is not the one in force."""
        asked = self._asked(calls)
        closely = is_alone and len(asked) <= FEW
        if closely:
            self.channel.wake()
        reading = facts.look_up([one for _, one in asked]) if asked else (CLOCK, ())
        answers = self._answers(calls, asked)
        first = [] if answers is None else answers.reading()
        *found, rows = await self.exchange(*first, reading, commits=False, closely=closely)
        at, stamp = rows[0][-2:]
        if not self.catalogue.is_in_force(stamp, at):
            await self.exchange(commits=True)
            return False
        if asked and (strangers := facts.strangers([one for _, one in asked], rows)):
            await self._bury([one for _, one in asked], rows, strangers)
        for call in calls:
            call.made, call.is_unauthenticated = [], self._caller(call, at) is None
        clock = Clock(at, self.valid_seconds)
        if answers is not None:
            answers.take(found)
        if extras := self._extras(calls, asked, rows, clock, answers):
            await self._run_with(extras, calls, asked, rows, clock, closely=closely)
            return True
        made = self._decide(asked, rows if asked else [], clock)
        if closely:
            self.channel.wake()
        entries = [record.append(made, at)] if made else []
        await self._commit(calls, *entries, closely=closely)
        return True

    async def _commit(
        self, calls: list[Call], *entries: tuple[Statement, Parameters], closely: bool
    ) -> None:
        """Write the answers while PostgreSQL writes the record: either takes a while."""

        def write() -> None:
            for call in calls:
                call.write_answers()

        await self.exchange(*entries, commits=True, closely=closely, meanwhile=write)

    async def _bury(self, asked: list[Asked], rows: Rows, strangers: list[int]) -> None:
        """Tell strangers who were erased from those whom nobody ever knew."""
        (found,) = await self.exchange(facts.ask_buried(asked, strangers), commits=False)
        facts.bury(rows, asked, strangers, found)

    def _answers(self, calls: list[Call], asked: list[tuple[Call, Asked]]) -> Answers | None:
        """Where the first answers to keyed calls are; None where no call has a key."""
        if not asked or all(call.once is None for call in calls):
            return None
        answers = Answers()
        for call, one in asked:
            if call.once is not None:
                answers.want(id(call), one.caller, call.once)
        return answers

    def _extras(
        self, calls: list[Call], asked: list[tuple[Call, Asked]], rows: Rows, clock: Clock,
        answers: Answers | None,
    ) -> Extras | None:  # fmt: skip
        """What the guardrails and keys of these calls ask for beyond the facts; mostly nothing."""
        if answers is None and all(self._is_plain(call, clock.now) for call in calls):
            return None
        extras = Extras(self.catalogue, answers)
        for place, (call, one) in enumerate(asked):
            if not call.is_unauthenticated:
                extras.want(place, one, rows[place], clock)
        return extras or None

    def _is_plain(self, call: Call, now: int) -> bool:
        caller = self._caller(call, now)
        return caller is None or caller.policy(now) is NONE

    async def _run_with(
        self, extras: Extras, calls: list[Call], asked: list[tuple[Call, Asked]], rows: Rows,
        clock: Clock, *, closely: bool,
    ) -> None:  # fmt: skip
        """Decide, record and count; what was permitted before is neither recorded nor counted."""
        await extras.read(partial(self.exchange, commits=False))
        for call in calls:
            call.is_other = extras.is_other(call)
        made = []
        for place, ((call, one), row) in enumerate(zip(asked, rows, strict=True)):
            if call.is_unauthenticated or call.is_settled or call.is_other:
                continue
            decision, is_new = extras.decide(place, call, one, row, clock, self.decided)
            call.made.append(decision)
            if is_new:
                made.append(decision)
        entries = [record.append(made, clock.now)] if made else []
        await self._commit(calls, *entries, *extras.writing(), closely=closely)

    async def look(self, asked: list[Asked], rows: Rows, clock: Clock) -> Looked:
        """What guardrails look at about these items, for who only looks: nothing is counted."""
        looked = Looked(self.catalogue, locks=False)
        for place, (one, row) in enumerate(zip(asked, rows, strict=True)):
            looked.want(place, one, row, clock)
        if reading := looked.reading():
            looked.take(await self.exchange(*reading, commits=False))
        return looked

    async def exchange(
        self,
        *commands: tuple[Statement, Parameters],
        commits: bool,
        closely: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[Rows]:
        """Send commands on the decider's channel, as `Channel.exchange` does."""
        return await self.channel.exchange(
            *commands, seconds=self.seconds, commits=commits, closely=closely, meanwhile=meanwhile
        )

    def _asked(self, calls: list[Call]) -> list[tuple[Call, Asked]]:
        known = self.catalogue.callers
        return [
            (
                call,
                Asked(item, caller, call.request)
                if caller.peers is None
                else fixture.asked(item, caller, call.request),
            )
            for call in calls
            if (caller := known.get(call.key)) is not None
            for item in call.items
        ]

    def _caller(self, call: Call, at: int) -> Caller | None:
        return self.catalogue.caller(call.key, at)

    def _decide(self, asked: list[tuple[Call, Asked]], rows: Rows, clock: Clock) -> list[Made]:
        batch = []
        for (call, one), row in zip(asked, rows, strict=True):
            if call.is_unauthenticated or call.is_settled:
                continue
            made = self.decided(one, row, clock)
            call.made.append(made)
            batch.append(made)
        return batch

    def decided(
        self, asked: Asked, row: tuple[Any, ...], clock: Clock, complete: Complete | None = None
    ) -> Made:
        """One decision from the row of its facts; nothing is recorded, nothing counted.

        `complete` adds what guardrails look at; without it they find it unknown.
        """
        caller, item = asked.caller, asked.item
        found = words = None
        try:
            if item.error:
                decision = failed(None, "INVALID_REQUEST")
            else:
                found = facts.facts(row, asked, self.catalogue, clock)
                if complete is not None:
                    found = replace(found, facts=complete(found.facts))
                policy = caller.policy(clock.now)
                decision = decide(found.facts, policy)
                words = None if policy is NONE else policy.words(decision.rule)
        except Exception as error:  # a bug denies this item alone (P4)
            log.error("decision_failed", error=type(error).__name__)
            decision = failed(None, "ENGINE_ERROR")
        raw_id, decision_id = fresh()
        return Made(
            decision_id, raw_id, caller.controller, caller.id, decision,
            found.facts if found else None, found.subject_id if found else None,
            found.pseudonym if found else "", item.question.purpose, item.error, words,
            asked.request,
        )  # fmt: skip
