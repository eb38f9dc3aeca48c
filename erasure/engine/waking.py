"""What ends of steps set free: steps that waited for them, and cases of which all have ended.

The cases are locked first and looked at afterwards, so that of two lanes that end the last steps of
one case at the same time, the later one sees both.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from erasure.engine import lanes
from erasure.models import Case, CaseState
from keys import statements
from work import crash
from work import services as work
from work.outcomes import NewJob

CLOSE: Final = "erasure.close"
CASES_A_JOB: Final = 500

_LOCK: Final = """
SELECT id FROM erasure_case WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
_WAKE: Final = """
UPDATE erasure_step w SET next_at = %s::timestamptz + make_interval(secs => w.after_seconds)
WHERE w.case_id = ANY(%s::uuid[]) AND w.state = 'planned' AND w.next_at IS NULL
  AND cardinality(w.after) > 0
  AND NOT EXISTS (SELECT 1 FROM erasure_step b
                  WHERE b.case_id = w.case_id AND b.id = ANY(w.after) AND b.ended_at IS NULL)
RETURNING w.system_id
"""
_OVER: Final = """
SELECT c.id FROM unnest(%s::uuid[]) AS c(id)
WHERE NOT EXISTS (SELECT 1 FROM erasure_step s WHERE s.case_id = c.id AND s.ended_at IS NULL)
"""


def wake(controller_id: UUID, case_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """In the caller's transaction, which ended steps of these cases; the systems to drive."""
    cases = statements.array(case_ids)
    statements.rows(_LOCK, [cases])
    woken = {row[0] for row in statements.rows(_WAKE, [now, cases]) if row[0] is not None}
    crash.point("erasure.woken")
    close_soon(controller_id, [row[0] for row in statements.rows(_OVER, [cases])])
    return woken


def close_soon(controller_id: UUID, case_ids: Iterable[UUID]) -> None:
    """Note that these cases are to be closed: apart, so that nothing there undoes an effect."""
    work.enqueue_many(
        NewJob(CLOSE, controller_id, {"cases": [str(one) for one in some]})
        for some in _some(case_ids)
    )


def _some(case_ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    waiting = sorted(case_ids)
    for start in range(0, len(waiting), CASES_A_JOB):
        yield waiting[start : start + CASES_A_JOB]


def reopen_cases(case_ids: Collection[UUID]) -> None:
    """A late look found the data of a closed case: it goes on, and is closed anew."""
    rows = Case.objects.filter(pk__in=case_ids, state=CaseState.CLOSED)
    rows.update(state=CaseState.RUNNING, closed_at=None, closed_by="")


def begin(systems: Iterable[UUID], now: datetime) -> None:
    """Have these systems driven, in the caller's transaction."""
    lanes.begin_many(systems, now)
