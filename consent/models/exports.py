"""One export of the consent ledger: what was asked for, by whom, and its file while it lives."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class ExportForm(models.TextChoices):
    NDJSON = "ndjson", _("NDJSON, for programs")
    CSV = "csv", _("CSV, for spreadsheets")


class ConsentExportState(models.TextChoices):
    MAKING = "making", _("In the making")
    READY = "ready", _("Ready")
    EXPIRED = "expired", _("Deleted")


class ConsentExport(models.Model):
    """Lines of one controller's ledger about some purposes as a file; deleted after some days.

    Made by a job, for a service or an officer, who alone may take it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_by_type = models.CharField(max_length=10)
    asked_by = models.CharField(_("by"), max_length=80)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    form = models.CharField(_("form"), max_length=6, choices=ExportForm.choices)
    purposes = models.JSONField(_("purposes"), default=list, help_text=_("Empty: all."))
    since_at = models.DateTimeField(_("recorded from"), null=True)
    until_at = models.DateTimeField(_("recorded until"))
    state = models.CharField(
        _("state"), max_length=8, choices=ConsentExportState.choices,
        default=ConsentExportState.MAKING,
    )  # fmt: skip
    created_at = models.DateTimeField(_("asked for at"))
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("deleted at"), null=True)
    lines = models.BigIntegerField(_("lines"), default=0)
    size_bytes = models.BigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("export of consents")
        verbose_name_plural = _("exports of consents")
        indexes = [models.Index(fields=["controller", "-id"], name="consent_export_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ConsentExportState.values), name="consent_export_state"
            ),
            models.CheckConstraint(
                condition=Q(state="making", ready_at__isnull=True, expires_at__isnull=True)
                | ~Q(state="making") & Q(expires_at__isnull=False),
                name="consent_export_times_paired",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "asked_by_type", "asked_by", "reason", "form", "purposes",
            "since_at", "until_at", "state", "created_at", "ready_at", "expires_at", "lines",
            "size_bytes", "sha256",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
