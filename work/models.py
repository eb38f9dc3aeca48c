"""The queue, the schedule and the workers' signs of life. PostgreSQL is the queue."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import tailed


class JobState(models.TextChoices):
    READY = "ready", _("Ready")
    LEASED = "leased", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class Job(models.Model):
    """One piece of durable work: ready, leased to one worker, then done, or dead until revived.

    The lease and the fence are the truth about who may record the result: see work.services.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField(_("controller"))
    kind = models.CharField(_("kind"), max_length=100)
    payload = models.JSONField(_("payload"), default=dict)
    state = models.CharField(
        _("state"), max_length=8, choices=JobState.choices, default=JobState.READY
    )
    run_at = models.DateTimeField(_("due at"), db_default=Now())
    priority = models.SmallIntegerField(_("priority"), default=100)
    ordering_key = models.CharField(max_length=100, blank=True, default="")
    dedupe_key = models.CharField(max_length=150, null=True, blank=True)  # noqa: DJ001 (unique)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveIntegerField(_("attempts at most"))
    lease_seconds = models.PositiveIntegerField()
    lease_owner = models.CharField(_("worker"), max_length=150, blank=True, default="")
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True, blank=True)
    cursor = models.JSONField(default=dict)
    last_error_code = models.CharField(_("last error"), max_length=100, blank=True, default="")
    revived_by = models.CharField(_("revived by"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions: ClassVar = [("revive_job", "Can revive a job that was given up")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["controller_id", "kind", "dedupe_key"],
                condition=Q(dedupe_key__isnull=False),
                name="work_job_dedupe",
            ),
            # Jobs of one ordering key never run side by side, whatever the claims race.
            models.UniqueConstraint(
                fields=["controller_id", "ordering_key"],
                condition=Q(state="leased") & ~Q(ordering_key=""),
                name="work_job_one_leased_per_key",
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="work_job_state"),
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False) & ~Q(lease_owner="")
                | ~Q(state="leased") & Q(lease_until__isnull=True, lease_owner=""),
                name="work_job_lease_paired",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "dead"], finished_at__isnull=False)
                | Q(state__in=["ready", "leased"], finished_at__isnull=True),
                name="work_job_finished_paired",
            ),
            models.CheckConstraint(
                condition=Q(progress_done__gte=0)
                & (Q(progress_total__isnull=True) | Q(progress_total__gte=F("progress_done"))),
                name="work_job_progress_bounds",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "run_at", "id"],
                condition=Q(state="ready"),
                name="work_job_ready",
            ),
            models.Index(
                fields=["controller_id", "ordering_key", "id"],
                condition=Q(state__in=["ready", "leased"]) & ~Q(ordering_key=""),
                name="work_job_ordered",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="leased"), name="work_job_leased"
            ),
            models.Index(
                fields=["finished_at"], condition=Q(state="done"), name="work_job_finished"
            ),
            models.Index(
                fields=["controller_id", "id"], condition=Q(state="dead"), name="work_job_dead"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            *("id", "controller_id", "kind", "payload", "state", "run_at", "priority"),
            *("ordering_key", "dedupe_key", "attempts", "max_attempts", "lease_seconds"),
            *("lease_owner", "lease_until", "fence", "step", "progress_done", "progress_total"),
            *("cursor", "last_error_code", "revived_by", "created_at", "finished_at"),
        )
        on_erasure = "none"

    def __str__(self) -> str:
        return tailed(self.kind, self.id)


class ScheduleEntry(models.Model):
    """When a periodic kind of job is due next. Rows appear when the keeper first meets the kind."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    every_seconds = models.PositiveIntegerField()
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(every_seconds__gte=1), name="work_schedule_every_positive"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "name", "every_seconds", "next_at", "last_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name


class PulseKind(models.TextChoices):
    WORKER = "worker", _("Worker")
    KEEPER = "keeper", _("Keeper")


class WorkerPulse(models.Model):
    """One process that does work: seen lately means alive, moved lately means working."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=10, choices=PulseKind.choices)
    pid = models.PositiveIntegerField()
    host = models.CharField(max_length=100)
    backend_pid = models.PositiveIntegerField(db_default=0)  # of the session that beat last
    started_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())
    last_moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PulseKind.values), name="work_pulse_kind"),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            *("id", "name", "kind", "pid", "host", "backend_pid"),
            *("started_at", "last_seen_at", "last_moved_at"),
        )
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name
