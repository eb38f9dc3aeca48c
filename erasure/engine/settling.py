"""Recording what became of steps: each effect once, in one transaction with what follows from it.

Whoever records locks the steps' rows by changing them, and only from the state and round in which
they were taken; so a late word, a repeated callback or a worker without a lease changes nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from erasure.engine import waking
from erasure.engine.changes import Change, Due, after_said
from erasure.models import Step
from keys.ids import uuid7
from registry.connectors.contract import Said, Verb
from registry.connectors.opening import open_connector
from work import crash

ENGINE: Final = Actor.system("erasure")

_SETTLE: Final = """
WITH given AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
    id uuid, round int, was text, state text, next_at timestamptz, code text, reference text,
    evidence jsonb, tries int, reopens int, ends bool, looks bool, late text,
    mark_ids uuid[], marks text[])
), done AS (
  UPDATE erasure_step s SET
    state = g.state,
    round = s.round + g.reopens,
    attempts = CASE WHEN g.reopens = 1 THEN 0 ELSE s.attempts + g.tries END,
    next_at = g.next_at,
    code = g.code,
    reference = CASE WHEN g.reference <> '' THEN g.reference ELSE s.reference END,
    evidence = s.evidence || g.evidence,
    sent_at = CASE WHEN g.was = 'planned' AND s.sent_at IS NULL THEN %(now)s ELSE s.sent_at END,
    accepted_at = CASE WHEN 'accepted' = ANY(g.marks) THEN %(now)s ELSE s.accepted_at END,
    confirmed_at = CASE WHEN 'confirmed' = ANY(g.marks) THEN %(now)s ELSE s.confirmed_at END,
    ended_at = CASE WHEN NOT g.ends THEN NULL ELSE COALESCE(s.ended_at, %(now)s) END,
    late_at = CASE
      WHEN g.looks THEN %(now)s + (lo.days + random() * (hi.days - lo.days)) * interval '1 day'
      WHEN g.late <> '' OR g.reopens = 1 THEN NULL ELSE s.late_at END,
    late_finding = CASE WHEN g.late <> '' THEN g.late ELSE s.late_finding END
  FROM given g
    JOIN erasure_step t ON t.id = g.id
    JOIN erasure_case c ON c.id = t.case_id
    LEFT JOIN erasure_policy p ON p.id = c.policy_id
    CROSS JOIN LATERAL (SELECT COALESCE((p.content->'late_look_days'->>0)::float, 7)) AS lo(days)
    CROSS JOIN LATERAL (SELECT COALESCE((p.content->'late_look_days'->>1)::float, 30)) AS hi(days)
  WHERE s.id = g.id AND s.round = g.round AND s.state = g.was
  RETURNING s.id, s.controller_id, g.round, t.attempts + g.tries AS attempts, g.code, g.evidence,
    g.mark_ids, g.marks
), marked AS (
  INSERT INTO erasure_mark (id, controller_id, step_id, round, kind, attempt, at, code, evidence)
  SELECT m.id, d.controller_id, d.id, d.round, m.kind, d.attempts, %(now)s, d.code, d.evidence
  FROM done d CROSS JOIN LATERAL unnest(d.mark_ids, d.marks) AS m(id, kind)
)
SELECT id FROM done
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was recorded: which of the changes, and for which systems something is due now."""

    changes: list[Change]
    woken: set[UUID]


@transaction.atomic
def settle(
    *, controller_id: UUID, about: UUID, changes: Sequence[Change], now: datetime
) -> Settled:
    """Record changes of the steps of one system or party, and what follows for others.

    `about` is the system or the party. A change whose step is no longer as it was taken is left
    out. Steps that waited for one that has ended become due; cases of which all have ended are
    noted to be closed.
    """
    done = _record(changes, now)
    if not done:
        return Settled([], set())
    crash.point("erasure.settled")
    _note(controller_id, about, done)
    ended = {one.due.case_id for one in done if one.ends and one.due.state != one.state}
    reopened = {one.due.case_id for one in done if one.reopens}
    if reopened:
        waking.reopen_cases(reopened)
    woken = waking.wake(controller_id, ended, now) if ended else set()
    return Settled(done, woken)


def _record(changes: Sequence[Change], now: datetime) -> list[Change]:
    if not changes:
        return []
    given = json.dumps([_row(one, now) for one in changes])
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"given": given, "now": now})
        ids = {row[0] for row in cursor.fetchall()}
    return [one for one in changes if one.due.id in ids]


def _row(one: Change, now: datetime) -> dict[str, Any]:
    due = one.due
    next_at = None if one.wait is None else (now + timedelta(seconds=one.wait)).isoformat()
    return {
        "id": str(due.id), "round": due.round, "was": due.state, "state": one.state,
        "next_at": next_at, "code": one.code[:60], "reference": one.reference[:200],
        "evidence": dict(one.evidence), "tries": one.tries, "reopens": int(one.reopens),
        "ends": one.ends, "late": _finding(one), "looks": one.looks,
        "mark_ids": [str(uuid7()) for _ in one.marks], "marks": list(one.marks),
    }  # fmt: skip


def _finding(one: Change) -> str:
    if not one.is_late:
        return ""
    found = one.evidence.get("late") or one.evidence.get("found") or {}
    return str(found.get("finding", ""))[:12]


def _note(controller_id: UUID, about: UUID, done: Sequence[Change]) -> None:
    """One entry a round commits the log to its marks; what an officer must see is an alarm."""
    marks = sorted(f"{one.due.id}:{one.due.round}:{kind}" for one in done for kind in one.marks)
    if not marks:
        return
    counts = Counter(kind for one in done for kind in one.marks)
    digest = hashlib.sha256("\n".join(marks).encode()).hexdigest()
    audit.record(
        event="step:recorded", by=ENGINE, controller_id=controller_id,
        target=Target("system", str(about)), data={**counts, "marks_sha256": digest},
    )  # fmt: skip
    for kind, alarm in _ALARMS.items():
        if counts[kind]:
            alarms.raise_alarm(
                controller_id=controller_id, kind=alarm, detail=f"{about} {counts[kind]}"
            )


_ALARMS: Final = {
    "failed": alarms.AlarmKind.ERASURE_STUCK,
    "reopened": alarms.AlarmKind.ERASURE_UNDONE,
}


@transaction.atomic
def note_said(*, controller_id: UUID, system_id: UUID, said: Sequence[Said]) -> int:
    """Record what a system said by itself of steps it was told of; returns of how many.

    For callbacks whose sender has been proven. What a step has behind it is not said again: a
    repeated or late callback changes nothing. Raises ConnectorError where the system is not in use.
    """
    now, how = timezone.now(), open_connector(system_id).declaration
    by_step = {one.step: one for one in said}
    rows = Step.objects.select_for_update().filter(
        controller_id=controller_id, system_id=system_id, id__in=by_step,
        state__in=("sent", "accepted"),
    )  # fmt: skip
    dues = [taken(row) for row in rows.order_by("id")]
    changes = [after_said(due, by_step[due.id], how) for due in dues]
    settled = settle(controller_id=controller_id, about=system_id, changes=changes, now=now)
    waking.begin(settled.woken | {system_id}, now)
    return len(settled.changes)


def taken(row: Step) -> Due:
    """A step's row as the engine takes it."""
    return Due(
        row.id, row.case_id, row.subject_id, Verb(row.verb), row.duty, row.state, row.round,
        row.attempts, row.reference, tuple(row.categories),
    )  # fmt: skip
