"""Rehearsals: what was asked, and what was counted, part by part. Models of `policies`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class Kind(models.TextChoices):
    PERIOD = "period", _("Over recorded decisions")
    SHADOW = "shadow", _("In the shadow of live traffic")


class RehearsalState(models.TextChoices):
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


class Rehearsal(models.Model):
    """One draft tried on decisions that were made without it.

    The rules are kept as they were when it began: what is counted is of exactly those, whatever
    becomes of the draft meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    state = models.CharField(
        _("state"), max_length=8, choices=RehearsalState.choices, default=RehearsalState.RUNNING
    )
    version_id = models.UUIDField(help_text="The draft, by its id.")
    version_number = models.PositiveIntegerField(_("version"))
    sha256 = models.CharField(max_length=64, help_text="Of the canonical bytes of its rules.")
    changed_at = models.DateTimeField(help_text="When the draft had last been changed.")
    rules = models.JSONField()
    active_number = models.PositiveIntegerField(
        default=0, help_text="The version in force it is compared with; 0 for the law alone."
    )
    active_rules = models.JSONField(default=list)
    requested_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(_("asked for at"))
    since_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    examined = models.BigIntegerField(_("decisions"), default=0)
    newly_denied = models.BigIntegerField(_("newly denied"), default=0)
    newly_permitted = models.BigIntegerField(_("newly permitted"), default=0)
    counters = models.BinaryField(default=b"", help_text="Of caps, while it runs; names nobody.")

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        indexes = [
            models.Index(fields=["controller", "-id"], name="policies_rehearsal_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(state__in=RehearsalState.values),
                name="policies_rehearsal_words",
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None)
                | ~Q(state="running") & Q(ended_at__isnull=False, counters=b""),
                name="policies_rehearsal_end_whole",
            ),
            models.UniqueConstraint(
                fields=["controller"], condition=Q(kind="shadow", state="running"),
                name="policies_one_shadow",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("version_number", "sha256", "rules", "active_number", "active_rules")
        operational = (
            "id", "controller", "kind", "state", "version_id", "changed_at", "requested_by",
            "created_at", "since_at", "until_at", "ended_at", "examined", "newly_denied",
            "newly_permitted", "counters",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class RehearsalPart(models.Model):
    """What one step counted, with its flips as packed lines. Written once, with the job's step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    counted = models.JSONField()
    flips = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "rehearsal", "number"], name="policies_rehearsal_part_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "rehearsal", "number", "counted", "flips")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.number)
