"""The job that rehearses: a few seconds of recorded decisions a step, counted with the step.

A step reads, decides and counts without writing anything; what it counted is recorded together
with how far it came. So every decision counts once, however often a worker is killed. In the
shadow of live traffic the same job follows the log: the decision point itself has nothing to do.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from audit import selectors as log
from keys.ids import uuid7_at
from policies.guardrails.compiled import compiled
from policies.guardrails.model import Limit, parse
from policies.pdp.engine import decide
from policies.pdp.model import Facts
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.record import EVENT
from policies.rehearsal import services
from policies.rehearsal.capping import Counters
from policies.rehearsal.comparing import FLIPS, Judged, compare, judge
from policies.rehearsal.models import Kind, Rehearsal, RehearsalState
from policies.rehearsal.recorded import Recorded, UnreadableDecisionError, read
from policies.rehearsal.tally import Lines, Tally
from policies.rules.permit import TROUBLES
from policies.rules.version import POLICY_VERSION
from work.handlers import JobView, Outcome, again, finished, handler

AT_ONCE: Final = 2000
STEP_SECONDS: Final = 5.0
CAPPED_STEP_SECONDS: Final = 20.0
"""Counters of caps are kept from step to step as a whole, so steps are fewer."""
SETTLED: Final = timedelta(seconds=30)
"""A decision's id is made before its record is committed; the decision point gives up long before
this, so that no decision of an older id can still appear."""
FOLLOWS_SECONDS: Final = 10
LEASE_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Step:
    """What a step counted, and how far it came. No cursor: there is nothing to go on with."""

    tally: Tally
    flips: bytes = b""
    counters: bytes = b""
    cursor: dict[str, Any] | None = None
    total: int | None = None
    is_all: bool = False  # of what is there now
    is_end: bool = False


def step(job: JobView) -> Step:
    """Rehearse the next decisions; changes nothing."""
    found = Rehearsal.objects.filter(id=UUID(job.payload["rehearsal"])).first()
    if found is None or found.state != RehearsalState.RUNNING:
        return Step(Tally())
    after = UUID(job.cursor["after"]) if "after" in job.cursor else _first(found.since_at)
    until = found.until_at if found.kind == Kind.PERIOD else min(found.until_at, _settled())
    run, before = _Run(found), uuid7_at(until)
    is_new = "after" not in job.cursor and found.kind == Kind.PERIOD
    total = run.total(after, before) if is_new else job.total
    last, is_all = run.through(after, before)
    number = job.cursor.get("part", 0) + 1
    return Step(
        run.tally, run.lines.packed(), run.counters.packed(),
        {"after": str(last), "part": number}, total,
        is_all=is_all, is_end=is_all and until == found.until_at,
    )  # fmt: skip


@handler(services.KIND, perform=step, lease_seconds=LEASE_SECONDS)
def record(job: JobView, done: Step) -> Outcome:
    """Keep what the step counted, in the transaction that moves the job on."""
    if done.cursor is None:
        return finished()
    rehearsal_id = UUID(job.payload["rehearsal"])
    is_running = services.keep(
        rehearsal_id=rehearsal_id, number=done.cursor["part"], tally=done.tally,
        flips=done.flips, counters=done.counters,
    )  # fmt: skip
    if not is_running:
        return finished()
    if done.is_end:
        services.finish(rehearsal_id=rehearsal_id)
        return finished()
    seen = done.tally.examined + done.tally.skipped + done.tally.unreadable
    delay = FOLLOWS_SECONDS if done.is_all else 0
    came = job.done + seen
    total = None if done.total is None else max(done.total, came)
    return again(cursor=done.cursor, done=came, total=total, delay_seconds=delay)


class _Run:
    """One step's way through the log."""

    def __init__(self, of: Rehearsal) -> None:
        self.controller_id, self.tally, self.lines = of.controller_id, Tally(), Lines()
        self.draft = compiled(parse(of.rules), of.version_number)
        in_force = parse(of.active_rules)
        self.active: Guardrails | None = None
        if of.kind == Kind.PERIOD:
            self.active = compiled(in_force, of.active_number) if of.active_number else NONE
        self.label = label(of.active_number)
        self.counters = Counters(of.id.bytes, bytes(of.counters))
        is_capped = any(isinstance(one.effect, Limit) for one in (*self.draft.rules, *in_force))
        self.seconds = CAPPED_STEP_SECONDS if is_capped else STEP_SECONDS

    def total(self, after: UUID, before: UUID) -> int:
        return log.count_between(self.controller_id, EVENT, after=after, before=before)

    def through(self, after: UUID, before: UUID) -> tuple[UUID, bool]:
        """The last entry that was counted, and whether it was the last there is."""
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends:
            found = log.bodies(self.controller_id, EVENT, after=after, before=before, limit=AT_ONCE)
            for decision_id, body in found:
                self._one(decision_id, body)
            if found:
                after = found[-1][0]
            if len(found) < AT_ONCE:
                return after, True
        return after, False

    def _one(self, decision_id: UUID, body: bytes) -> None:
        try:
            recorded = read(body)
        except UnreadableDecisionError:
            self.tally.unreadable += 1
            return
        facts = recorded.facts
        if facts is None or recorded.decision.reason_code in TROUBLES:
            self.tally.skipped += 1
            return
        was = self._was(recorded, facts)
        made = compare(facts, was, self.draft, self.counters, recorded.person)
        self.tally.note(facts, made)
        if made.flow in FLIPS:
            self.tally.show(decision_id, made)
            self.lines.add(decision_id, facts, made)

    def _was(self, recorded: Recorded, facts: Facts) -> Judged:
        """What the policy in force says, counting along as the draft does: like beside like."""
        if self.active is None:
            return Judged(recorded.decision)
        was = judge(facts, self.active, self.counters.apart("active"), recorded.person)
        if recorded.decision.policy_version == self.label:
            is_usual = self.active.needs(facts.question) is None
            again = was.decision if is_usual else decide(facts, self.active)
            self.tally.unproven += recorded.decision != again
        return was


def label(number: int) -> str:
    """The version that decisions under this policy name."""
    return f"{POLICY_VERSION}+{number}" if number else POLICY_VERSION


def _first(since: datetime) -> UUID:
    """The id below all of that time."""
    return UUID(int=uuid7_at(since).int - 1)


def _settled() -> datetime:
    return timezone.now() - SETTLED
