"""One export: what was asked for, by whom and why, and the file while there is one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class ExportState(models.TextChoices):
    MAKING = "making", _("In the making")
    READY = "ready", _("Ready")
    EXPIRED = "expired", _("Deleted")


class Export(models.Model):
    """Chosen entries of one controller's log as a signed file.

    Made by a job; its file is deleted after some days, and with it what was asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField(_("controller"))
    requested_by = models.CharField(_("by"), max_length=80, help_text="An officer's id.")
    reason = models.CharField(_("reason"), max_length=300)
    criteria = models.JSONField(help_text="What is exported; empty once the file is deleted.")
    formats = models.JSONField(_("formats"), help_text="Readers' copies beside the entries.")
    state = models.CharField(
        _("state"), max_length=8, choices=ExportState.choices, default=ExportState.MAKING
    )
    created_at = models.DateTimeField(_("asked for at"))
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("deleted at"), null=True)
    entries = models.BigIntegerField(_("entries"), default=0)
    pending = models.BigIntegerField(default=0, help_text="Left out: without a place in the log.")
    size_bytes = models.BigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["controller_id", "-id"], name="audit_export_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ExportState.values), name="audit_export_state"
            ),
            models.CheckConstraint(
                condition=Q(state="making", ready_at__isnull=True, expires_at__isnull=True)
                | ~Q(state="making") & Q(expires_at__isnull=False),
                name="audit_export_times_paired",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("criteria",)
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller_id", "requested_by", "reason", "formats", "state", "created_at",
            "ready_at", "expires_at", "entries", "pending", "size_bytes", "sha256",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
