"""Purposes, each a code that services name and immutable versions of what it means."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.begun import Versions
from keys.ids import uuid7


class Purpose(models.Model):
    """Why data are used, by a code that services name. What it means is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="purposes"
    )
    code = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="consent_purpose_once"),
            models.UniqueConstraint(
                fields=["controller", "id"], name="consent_purpose_by_controller"
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"),
                name="consent_purpose_code_form",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("code",)
        operational = ("id", "controller", "created_at", "closed_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.code


class PurposeVersion(models.Model):
    """What a purpose means from a moment on (CON-01). Immutable once approved.

    A draft may lack what is not yet known; an approved version lacks nothing (CON-02).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="versions")
    parent = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text=_("The wider purpose it belongs to. A consent to one is none to the other."),
    )  # fmt: skip
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(max_length=1000)
    enables = models.TextField(
        max_length=1000, blank=True,
        help_text=_("The goods, services or uses it makes possible (r.3(b)(ii))."),
    )  # fmt: skip
    dpv_purpose = models.CharField(
        max_length=120, blank=True, help_text=_("For example dpv:DirectMarketing.")
    )
    grounds = models.JSONField(
        default=dict, blank=True,
        help_text=_('The ground per law, for example {"IN": "consent", "EU": "6-1-a"}.'),
    )  # fmt: skip
    categories = models.JSONField(default=list, help_text=_("Codes of the necessary data."))
    operations = models.JSONField(default=list)
    recipients = models.JSONField(default=list, help_text=_("Codes of parties."))
    retention_days = models.PositiveIntegerField()
    valid_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How long a consent lasts; empty: until withdrawn.")
    )
    owner = models.CharField(max_length=120, blank=True)
    is_marketing = models.BooleanField(default=False)
    is_tracking = models.BooleanField(default=False)
    is_detrimental_to_children = models.BooleanField(default=False)
    uses_ai = models.BooleanField(default=False)
    needs_explicit = models.BooleanField(default=False)
    schedule_item = models.CharField(
        max_length=200, blank=True, help_text=_("Fourth Schedule item and its condition, if any.")
    )
    is_material = models.BooleanField(
        default=True, help_text=_("Consents to earlier versions no longer count (CON-19).")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    effective_from = models.DateTimeField(
        _("in force from"), null=True, blank=True,
        help_text=_("Empty though approved: it was taken back before it began."),
    )  # fmt: skip

    objects = Versions.as_manager()

    class Meta:
        ordering = ["purpose", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_from=None)
                | models.Q(approved_at__isnull=False, effective_from__gte=models.F("approved_at")),
                name="consent_purpose_begins_approved",
            ),
            models.UniqueConstraint(
                fields=["purpose", "number"], name="consent_purpose_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False)
                & ~models.Q(approved_by="")
                & ~models.Q(approved_by=models.F("created_by")),
                name="consent_purpose_approved_by_another",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "parent", "number", "title", "description", "enables", "dpv_purpose", "grounds",
            "categories", "operations", "recipients", "retention_days", "valid_days", "owner",
            "is_marketing", "is_tracking", "is_detrimental_to_children", "uses_ai",
            "needs_explicit", "schedule_item", "is_material", "effective_from",
        )  # fmt: skip
        operational = (
            "id", "controller", "purpose", "created_at", "created_by", "approved_at", "approved_by",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"
