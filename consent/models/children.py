"""Who may decide for a child or a person in care, and how that was found out (DPDP s.9)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.family.parents import Appointment, Check
from keys.ids import uuid7
from keys.naming import tailed


class CheckState(models.TextChoices):
    NAMED = Check.NAMED.value, _("Named, not verified yet")
    VERIFIED = Check.VERIFIED.value, _("Verified")
    REFUSED = Check.REFUSED.value, _("Could not be verified")
    DECLINED = Check.DECLINED.value, _("Says not to be the parent")
    LAPSED = Check.LAPSED.value, _("Not answered in time")
    ENDED = Check.ENDED.value, _("Ended")


class CheckMethod(models.TextChoices):
    EXISTING = "existing_details", _("Reliable details held already (r.10(1)(a))")
    VOLUNTARY = "voluntary_details", _("Details she provided voluntarily (r.10(1)(b))")
    TOKEN = "virtual_token", _("A virtual token (r.10(1)(b))")


class BegunBy(models.TextChoices):
    CHILD = "child", _("The child")
    PARENT = "parent", _("The parent")


class ParentalCheck(models.Model):
    """The diligence on one person who is said to be the parent of a child (r.10).

    Keeps what was found and a reference of whoever found it, never a document or its number.
    Whether a parent counts now is said by the relationship that a verified check confirms.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        help_text=_("The child."),
    )  # fmt: skip
    parent_id = models.UUIDField(db_index=True)
    begun_by = models.CharField(max_length=8, choices=BegunBy.choices)
    is_registered = models.BooleanField(
        default=False, help_text=_("The parent says to be registered here, with reliable details.")
    )
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.NAMED)
    method = models.CharField(max_length=20, choices=CheckMethod.choices, blank=True)
    outcome = models.CharField(max_length=40, blank=True, help_text=_("A code, never free text."))
    reference = models.CharField(
        max_length=80, blank=True, help_text=_("Of whoever confirmed it; never a document's.")
    )
    named_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("verification of a parent")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "parent_id"],
                condition=Q(state__in=["named", "refused", "verified"]),
                name="consent_parent_once",
            ),
            models.CheckConstraint(
                condition=~Q(subject=models.F("parent_id")), name="consent_parent_is_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by="", state="named")
                | Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(state="named"),
                name="consent_parent_decided_as_one",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(outcome="adult_confirmed") & ~Q(method=""),
                name="consent_parent_verified_is_adult",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"],
                condition=Q(state__in=["named", "refused"]),
                name="consent_parent_lapsing",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("parent_id", "begun_by", "is_registered")
        sensitive = ()
        evidence = (
            "state", "method", "outcome", "reference", "named_at", "decided_at", "decided_by",
        )  # fmt: skip
        operational = ("id", "controller", "subject", "lapses_at")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return tailed(self.get_state_display(), self.pk)


class AppointmentState(models.TextChoices):
    RECORDED = Appointment.RECORDED.value, _("Recorded, not verified yet")
    VERIFIED = Appointment.VERIFIED.value, _("Verified")
    REFUSED = Appointment.REFUSED.value, _("Not accepted")
    ENDED = Appointment.ENDED.value, _("Ended")


class Authority(models.TextChoices):
    COURT = "court", _("A court of law")
    DESIGNATED = "designated_authority", _("A designated authority (RPwD Act 2016 s.15)")
    COMMITTEE = "local_committee", _("A local level committee (National Trust Act 1999 s.13)")


class GuardianAppointment(models.Model):
    """The appointment of a lawful guardian of a person with disability (r.11).

    Recorded by one officer and verified by another; only then does the guardian's word count, and
    only until it ends. The order itself is looked at where it is kept, never stored here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        help_text=_("The person in care."),
    )  # fmt: skip
    guardian_id = models.UUIDField(db_index=True)
    authority = models.CharField(max_length=24, choices=Authority.choices)
    issuer = models.CharField(
        max_length=120, help_text=_("Which court, authority or committee it was.")
    )
    number = models.CharField(max_length=80, help_text=_("The number of the order."))
    appointed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text=_("Empty: open."))
    state = models.CharField(
        max_length=10, choices=AppointmentState.choices, default=AppointmentState.RECORDED
    )
    outcome = models.CharField(max_length=60, blank=True, help_text=_("A code, never free text."))
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("guardian’s appointment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "guardian_id"],
                condition=Q(state__in=["recorded", "verified"]),
                name="consent_guardian_once",
            ),
            models.CheckConstraint(
                condition=~Q(subject=models.F("guardian_id")), name="consent_guardian_is_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by="", state="recorded")
                | Q(decided_at__isnull=False)
                & ~Q(decided_by="")
                & ~Q(decided_by=models.F("recorded_by"))
                & ~Q(state="recorded"),
                name="consent_guardian_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") & ~Q(state="ended")
                | Q(ended_at__isnull=False, state="ended") & ~Q(ended_by=""),
                name="consent_guardian_ended_as_one",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("appointed_on")),
                name="consent_guardian_ends_later",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_on"],
                condition=Q(state="verified", ends_on__isnull=False),
                name="consent_guardian_ending",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("guardian_id",)
        sensitive = ()
        evidence = (
            "authority", "issuer", "number", "appointed_on", "ends_on", "state", "outcome",
            "recorded_at", "recorded_by", "decided_at", "decided_by", "ended_at", "ended_by",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return tailed(self.get_state_display(), self.pk)
