"""The questions about durable work: how much waits, since when, who does not move."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now

from work.models import Job, JobState, WorkerPulse

UNFINISHED = (JobState.READY, JobState.LEASED)


@dataclass(frozen=True)
class Backlog:
    """Jobs by what they wait for: `due` ones could run now, `later` ones are scheduled."""

    due: int
    later: int
    leased: int
    dead: int


@dataclass(frozen=True)
class Progress:
    """How far a job is; `total` is None where it is not known."""

    state: str
    done: int
    total: int | None


def backlog(*, controller_ids: Collection[UUID] | None = None) -> Backlog:
    """Counts of unfinished and dead jobs, of these controllers or of all."""
    jobs = Job.objects.filter(state__in=[*UNFINISHED, JobState.DEAD])
    if controller_ids is not None:
        jobs = jobs.filter(controller_id__in=controller_ids)
    ready = Q(state=JobState.READY)
    found = jobs.aggregate(
        due=Count("id", filter=ready & Q(run_at__lte=Now())),
        later=Count("id", filter=ready & Q(run_at__gt=Now())),
        leased=Count("id", filter=Q(state=JobState.LEASED)),
        dead=Count("id", filter=Q(state=JobState.DEAD)),
    )
    return Backlog(**found)


def oldest_due_age(*, kinds: Iterable[str]) -> float | None:
    """Seconds since the longest-waiting ready job of these kinds fell due; None when none is."""
    due = Job.objects.filter(state=JobState.READY, run_at__lte=Now(), kind__in=list(kinds))
    found = due.aggregate(age=Now() - Min("run_at"))["age"]
    return None if found is None else float(found.total_seconds())


def dead_jobs(*, controller_ids: Collection[UUID]) -> QuerySet[Job]:
    """Jobs given up, oldest first: somebody must revive them or accept the loss."""
    jobs = Job.objects.filter(state=JobState.DEAD, controller_id__in=controller_ids)
    return jobs.order_by("controller_id", "id")


def progress(*, job_id: UUID, controller_id: UUID) -> Progress | None:
    """How far the controller's job is; None when it has none of this id."""
    job = Job.objects.filter(id=job_id, controller_id=controller_id).first()
    return None if job is None else Progress(job.state, job.progress_done, job.progress_total)


def state_of(*, kind: str, controller_id: UUID, dedupe_key: str) -> str | None:
    """The state of the job noted under this key; None when there is none."""
    jobs = Job.objects.filter(kind=kind, controller_id=controller_id, dedupe_key=dedupe_key)
    return jobs.values_list("state", flat=True).first()


def cursor_of(*, kind: str, controller_id: UUID, dedupe_key: str) -> dict[str, Any]:
    """What the job noted under this key keeps; empty when there is none."""
    jobs = Job.objects.filter(kind=kind, controller_id=controller_id, dedupe_key=dedupe_key)
    return jobs.values_list("cursor", flat=True).first() or {}


def progress_of(*, kind: str, controller_id: UUID, dedupe_key: str) -> tuple[int, int | None]:
    """How much of the job noted under this key is done, and of how much where that is known."""
    jobs = Job.objects.filter(kind=kind, controller_id=controller_id, dedupe_key=dedupe_key)
    return jobs.values_list("progress_done", "progress_total").first() or (0, None)


def is_unfinished(*, kind: str, controller_id: UUID) -> bool:
    """Whether a job of this kind waits or runs."""
    jobs = Job.objects.filter(kind=kind, controller_id=controller_id, state__in=UNFINISHED)
    return jobs.exists()


def silent_workers(*, patience_seconds: float) -> QuerySet[WorkerPulse]:
    """Workers that live but have finished nothing for longer than the patience.

    A reason to worry only while work is due (`oldest_due_age`): an idle worker has nothing to move.
    """
    since = Now() - timedelta(seconds=patience_seconds)
    alive = WorkerPulse.objects.filter(last_seen_at__gte=since, started_at__lt=since)
    idle = Q(last_moved_at__isnull=True) | Q(last_moved_at__lt=since)
    return alive.filter(idle, kind="worker").order_by("name")


def is_alive(*, kind: str, within_seconds: float = 5) -> bool:
    """Whether a process of this kind ("worker", "keeper") has beaten lately."""
    since = Now() - timedelta(seconds=within_seconds)
    return WorkerPulse.objects.filter(kind=kind, last_seen_at__gte=since).exists()
