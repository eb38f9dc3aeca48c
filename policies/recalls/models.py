"""Where services hear of recalls, the campaigns they run, and what they were told.

The permits themselves are not stored again: the log's index has them, by person.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Endpoint(models.Model):
    """The address at which one service hears of recalls; used until `disabled_at`.

    Two secrets may sign for a while, so that a service can change over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("controller"),
    )
    service = models.ForeignKey(
        "accounts.ServiceClient",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("service"),
    )
    url = models.CharField(_("Address"), max_length=500)
    wrapped = models.BinaryField()
    wrapping_version = models.PositiveIntegerField()
    old_wrapped = models.BinaryField(null=True)
    old_wrapping_version = models.PositiveIntegerField(null=True)
    old_until_at = models.DateTimeField(_("The former secret signs until"), null=True)
    created_at = models.DateTimeField(_("Added at"), auto_now_add=True)
    disabled_at = models.DateTimeField(_("Ended at"), null=True)
    disabled_reason = models.CharField(_("Why it ended"), max_length=20, blank=True)

    wrapped_pairs = (
        ("wrapped", "wrapping_version"),
        ("old_wrapped", "old_wrapping_version"),
    )

    class Meta:
        verbose_name = _("recall address")
        verbose_name_plural = _("recall addresses")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["service"], condition=Q(disabled_at=None), name="policies_endpoint_one"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | Q(disabled_at__isnull=False) & ~Q(disabled_reason=""),
                name="policies_endpoint_end_is_whole",
            ),
        )

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "url", "wrapped", "wrapping_version", "old_wrapped",
            "old_wrapping_version", "old_until_at", "created_at", "disabled_at", "disabled_reason",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.url


class Campaign(models.Model):
    """A run of a service for one purpose. It includes whom the service was permitted since then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(
        "accounts.ServiceClient",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("service"),
    )
    reference = models.CharField(_("Reference"), max_length=60)
    purpose = models.CharField(_("Purpose"), max_length=100)
    since_at = models.DateTimeField(_("Permits count since"))
    ends_at = models.DateTimeField(_("Ends at"))
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    lines = models.BigIntegerField(_("People taken out"), default=0)
    created_at = models.DateTimeField(_("Started at"), auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["service", "reference"], name="policies_campaign_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("since_at")), name="policies_campaign_runs_on"
            ),
        )
        indexes = (
            models.Index(
                fields=["controller", "purpose", "ends_at"],
                condition=Q(ended_at=None),
                name="policies_campaign_running",
            ),
        )

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "reference", "purpose", "since_at", "ends_at",
            "ended_at", "lines", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.reference


class KillLine(models.Model):
    """A person whom a campaign may use no longer without asking again.

    Numbered under the campaign's lock, so numbers become visible in their order: whoever has read
    up to one has missed none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="kill_lines", db_index=False
    )
    number = models.BigIntegerField()
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["campaign", "number"], name="policies_kill_number"),
            models.UniqueConstraint(fields=["campaign", "subject_id"], name="policies_kill_once"),
        )

    class Privacy:
        identifier = ()
        personal = ("subject_id", "reason")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "campaign", "number", "at")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return str(self.number)


class RecallState(models.TextChoices):
    WAITING = "waiting", _("Being delivered")
    HEARD = "heard", _("Acknowledged")
    POLLED = "polled", _("No address: the service must poll")
    OVERDUE = "overdue", _("Given up")


class Recall(models.Model):
    """What one service is told about one person and purpose, because of one event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        "accounts.ServiceClient",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("service"),
    )
    cause_id = models.UUIDField(help_text="The job that looked for it.")
    subject_id = models.UUIDField()
    purpose = models.CharField(_("Purpose"), max_length=100)
    reason = models.CharField(_("Reason"), max_length=40)
    decisions = models.JSONField(_("Permits"), default=list)
    campaigns = models.JSONField(_("Campaigns"), default=list)
    state = models.CharField(
        _("State"), max_length=8, choices=RecallState.choices, default=RecallState.WAITING
    )
    created_at = models.DateTimeField(_("Recalled at"), auto_now_add=True)
    heard_at = models.DateTimeField(_("Acknowledged at"), null=True)
    trouble = models.CharField(_("Last trouble"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="heard", heard_at__isnull=False)
                | ~Q(state="heard") & Q(heard_at=None),
                name="policies_recall_heard",
            ),
        )
        indexes = (
            models.Index(fields=["controller", "-id"], name="policies_recall_newest"),
            models.Index(fields=["cause_id"], name="policies_recall_cause"),
        )

    class Privacy:
        identifier = ()
        personal = ("subject_id", "reason")
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "cause_id", "purpose", "decisions", "campaigns", "state",
            "created_at", "heard_at", "trouble",
        )  # fmt: skip
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.purpose, self.created_at)
