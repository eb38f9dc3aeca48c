"""The verbs of durable work: enqueue, claim, run, sweep, schedule.

PostgreSQL is the queue. A claim leases a job to one worker and raises its fence; whatever the job
records commits together with its completion, and only while that very lease still holds. So losing
or repeating any message, or killing any process at any instant, repeats no recorded effect.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Func, PositiveIntegerField
from django.db.models.functions import Now
from django.utils import timezone

from keys.ids import SYSTEM_ID
from work import doorbell, handlers, selectors
from work.errors import NotDeadError
from work.foreground import advance, complete, take_over
from work.leases import claim, renew, run, run_available, sweep_expired
from work.models import Job, JobState, PulseKind, ScheduleEntry, WorkerPulse
from work.outcomes import SOMEBODY_WAITS, NewJob
from work.payloads import check_payload

__all__ = [
    "SOMEBODY_WAITS",
    "NewJob",
    "advance",
    "beat",
    "claim",
    "complete",
    "end_pulse",
    "enqueue",
    "enqueue_many",
    "keep_schedule",
    "purge_finished",
    "renew",
    "revive",
    "run",
    "run_available",
    "sweep_expired",
    "take_over",
    "worker_name",
]

log = structlog.get_logger(__name__)

PURGE_AT_ONCE: Final = 5000


class BackendPid(Func):
    """The number of the server process that serves this session."""

    function = "pg_backend_pid"
    output_field = PositiveIntegerField()


@transaction.atomic
def enqueue(
    *,
    kind: str,
    controller_id: UUID,
    payload: dict[str, Any] | None = None,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    ordering_key: str = "",
    total: int | None = None,
) -> Job:
    """Note a job in the caller's transaction: it exists exactly if that transaction commits.

    With a `dedupe_key` the job already noted under it (whatever its state) is returned instead of
    a second one. Jobs of one controller and `ordering_key` run one at a time in the order of their
    ids. The payload holds ids and short codes only. Raises UnknownKindError, PayloadError.
    """
    new = NewJob(kind, controller_id, payload or {}, run_at, ordering_key)
    job = _row(new, dedupe_key=dedupe_key, total=total)
    if dedupe_key is None:
        job.save(force_insert=True)
    else:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        job = Job.objects.get(controller_id=controller_id, kind=kind, dedupe_key=dedupe_key)
    _ring_on_commit()
    return job


@transaction.atomic
def enqueue_many(jobs: Iterable[NewJob]) -> int:
    """Note many jobs at once in the caller's transaction; returns how many. Errors as `enqueue`."""
    rows = [_row(new) for new in jobs]
    Job.objects.bulk_create(rows, batch_size=1000)
    if rows:
        _ring_on_commit()
    return len(rows)


def _row(new: NewJob, *, dedupe_key: str | None = None, total: int | None = None) -> Job:
    check_payload(new.payload)
    how = handlers.handler_for(new.kind)
    job = Job(
        kind=new.kind,
        controller_id=new.controller_id,
        payload=new.payload,
        dedupe_key=dedupe_key,
        ordering_key=new.ordering_key,
        priority=new.priority,
        progress_total=total,
        max_attempts=how.max_attempts,
        lease_seconds=how.lease_seconds,
    )
    if new.run_at is not None:
        job.run_at = new.run_at
    return job


def _ring_on_commit() -> None:
    """One ring a transaction is enough: an import notes thousands of jobs in one."""
    if not any(entry[1] is _ring for entry in connection.run_on_commit[-1:]):
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    doorbell.ring()


@transaction.atomic
def revive(*, job_id: UUID, by: str) -> Job:
    """Give a dead job new attempts. `by` is the id of whoever decided it. Raises NotDeadError."""
    job = Job.objects.select_for_update().get(id=job_id)
    if job.state != JobState.DEAD:
        raise NotDeadError("Only a job that was given up can be revived.")
    Job.objects.filter(id=job_id).update(
        state=JobState.READY, attempts=0, finished_at=None, revived_by=by, run_at=Now()
    )
    job.refresh_from_db()
    log.info("job_revived", job=str(job.id), kind=job.kind, by=by)
    _ring_on_commit()
    return job


def keep_schedule(now: datetime) -> int:
    """Enqueue the periodic jobs that are due; returns how many. Safe with several keepers."""
    wanted = handlers.schedules()
    entries = {entry.name: entry for entry in ScheduleEntry.objects.filter(name__in=wanted)}
    missing = [
        ScheduleEntry(name=kind, every_seconds=every, next_at=now)
        for kind, every in wanted.items()
        if kind not in entries
    ]
    ScheduleEntry.objects.bulk_create(missing, ignore_conflicts=True)
    due = [entry.name for entry in [*entries.values(), *missing] if entry.next_at <= now]
    return sum(_keep_one(kind, wanted[kind], now) for kind in due)


@transaction.atomic
def _keep_one(kind: str, every: int, now: datetime) -> bool:
    entries = ScheduleEntry.objects.select_for_update(skip_locked=True)
    entry = entries.filter(name=kind, next_at__lte=now).first()
    if entry is None:
        return False  # another keeper has it
    due_at = entry.next_at
    entry.every_seconds = every
    entry.last_at = now
    entry.next_at = now + timedelta(seconds=every)
    entry.save()
    if selectors.is_unfinished(kind=kind, controller_id=SYSTEM_ID):
        return False
    enqueue(kind=kind, controller_id=SYSTEM_ID, dedupe_key=due_at.isoformat())
    return True


def worker_name(kind: str) -> str:
    """A new name for this process as a worker. Random too: process numbers come again."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{kind}:{secrets.token_hex(4)}"


def beat(*, name: str, kind: PulseKind, moved: bool) -> None:
    """Show that this process lives, and whether it has done anything since it last did."""
    seen: dict[str, Any] = {"last_seen_at": Now(), "backend_pid": BackendPid()}
    if moved:
        seen["last_moved_at"] = Now()
    if not WorkerPulse.objects.filter(name=name).update(**seen):
        pulse = WorkerPulse(
            name=name, kind=kind, pid=os.getpid(), host=socket.gethostname()[:100],
            backend_pid=BackendPid(),
        )  # fmt: skip
        WorkerPulse.objects.bulk_create([pulse], ignore_conflicts=True)


def end_pulse(*, name: str) -> None:
    """Take this process out of the list of workers: it stops on purpose."""
    WorkerPulse.objects.filter(name=name).delete()


def purge_finished(*, limit: int = PURGE_AT_ONCE) -> int:
    """Delete done jobs and silent workers older than WORK_KEEP_DAYS (14); returns the jobs' number.

    Dead jobs stay until somebody decides about them.
    """
    cut = timezone.now() - timedelta(days=getattr(settings, "WORK_KEEP_DAYS", 14))
    WorkerPulse.objects.filter(last_seen_at__lt=cut).delete()
    old = Job.objects.filter(state=JobState.DONE, finished_at__lt=cut).order_by("finished_at")
    deleted, _models = Job.objects.filter(id__in=old.values("id")[:limit]).delete()
    return deleted
