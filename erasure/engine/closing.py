"""Closing cases of which every step has ended: standing, certificate, log, and news upwards."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Target
from erasure import sealing
from erasure.certificates.issuing import issue_many
from erasure.engine.settling import ENGINE
from erasure.engine.waking import CLOSE
from erasure.models import Case, CaseState, Step, StepState
from keys import statements
from registry import ours
from registry.connectors.contract import Verb
from subjects import standing
from subjects.standing import Scoped
from work import crash
from work import services as work
from work.handlers import JobView, Outcome, finished, handler
from work.outcomes import NewJob

CLOSED: Final = "erasure.case_closed"
"""The kind of job that tells whoever asked; its handler belongs to the package above."""
TOLD: Final = 100
"""Of so many cases one job tells."""

_OVER: Final = """
SELECT c.id FROM erasure_case c
WHERE c.id = ANY(%s::uuid[]) AND c.state = 'running'
  AND NOT EXISTS (SELECT 1 FROM erasure_step s WHERE s.case_id = c.id AND s.ended_at IS NULL)
ORDER BY c.id FOR NO KEY UPDATE OF c
"""
_UNLOOKED: Final = """
SELECT c.id FROM unnest(%s::uuid[]) AS c(id)
WHERE NOT EXISTS (SELECT 1 FROM erasure_step s WHERE s.case_id = c.id
                  AND (s.late_at IS NOT NULL OR s.next_at IS NOT NULL))
"""


@handler(CLOSE)
def close_cases(job: JobView) -> Outcome:
    """Many at once; where that failed, each by itself, so that one cannot hold the others up."""
    cases = [UUID(text) for text in job.payload["cases"]]
    if job.attempts > 1 and len(cases) > 1:
        work.enqueue_many(NewJob(CLOSE, job.controller_id, {"cases": [str(c)]}) for c in cases)
    else:
        close(cases)
    return finished()


@transaction.atomic
def close(case_ids: Collection[UUID]) -> int:
    """Close those of these cases that run and of which every step has ended; returns how many.

    Being erased becomes erased where something was, a certificate is issued, and whoever waits is
    told by a job.
    """
    ids = [row[0] for row in statements.rows(_OVER, [statements.array(case_ids)])]
    if not ids:
        return 0
    now = timezone.now()
    Case.objects.filter(pk__in=ids).update(
        state=CaseState.CLOSED, closed_at=now, closed_by=ENGINE.id
    )
    cases = list(Case.objects.filter(pk__in=ids).order_by("controller_id", "id"))
    for controller_id, some in groupby(cases, key=lambda case: case.controller_id):
        _close(controller_id, list(some), now)
    crash.point("erasure.closing")
    return len(ids)


def _close(controller_id: UUID, cases: Sequence[Case], now: datetime) -> None:
    _stand(controller_id, [case for case in cases if case.verb == Verb.ERASE])
    issue_many(case_ids=[case.id for case in cases], at=now)
    audit.record_many(_entry(case) for case in cases)
    work.enqueue_many(
        NewJob(CLOSED, controller_id, {"cases": [str(case.id) for case in cases[start:][:TOLD]]})
        for start in range(0, len(cases), TOLD)
    )
    forget([case.id for case in cases])


def _stand(controller_id: UUID, cases: Sequence[Case]) -> None:
    """Erased before no longer being erased: there is no moment between.

    Of whom a law has all of it kept here nothing was erased, and nobody says so: they stay denied
    as somebody whose erasure is owed, and can still sign in.
    """
    kept = _kept_whole(cases)
    about = [
        Scoped(case.subject_id, case.scope_type, case.scope)
        for case in cases
        if case.id not in kept
    ]
    if about:
        standing.set_many(
            by=ENGINE, controller_id=controller_id, state="erased", about=about, reason="erased"
        )
        standing.end_many(by=ENGINE, controller_id=controller_id, state="erasing", about=about)


def _kept_whole(cases: Sequence[Case]) -> set[UUID]:
    """The cases of which this suite itself was exempt."""
    ended = Step.objects.filter(
        case__in=cases, system__kind=ours.KIND, verb=Verb.ERASE, state=StepState.EXEMPT
    )
    return set(ended.values_list("case_id", flat=True))


def _entry(case: Case) -> audit.Draft:
    return audit.Draft(
        event="case:closed", by=ENGINE, controller_id=case.controller_id,
        target=Target("erasure_case", str(case.id)), data={"verb": case.verb},
    )  # fmt: skip


def forget(case_ids: Collection[UUID]) -> int:
    """Destroy the keys of those closed cases in which nothing is to be looked at any more."""
    rows = statements.rows(_UNLOOKED, [statements.array(case_ids)])
    closed = Case.objects.filter(pk__in=[row[0] for row in rows], state=CaseState.CLOSED)
    return sealing.forget(list(closed.values_list("id", flat=True)))
