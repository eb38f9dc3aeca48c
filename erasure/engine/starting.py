"""Beginning what a plan says: the steps of many cases at once, and the first lanes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure.engine import lanes, waking
from erasure.models import CaseState
from keys import statements
from keys.bulk import copy_in
from keys.ids import uuid7
from registry import selectors as registry
from work import crash

STARTABLE: Final = ("open", "review", "approval")
BY_HAND: Final = "inform_by_hand"
"""A party without a system and without an address is told by a person, who shows evidence of it."""
VERB_BY_HAND: Final = "verb_by_hand"
"""So is a system whose connector knows no such call: one that can only erase, for instance."""

_CASES: Final = """
SELECT id, controller_id, subject_id, verb, plan FROM erasure_case
WHERE id = ANY(%s::uuid[]) AND state = ANY(%s::text[]) ORDER BY id FOR NO KEY UPDATE
"""
_RUN: Final = """
UPDATE erasure_case SET state = %s, code = '' WHERE id = ANY(%s::uuid[])
"""


class _StepRow(NamedTuple):
    """The columns of a new step."""

    id: UUID
    controller_id: UUID
    case_id: UUID
    subject_id: UUID
    system_id: UUID | None
    party_id: UUID | None
    duty: str
    verb: str
    lane: int
    categories: list[str]
    kept: str
    after: list[UUID]
    after_seconds: int
    state: str
    round: int
    attempts: int
    next_at: datetime | None
    code: str
    reference: str
    evidence: str
    possible_repeats: int
    late_finding: str
    excepted_by: str
    excepted_reason: str
    ended_at: datetime | None
    created_at: datetime


class _MarkRow(NamedTuple):
    """The columns of a mark."""

    id: UUID
    controller_id: UUID
    step_id: UUID
    round: int
    kind: str
    attempt: int
    at: datetime
    code: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Case:
    id: UUID
    controller_id: UUID
    subject_id: UUID
    verb: str
    plan: Mapping[str, Any]


@transaction.atomic
def start(*, by: Actor, case_ids: Sequence[UUID]) -> int:
    """Lay out the steps of these cases and set them running; returns how many cases began.

    Cases that run or have ended are left out. A step whose data are all kept ends at once as
    exempt; what waits for nothing is due now. Cases of one controller at a time in one call.
    """
    now, cases = timezone.now(), _locked(case_ids)
    reachable = _reachable(cases)
    rows = [row for case in cases for row in _steps(case, reachable, now)]
    copy_in("erasure_step", _StepRow._fields, rows)
    copy_in("erasure_mark", _MarkRow._fields, list(_marks(rows, now)))
    if cases:
        statements.rows(
            f"{_RUN} RETURNING 1",
            [CaseState.RUNNING.value, statements.array([c.id for c in cases])],
        )
        _begin(by, cases, rows, now)
        crash.point("erasure.starting")
    return len(cases)


def _locked(case_ids: Sequence[UUID]) -> list[_Case]:
    given = [statements.array(case_ids), statements.array(STARTABLE)]
    read = lru_cache(maxsize=64)(json.loads)  # many people have the same plan
    return [
        _Case(case_id, controller_id, subject_id, verb, read(plan))
        for case_id, controller_id, subject_id, verb, plan in statements.rows(_CASES, given)
    ]


def _reachable(cases: Sequence[_Case]) -> frozenset[str]:
    """Those of the parties to be told that gave an address, by id."""
    planned = (one for case in cases for one in case.plan.get("steps", []))
    parties = {UUID(one["party"]) for one in planned if "party" in one}
    return frozenset(map(str, registry.contacts(parties))) if parties else frozenset()


def _begin(by: Actor, cases: Sequence[_Case], rows: Sequence[_StepRow], now: datetime) -> None:
    unended = {row.case_id for row in rows if row.ended_at is None}
    for controller_id in sorted({case.controller_id for case in cases}):
        systems = {
            row.system_id for row in rows if row.controller_id == controller_id and row.system_id
        }
        lanes.make_gates(controller_id, systems)
        lanes.begin_many(systems, now)
        over = {c.id for c in cases if c.controller_id == controller_id} - unended
        waking.close_soon(controller_id, over)
    audit.record_many(
        audit.Draft(
            event="case:started", by=by, controller_id=case.controller_id,
            target=Target("erasure_case", str(case.id)),
            data={"steps": len(case.plan.get("steps", []))},
        )
        for case in cases
    )  # fmt: skip


def _steps(case: _Case, reachable: frozenset[str], now: datetime) -> Iterator[_StepRow]:
    """In the plan's order. The suite's own step, if there is one, waits for all others: whoever
    plans says so by its `after`."""
    planned = case.plan.get("steps", [])
    ids = {_where(one): uuid7() for one in planned}
    over = {_where(one) for one in planned if one.get("exempt")}
    for one in planned:
        waits = [ids[each] for each in one.get("after", ()) if each in ids and each not in over]
        yield _step(case, one, ids[_where(one)], waits, _trouble(case, one, reachable), now)


def _trouble(case: _Case, planned: Mapping[str, Any], reachable: frozenset[str]) -> str:
    """Why a person must do it; empty where it can be told."""
    party = planned.get("party")
    if party:
        return "" if party in reachable else BY_HAND
    verbs = planned.get("declared", {}).get("verbs", ())
    return VERB_BY_HAND if verbs and planned.get("verb", case.verb) not in verbs else ""


def _where(planned: Mapping[str, Any]) -> str:
    return str(planned.get("system") or planned["party"])


def _step(  # noqa: PLR0913 (what a step begins with)
    case: _Case,
    planned: Mapping[str, Any],
    step_id: UUID,
    waits: list[UUID],
    trouble: str,
    now: datetime,
) -> _StepRow:
    system, party = planned.get("system"), planned.get("party")
    exempt, seconds = bool(planned.get("exempt")), int(planned.get("after_seconds", 0))
    state = "exempt" if exempt else "failed" if trouble else "planned"
    due = None if waits or state != "planned" else now + timedelta(seconds=seconds)
    return _StepRow(
        step_id, case.controller_id, case.id, case.subject_id,
        UUID(system) if system else None, None if system else UUID(party),
        planned.get("duty", "instruct"), planned.get("verb", case.verb),
        lanes.lane_of(case.subject_id), list(planned.get("categories", [])),
        json.dumps(planned.get("kept", [])), waits, seconds, state, 1, 0, due,
        trouble if state == "failed" else "", "", "{}", 0, "", "", "",
        now if exempt else None, now,
    )  # fmt: skip


def _marks(rows: Iterable[_StepRow], now: datetime) -> Iterator[_MarkRow]:
    """Of what needs no call: exempt, or an officer's from the beginning."""
    for row in rows:
        if row.state != "planned":
            yield _MarkRow(
                uuid7(), row.controller_id, row.id, 1, row.state, 0, now, row.code, row.evidence
            )
