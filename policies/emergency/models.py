"""Openings for the reserved purpose `sys.vital`: one person, one service, some hours."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Ground(models.TextChoices):
    MEDICAL = "7f", _("Medical emergency, a threat to life or health (DPDP s.7(f); GDPR 6(1)(d))")
    EPIDEMIC = "7g", _("Epidemic or other threat to public health (DPDP s.7(g); GDPR 6(1)(d))")
    DISASTER = "7h", _("Disaster or breakdown of public order (DPDP s.7(h); GDPR 6(1)(d))")


class Reason(models.TextChoices):
    TREATMENT = "treatment", _("Care for the person")
    WARNING = "warning", _("Warning the person of a danger")
    RESCUE = "rescue", _("Finding or rescuing the person")
    RELATIVES = "relatives", _("Reaching the person's relatives")


class Finding(models.TextChoices):
    JUSTIFIED = "justified", _("It was justified")
    UNJUSTIFIED = "unjustified", _("It was not justified")


class EmergencyUse(models.Model):
    """One opening. Its id is the case that the service names; whoever opened it does not review it.

    Open until `ends_at` or `ended_at`; then nothing of it permits any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        "accounts.ServiceClient",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("service"),
    )
    subject_id = models.UUIDField()
    ground = models.CharField(_("Ground"), max_length=2, choices=Ground.choices)
    reason = models.CharField(_("Reason"), max_length=20, choices=Reason.choices)
    reference = models.CharField(_("Incident"), max_length=60)
    opened_at = models.DateTimeField(_("Opened at"))
    opened_by = models.CharField(max_length=80)
    ends_at = models.DateTimeField(_("Ends at"))
    ended_at = models.DateTimeField(_("Ended early at"), null=True)
    officer_told_at = models.DateTimeField(_("Protection officer told at"), null=True)
    person_told_at = models.DateTimeField(_("Person told at"), null=True)
    reviewed_at = models.DateTimeField(_("Reviewed at"), null=True)
    reviewed_by = models.CharField(max_length=80, blank=True)
    finding = models.CharField(_("Finding"), max_length=12, choices=Finding.choices, blank=True)

    class Meta:
        verbose_name = _("emergency use")
        verbose_name_plural = _("emergency uses")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="policies_emergency_lasts"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by="", finding="")
                | Q(reviewed_at__isnull=False) & ~Q(reviewed_by="") & ~Q(finding=""),
                name="policies_emergency_review_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(reviewed_by=F("opened_by")), name="policies_emergency_second_person"
            ),
        )
        indexes = (
            models.Index(
                fields=["opened_at"], condition=Q(reviewed_at=None),
                name="policies_emergency_unreviewed",
            ),
            models.Index(fields=["controller", "-id"], name="policies_emergency_newest"),
        )  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ("subject_id",)
        sensitive = ("ground", "reason")
        evidence = ()
        operational = (
            "id", "controller", "service", "reference", "opened_at", "opened_by", "ends_at",
            "ended_at", "officer_told_at", "person_told_at", "reviewed_at", "reviewed_by",
            "finding",
        )  # fmt: skip
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.reference, self.opened_at)
