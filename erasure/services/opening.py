"""Opening cases: the duty, the standing, the tombstones and the plan, all at once (ERA-01, -03).

From the transaction of its opening on the next check denies, and nothing of the person comes back
in. What was owed to a delivery goes on, because the plan keeps what an order under way needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from erasure import sealing, selectors
from erasure.clocks import Clock
from erasure.engine import starting
from erasure.errors import (
    CaseReceivedError,
    CaseTriggerError,
    CorrectionEmptyError,
    RestrictionStandsError,
)
from erasure.models import CaseState, Trigger
from erasure.policies import Terms
from erasure.services.planning import Frozen, Planner, check_scopes
from keys import statements
from keys.bulk import copy_in
from keys.ids import uuid7
from profiles import selectors_recipients as disclosed
from registry.connectors.contract import Verb
from subjects import services as subjects
from subjects import standing, tombstones
from subjects.errors import SubjectUnknownError
from subjects.standing import Scoped

__all__ = ["NewCase", "Opened", "open_case", "open_cases"]

JOINED: Final = "joined"
BY_CASE: Final = "case"
"""The reason of the standings that cases set and end, and of no other."""
STANDINGS: Final = {Verb.ERASE.value: "erasing", Verb.RESTRICT.value: "restricted"}
ANSWERED: Final = frozenset({"request", "platform"})
"""Where the person waits for an answer, the month of the GDPR counts as well (12(3))."""
REF_LENGTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A duty about one person. `trigger_ref` names what happened: the same opens no second case."""

    subject_id: UUID
    trigger: str
    trigger_ref: str
    scope_type: str = "everything"
    scope: str = ""
    verb: str = "erase"
    received_at: datetime | None = None
    values: Mapping[str, Any] | None = None  # of a correction, by attribute
    follows: UUID | None = None  # the case whose identifiers it takes over, the person's being gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What came of it. `case_id` does the work: the row `id` itself, or what it was joined into."""

    id: UUID
    case_id: UUID
    subject_id: UUID
    state: str
    is_new: bool
    review: str = ""


class _Row(NamedTuple):
    """A case's columns."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    verb: str
    trigger: str
    trigger_ref: str
    scope_type: str
    scope: str
    packs: list[str]
    state: str
    code: str
    received_at: datetime
    due_at: datetime
    opened_at: datetime
    opened_by: str
    policy_id: UUID | None
    plan: str
    plan_sha256: str
    planned_at: datetime | None
    approved_by: str
    closed_at: datetime | None
    closed_by: str
    joined_into: UUID | None
    law: str
    claims: str
    revisit_on: date | None
    sealed: bytes | None
    wrapped_key: bytes | None
    wrapping_version: int | None


@transaction.atomic
def open_case(*, by: Actor, controller_id: UUID, new: NewCase) -> Opened:
    """Open one case. As `open_cases`."""
    return open_cases(by=by, controller_id=controller_id, new=[new])[0]


@transaction.atomic
def open_cases(*, by: Actor, controller_id: UUID, new: Sequence[NewCase]) -> list[Opened]:
    """Open cases of one controller and set those running that wait for nobody; in their order.

    The same cause twice is one case. What another case under way does already is joined to it.
    Raises CaseTriggerError, CaseScopeError, CaseReceivedError, CorrectionEmptyError,
    RestrictionStandsError, SubjectUnknownError (also for a record joined to another); then nothing
    was opened.
    """
    now = timezone.now()
    _check(controller_id, new, now)
    people = sorted({one.subject_id for one in new})
    known = subjects.lock_many(controller_id, people)
    if len(known) != len(people):
        raise SubjectUnknownError
    there = _there(controller_id, people)
    fresh = {one: None for one in map(_cause, new) if one not in there.by_cause}
    wanted = {_cause(one): one for one in reversed(new)}
    rows = _Drawing.of(controller_id, [wanted[one] for one in fresh], there, by, now).rows()
    copy_in("erasure_case", _Row._fields, rows)
    _take_effect(by, controller_id, rows, known)
    return [there.opened(one, is_new=_cause(one) in fresh) for one in new]


def _check(controller_id: UUID, new: Sequence[NewCase], now: datetime) -> None:
    for one in new:
        is_known = one.trigger in Trigger.values and one.verb in list(Verb)
        if not is_known or not 0 < len(one.trigger_ref) <= REF_LENGTH:
            raise CaseTriggerError
        if one.received_at and one.received_at > now:
            raise CaseReceivedError
        if bool(one.values) != (one.verb == Verb.CORRECT):
            raise CorrectionEmptyError
    check_scopes(controller_id, {(one.scope_type, one.scope) for one in new})
    _check_lifted(controller_id, [one for one in new if one.verb == Verb.LIFT])


_RESTRICTED = """
SELECT count(*) FROM subjects_standing s
JOIN unnest(%s::uuid[], %s::text[], %s::text[]) AS n(subject_id, scope_type, scope)
  ON (s.subject_id, s.scope_type, s.scope) = (n.subject_id, n.scope_type, n.scope)
WHERE s.controller_id = %s AND s.state = 'restricted' AND s.ended_at IS NULL AND s.reason <> %s
"""


def _check_lifted(controller_id: UUID, lifts: Sequence[NewCase]) -> None:
    """Nobody is told of an end of which the person was not (GDPR 18(3)): that comes first."""
    if not lifts:
        return
    given = [
        statements.array(one.subject_id for one in lifts), [one.scope_type for one in lifts],
        [one.scope for one in lifts], controller_id, BY_CASE,
    ]  # fmt: skip
    if statements.rows(_RESTRICTED, given)[0][0]:
        raise RestrictionStandsError


_Cause = tuple[UUID, str, str, str]


def _cause(one: NewCase) -> _Cause:
    return one.subject_id, one.trigger, one.trigger_ref, one.verb


_THERE = """
SELECT id, subject_id, trigger, trigger_ref, verb, scope_type, scope, state, code, joined_into
FROM erasure_case WHERE controller_id = %s AND subject_id = ANY(%s::uuid[]) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class _There:
    """The cases of these people, with those that are being opened."""

    by_cause: dict[_Cause, Opened]
    under_way: dict[tuple[UUID, str], list[tuple[str, str, UUID]]]

    def opened(self, one: NewCase, *, is_new: bool) -> Opened:
        return replace(self.by_cause[_cause(one)], is_new=is_new)

    def covering(self, one: NewCase) -> UUID | None:
        """The case under way that does already what this one asks for."""
        if one.verb not in STANDINGS:
            return None
        reach = {("everything", ""), (one.scope_type, one.scope)}
        found = self.under_way.get((one.subject_id, one.verb), [])
        return next((case for *scope, case in found if tuple(scope) in reach), None)

    def add(self, one: NewCase, opened: Opened) -> None:
        self.by_cause[_cause(one)] = opened
        if opened.state in selectors.UNDER_WAY:
            scoped = (one.scope_type, one.scope, opened.id)
            self.under_way.setdefault((one.subject_id, one.verb), []).append(scoped)


def _there(controller_id: UUID, people: Sequence[UUID]) -> _There:
    there = _There({}, {})
    for row in statements.rows(_THERE, [controller_id, statements.array(people)]):
        case_id, subject_id, trigger, ref, verb, scope_type, scope, state, code, joined = row
        one = NewCase(
            subject_id=subject_id, trigger=trigger, trigger_ref=ref, verb=verb,
            scope_type=scope_type, scope=scope,
        )  # fmt: skip
        opened = Opened(
            id=case_id, case_id=joined or case_id, subject_id=subject_id, state=state,
            is_new=False, review=code if state == CaseState.REVIEW else "",
        )  # fmt: skip
        there.add(one, opened)
    return there


@dataclass(slots=True)
class _Drawing:
    """Draws up the rows of new cases."""

    controller_id: UUID
    new: Sequence[NewCase]
    there: _There
    by: Actor
    now: datetime
    policy: selectors.InForce
    planner: Planner
    known_by: Mapping[UUID, Mapping[str, Sequence[str]]]
    places: Mapping[UUID, Mapping[UUID, Sequence[str]]]

    @classmethod
    def of(
        cls,
        controller_id: UUID,
        new: Sequence[NewCase],
        there: _There,
        by: Actor,
        now: datetime,
    ) -> "_Drawing":
        people = sorted({one.subject_id for one in new})
        former = sealing.identifiers([one.follows for one in new if one.follows])
        taken_over = {one.subject_id: former[one.follows] for one in new if one.follows in former}
        return cls(
            controller_id, new, there, by, now, selectors.policy_in_force(controller_id),
            Planner.of(controller_id, people),
            {**taken_over, **sealing.known_by(controller_id, people)},
            disclosed.places(controller_id, people),
        )  # fmt: skip

    def rows(self) -> list[_Row]:
        return [self._row(one) for one in self.new]

    def _row(self, one: NewCase) -> _Row:
        case_id, joined = uuid7(), self.there.covering(one)
        row = self._joined(one, case_id, joined) if joined else self._drawn(one, case_id)
        opened = Opened(
            id=case_id, case_id=joined or case_id, subject_id=one.subject_id, is_new=True,
            state=CaseState.RUNNING if row.state == CaseState.OPEN else row.state,
            review=row.code if row.state == CaseState.REVIEW else "",
        )  # fmt: skip
        self.there.add(one, opened)
        return row

    def _drawn(self, one: NewCase, case_id: UUID) -> _Row:
        frozen = self.planner.frozen(
            one.subject_id, verb=one.verb, trigger=one.trigger, scope_type=one.scope_type,
            scope=one.scope,
        )  # fmt: skip
        state, code = _beginning(one, frozen, self.policy.terms)
        known, shown = self.known_by.get(one.subject_id, {}), self.places.get(one.subject_id)
        sealed = sealing.seal(case_id, known, one.values or {}, shown)
        return self._blank(one, case_id, frozen.packs)._replace(
            state=state, code=code, plan=frozen.text, plan_sha256=frozen.sha256,
            planned_at=self.now, revisit_on=frozen.revisit_on, **sealed._asdict(),
        )  # fmt: skip

    def _joined(self, one: NewCase, case_id: UUID, into: UUID) -> _Row:
        packs = self.planner.gathered.people[one.subject_id].packs
        return self._blank(one, case_id, packs)._replace(
            state=CaseState.CANCELLED.value, code=JOINED, closed_at=self.now,
            closed_by=self.by.id, joined_into=into,
        )  # fmt: skip

    def _blank(self, one: NewCase, case_id: UUID, packs: tuple[str, ...]) -> _Row:
        received = one.received_at or self.now
        clock = Clock(
            received_at=received, zone=self.planner.gathered.zone,
            packs=packs if one.trigger in ANSWERED else ("IN",),
            own_days=self.policy.terms.days(one.trigger),
        )  # fmt: skip
        policy = self.policy.policy
        return _Row(
            id=case_id, controller_id=self.controller_id, subject_id=one.subject_id,
            verb=str(one.verb), trigger=str(one.trigger), trigger_ref=one.trigger_ref,
            scope_type=str(one.scope_type), scope=one.scope, packs=list(packs),
            state=CaseState.OPEN.value, code="", received_at=received,
            due_at=clock.due_at(self.now), opened_at=self.now, opened_by=self.by.id,
            policy_id=policy.id if policy else None, plan="{}", plan_sha256="", planned_at=None,
            approved_by="", closed_at=None, closed_by="", joined_into=None, law="", claims="[]",
            revisit_on=None, sealed=None, wrapped_key=None, wrapping_version=None,
        )  # fmt: skip


def _beginning(one: NewCase, frozen: Frozen, terms: Terms) -> tuple[str, str]:
    """In which state a case begins, and why it waits."""
    if frozen.review:
        return CaseState.REVIEW.value, frozen.review
    if one.verb == Verb.ERASE and terms.needs_approval(one.trigger):
        return CaseState.APPROVAL.value, "approval"
    return CaseState.OPEN.value, ""


def _take_effect(
    by: Actor, controller_id: UUID, rows: Sequence[_Row], known: Mapping[UUID, SubjectRef]
) -> None:
    """What new cases change at once; those that wait for nobody begin."""
    working = [row for row in rows if not row.joined_into]
    audit.record_many(_draft(by, row, known[row.subject_id]) for row in rows)
    for verb, state in STANDINGS.items():
        standing.set_many(
            by=by, controller_id=controller_id, state=state, reason=BY_CASE,
            about=[_scoped(row) for row in working if row.verb == verb],
        )  # fmt: skip
    lifted = [_scoped(row) for row in working if row.verb == Verb.LIFT]
    standing.end_many(
        by=by, controller_id=controller_id, state="restricted", about=lifted, reason=BY_CASE
    )
    whole = {row.subject_id: row.id for row in working if _is_whole(row)}
    tombstones.set_many(by=by, controller_id=controller_id, cases=whole)
    begun = [row.id for row in working if row.state == CaseState.OPEN]
    if begun:
        starting.start(by=by, case_ids=begun)


def _is_whole(row: _Row) -> bool:
    return row.verb == Verb.ERASE and row.scope_type == "everything"


def _scoped(row: _Row) -> Scoped:
    return Scoped(row.subject_id, row.scope_type, row.scope)


def _draft(by: Actor, row: _Row, person: SubjectRef) -> audit.Draft:
    return audit.Draft(
        event="case:joined" if row.joined_into else "case:opened", by=by,
        controller_id=row.controller_id, target=Target("erasure_case", str(row.id)), subject=person,
        purpose=row.scope if row.scope_type == "purpose" else "", reason_code=row.code,
        data={
            "trigger": row.trigger, "verb": row.verb, "scope_type": row.scope_type,
            "packs": row.packs, "plan_sha256": row.plan_sha256,
            "joined_into": str(row.joined_into or ""),
        },
    )  # fmt: skip
