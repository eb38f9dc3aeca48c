"""Leases: claim a job, run it, record it once. The door for other packages is work.services.

A claim leases a job to one worker and raises its fence. What the handler records commits together
with the job's completion, and only while that very lease still holds.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any, Final

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Now

from work import crash, handlers, serving
from work.errors import LeaseLostError
from work.models import Job, JobState
from work.outcomes import Again, Finished, JobView, Outcome, Retry

log = structlog.get_logger(__name__)

FIRST_BACKOFF_SECONDS: Final = 2.0
LONGEST_BACKOFF_SECONDS: Final = 3600.0
SILENT_SECONDS: Final = 3.5
"""A worker whose pulse stopped this long ago is dead: its leases end at once."""
GONE_SECONDS: Final = 2.0
"""So is one whose session with the database has ended and who has not beaten for so long.

A killed process loses its session at once; one that lives and lost it beats on a new one.
"""
SWEEP_AT_ONCE: Final = 1000

CLAIM_SQL: Final = """
WITH picked AS (
    SELECT job.id FROM work_job job
    WHERE job.state = 'ready'
      AND job.run_at <= COALESCE(%(due_by)s, statement_timestamp())
      AND job.kind = ANY(%(kinds)s)
      AND (job.ordering_key = '' OR NOT EXISTS (
          SELECT 1 FROM work_job other
          WHERE other.controller_id = job.controller_id
            AND other.ordering_key = job.ordering_key AND other.ordering_key <> ''
            AND other.state IN ('ready', 'leased')
            AND (other.id < job.id OR other.state = 'leased')))
    ORDER BY job.priority, job.run_at, job.id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE work_job SET state = 'leased', lease_owner = %(worker)s, fence = fence + 1,
    lease_until = statement_timestamp() + make_interval(secs => lease_seconds),
    attempts = attempts + 1
FROM picked WHERE work_job.id = picked.id
RETURNING work_job.id, controller_id, kind, payload, cursor, progress_done, progress_total,
    attempts, max_attempts, step, lease_owner, lease_seconds, fence
"""

SWEEP_SQL: Final = """
WITH lost AS (
    SELECT job.id FROM work_job job
    WHERE job.state = 'leased' AND (
        job.lease_until < statement_timestamp()
        OR EXISTS (
            SELECT 1 FROM work_workerpulse pulse WHERE pulse.name = job.lease_owner
            AND GREATEST(pulse.last_seen_at, pg_postmaster_start_time())
              < statement_timestamp() - make_interval(secs => CASE
                WHEN pulse.backend_pid <> 0
                  AND NOT EXISTS (SELECT 1 FROM pg_stat_get_activity(pulse.backend_pid))
                THEN %(gone)s ELSE %(silent)s END)))
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE work_job SET lease_owner = '', lease_until = NULL, last_error_code = 'lease_expired',
    state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'ready' END,
    finished_at = CASE WHEN attempts >= max_attempts THEN statement_timestamp() END
FROM lost WHERE work_job.id = lost.id
"""

# Written out because each job pays for them: the ORM would double the cost of a small job.
HOLD_SQL: Final = """
SELECT 1 FROM work_job WHERE id = %s AND fence = %s AND state = 'leased' FOR UPDATE
"""
FINISH_SQL: Final = """
UPDATE work_job SET state = 'done', lease_owner = '', lease_until = NULL, last_error_code = '',
    finished_at = statement_timestamp(), progress_done = COALESCE(progress_total, progress_done)
WHERE id = %s AND fence = %s AND state = 'leased'
"""


class _RetryLaterError(Exception):
    """Carries a Retry out of the transaction, so that what the handler wrote is rolled back."""

    def __init__(self, outcome: Retry) -> None:
        super().__init__()
        self.outcome = outcome


def claim(*, worker: str, limit: int = 1, due_by: datetime | None = None) -> list[JobView]:
    """Lease up to `limit` due jobs of known kinds to `worker` and raise their fences.

    Never waits for another claim; leases nothing of a database that was put back and is not up to
    date (`work.serving`). `due_by` stands in for the database's clock.
    """
    if not serving.is_allowed():
        return []
    parameters = {
        "due_by": due_by,
        "kinds": handlers.known_kinds(),
        "limit": limit,
        "worker": worker,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM_SQL, parameters)
            return sorted((_view(row) for row in cursor.fetchall()), key=lambda job: job.id)
    except IntegrityError:
        return []  # two claims met on one ordering key; the other has it, and more comes later


def _view(row: tuple[Any, ...]) -> JobView:
    """The columns are in the order of the view's fields; the driver leaves JSON as text."""
    job_id, controller_id, kind, payload, cursor, *rest = row
    return JobView(job_id, controller_id, kind, json.loads(payload), json.loads(cursor), *rest)


def run_available(
    *,
    worker: str,
    limit: int = 100,
    seconds: float = 30.0,
    stop: Callable[[], bool] | None = None,
    due_by: datetime | None = None,
) -> int:
    """Claim and run due jobs one after the other; returns how many were run.

    Ends when none is due, after `limit` jobs, after `seconds`, or when `stop()` says so. Jobs are
    claimed singly: a killed worker leaves one lease behind, and only its own job's attempt counts.
    """
    ran = 0
    ends = time.monotonic() + seconds
    while ran < limit and time.monotonic() < ends and not (stop and stop()):
        claimed = claim(worker=worker, due_by=due_by)
        for job in claimed:
            run(job)
        if not claimed:
            break
        ran += len(claimed)
    return ran


def run(job: JobView) -> None:
    """Do a claimed job and record its outcome, or schedule it again. Database errors pass."""
    how = handlers.handler_for(job.kind)
    crash.point("work.claimed")
    try:
        with handlers.surrounded(job):
            results = () if how.perform is None else (how.perform(job),)
            _record(job, lambda: how.record(job, *results))
        crash.point("work.recorded")
    except LeaseLostError:
        log.warning("lease_lost", job=str(job.id), kind=job.kind, fence=job.fence)
    except _RetryLaterError as error:
        _put_back(job, code=error.outcome.code, delay_seconds=error.outcome.delay_seconds)
    except Exception as error:
        log.warning("job_failed", job=str(job.id), kind=job.kind, error=type(error).__name__)
        _put_back(job, code=_code_of(error), delay_seconds=None)


@transaction.atomic
def _record(job: JobView, record: Callable[[], Outcome]) -> None:
    """What the handler writes and the job's new state commit together, or neither does."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_SQL, (job.id, job.fence))
        if cursor.fetchone() is None:
            raise LeaseLostError("Another worker has this job now.")
        outcome = record()
        _settle(cursor, job, outcome)


def _settle(cursor: Any, job: JobView, outcome: Outcome) -> None:
    if isinstance(outcome, Retry):
        raise _RetryLaterError(outcome)
    if isinstance(outcome, Again):
        _leased(job).update(
            state=JobState.READY,
            lease_owner="",
            lease_until=None,
            run_at=_after(outcome.delay_seconds),
            attempts=0,
            step=F("step") + 1,
            cursor=outcome.cursor,
            progress_done=outcome.done,
            progress_total=outcome.total if outcome.total is not None else F("progress_total"),
            last_error_code="",
        )
    elif isinstance(outcome, Finished):
        cursor.execute(FINISH_SQL, (job.id, job.fence))
    else:
        raise TypeError("A handler must return finished(), again(...) or retry(...).")


def _leased(job: JobView) -> Any:
    """The job's row, as long as exactly this lease of it holds."""
    return Job.objects.filter(id=job.id, fence=job.fence, state=JobState.LEASED)


def _after(seconds: float) -> Any:
    return Now() + Value(timedelta(seconds=seconds))


def _put_back(job: JobView, *, code: str, delay_seconds: float | None) -> None:
    """Schedule the next attempt, or give the job up: dead is a state with an owner, not a queue."""
    given_up = job.attempts >= job.max_attempts
    delay = backoff_seconds(job.attempts) if delay_seconds is None else delay_seconds
    moved = _leased(job).update(
        state=JobState.DEAD if given_up else JobState.READY,
        lease_owner="",
        lease_until=None,
        run_at=F("run_at") if given_up else _after(delay),
        finished_at=Now() if given_up else None,
        last_error_code=code[:100],
    )
    if given_up and moved:
        log.error("job_given_up", job=str(job.id), kind=job.kind, code=code)


def backoff_seconds(attempts: int) -> float:
    """Full jitter: from zero to a bound that doubles with each attempt, at most an hour."""
    bound = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(attempts - 1, 30))
    return SystemRandom().uniform(0, bound)


def _code_of(error: Exception) -> str:
    """A domain error's stable code or the class name; never the message, which may be personal."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and code.isidentifier() else type(error).__name__


def renew(job: JobView, *, done: int | None = None, total: int | None = None) -> None:
    """Extend the lease to `lease_seconds` from now. Raises LeaseLostError: then stop at once.

    A long step tells with it how far it is: `done` of `total`, which are kept where not given.
    """
    progress = {"progress_done": done, "progress_total": total}
    told = {name: value for name, value in progress.items() if value is not None}
    extended = _leased(job).update(lease_until=_after(job.lease_seconds), **told)
    if not extended:
        raise LeaseLostError("Another worker has this job now.")


def sweep_expired() -> int:
    """End leases that ran out or whose worker fell silent; returns how many. Safe side by side.

    While the database was away nobody could beat: silence counts from its start.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SWEEP_SQL,
            {"silent": SILENT_SECONDS, "gone": GONE_SECONDS, "limit": SWEEP_AT_ONCE},
        )
        swept: int = cursor.rowcount
    if swept:
        log.warning("leases_swept", count=swept)
    return swept
