"""Work that a command does before somebody's eyes, kept like the queue's: row, fence, progress.

No worker claims it, because no handler is registered for its kind. Whoever takes it raises its
fence, so that of two processes only the later one can record. The door is work.services.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Now

from work import handlers
from work.errors import LeaseLostError
from work.models import Job, JobState
from work.outcomes import JobView

LEASE_SECONDS: Final = 600
"""After so long without progress the job reads as waiting again; taking it needs no waiting."""


@transaction.atomic
def take_over(
    *,
    kind: str,
    controller_id: UUID,
    dedupe_key: str,
    total: int,
    worker: str,
    resume: bool,
) -> JobView:
    """Take the job of this key, made if there is none, whoever had it before.

    With `resume` an unfinished one goes on from its cursor; otherwise it starts again. Raises
    ValueError for a kind that the queue's workers do.
    """
    if kind in handlers.known_kinds():
        raise ValueError(f"Jobs of the kind {kind!r} are done by workers.")
    blank = Job(
        kind=kind, controller_id=controller_id, dedupe_key=dedupe_key, max_attempts=1,
        lease_seconds=LEASE_SECONDS,
    )  # fmt: skip
    Job.objects.bulk_create([blank], ignore_conflicts=True)
    jobs = Job.objects.select_for_update()
    job = jobs.get(kind=kind, controller_id=controller_id, dedupe_key=dedupe_key)
    if not resume or job.state == JobState.DONE:
        job.cursor, job.progress_done = {}, 0
    job.state, job.lease_owner, job.fence = JobState.LEASED, worker, job.fence + 1
    job.finished_at, job.last_error_code, job.progress_total = None, "", total
    job.attempts = 1
    job.lease_until = Now() + _seconds(LEASE_SECONDS)
    job.save()
    return _view(job)


def advance(job: JobView, *, cursor: dict[str, Any], done: int) -> None:
    """Record in the caller's transaction how far the job is; that transaction's effects count
    exactly if this does. Raises LeaseLostError when another process has taken the job.
    """
    until = Now() + _seconds(LEASE_SECONDS)
    _held(job, cursor=cursor, progress_done=done, lease_until=until)


def complete(job: JobView, *, cursor: dict[str, Any]) -> None:
    """Record in the caller's transaction that the job is done. Raises LeaseLostError."""
    _held(
        job, state=JobState.DONE, cursor=cursor, progress_done=job.total, lease_owner="",
        lease_until=None, finished_at=Now(),
    )  # fmt: skip


def _held(job: JobView, **changes: Any) -> None:
    jobs = Job.objects.filter(id=job.id, fence=job.fence, state=JobState.LEASED)
    if not jobs.update(**changes):
        raise LeaseLostError("Another process has this job now.")


def _seconds(number: int) -> Value:
    return Value(timedelta(seconds=number))


def _view(job: Job) -> JobView:
    return JobView(
        job.id, job.controller_id, job.kind, job.payload, job.cursor, job.progress_done,
        job.progress_total, job.attempts, job.max_attempts, job.step, job.lease_owner,
        job.lease_seconds, job.fence,
    )  # fmt: skip
