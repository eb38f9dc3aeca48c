"""What goes beyond a view, and what left the house: always with a reason, always on record."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Reveal(models.Model):
    """One masked field shown in full to one reader for a short while, with a reason (PRO-02).

    Final: it ends by its time and by nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    attribute = models.CharField(max_length=60)
    purpose = models.CharField(max_length=100)
    seat = models.ForeignKey("profiles.Seat", on_delete=models.PROTECT, related_name="+")
    holder_id = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, help_text=_("Why; never a person's data."))
    opened_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("revealed field")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["controller", "holder_id", "expires_at"], name="profiles_reveals")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("opened_at")) & ~models.Q(reason=""),
                name="profiles_reveal_ends_and_says_why",
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ("attribute",)
        sensitive = ()
        evidence = ("purpose", "holder_id", "reason", "opened_at", "expires_at")
        operational = ("id", "controller", "subject", "seat")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.attribute, self.opened_at)


class Verdict(models.TextChoices):
    JUSTIFIED = "justified", _("Justified")
    NOT_JUSTIFIED = "not_justified", _("Not justified")


class BreakGlass(models.Model):
    """A reader opened a person's profile beyond the view, because waiting would have done harm.

    It ends by itself, a second person reviews it within a day, and the person learns of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    seat = models.ForeignKey("profiles.Seat", on_delete=models.PROTECT, related_name="+")
    holder_id = models.CharField(max_length=80)
    purpose = models.CharField(max_length=100)
    case = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, help_text=_("Why; never a person's data."))
    opened_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=80, blank=True)
    verdict = models.CharField(max_length=15, choices=Verdict.choices, blank=True)
    finding = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the person could first see it.")
    )

    class Meta:
        verbose_name = _("break-glass access")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["review_due_at"], condition=models.Q(reviewed_at=None),
                name="profiles_glass_unreviewed",
            ),
            models.Index(fields=["controller", "holder_id", "expires_at"], name="profiles_glasses"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    expires_at__gt=models.F("opened_at"), review_due_at__gt=models.F("opened_at")
                )
                & ~models.Q(reason="")
                & ~models.Q(case=""),
                name="profiles_glass_says_why_and_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, reviewed_by="", verdict="")
                | models.Q(reviewed_at__isnull=False)
                & ~models.Q(verdict="")
                & ~models.Q(reviewed_by="")
                & ~models.Q(reviewed_by=models.F("holder_id")),
                name="profiles_glass_reviewed_by_a_second",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "holder_id", "purpose", "case", "reason", "opened_at", "expires_at", "review_due_at",
            "reviewed_at", "reviewed_by", "verdict", "finding", "told_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject", "seat")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.case, self.opened_at)


class Disclosure(models.Model):
    """That a person's data went to a recipient (DPDP s.11(1)(b); GDPR Art 15(1)(c), 19). Final."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    recipient = models.ForeignKey("registry.Party", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=100)
    categories = ArrayField(models.CharField(max_length=60))
    described = models.CharField(
        max_length=300, help_text=_("What was handed over, in words; never the data themselves.")
    )
    ground = models.CharField(max_length=60)
    decision_id = models.UUIDField(null=True, blank=True)
    is_written_request = models.BooleanField(
        default=False, help_text=_("On a written request of an authority (DPDP s.11(2)).")
    )
    request_reference = models.CharField(max_length=80, blank=True)
    is_public = models.BooleanField(
        default=False, db_default=False,
        help_text=_("They were made public there: the recipient shows them to everybody."),
    )  # fmt: skip
    place = models.BinaryField(
        null=True, blank=True, editable=False,
        help_text=_("The address at which they are shown, under the person's own key."),
    )  # fmt: skip
    disclosed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=80)
    key = models.CharField(max_length=80, help_text=_("The caller's own name of it, once."))

    class Meta:
        verbose_name = _("disclosure")
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"], name="profiles_disclosed")]
        constraints = [
            models.UniqueConstraint(fields=["controller", "key"], name="profiles_disclosure_once"),
            models.CheckConstraint(
                condition=models.Q(is_written_request=False) | ~models.Q(request_reference=""),
                name="profiles_disclosure_names_request",
            ),
            models.CheckConstraint(
                condition=models.Q(place=None) | models.Q(is_public=True),
                name="profiles_disclosure_place_is_public",
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ("categories", "described", "place")
        sensitive = ()
        evidence = (
            "is_public", "purpose", "ground", "decision_id", "is_written_request",
            "request_reference", "disclosed_at", "recorded_at", "recorded_by",
        )  # fmt: skip
        operational = ("id", "controller", "subject", "recipient", "key")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.purpose, self.disclosed_at)


class ExportState(models.TextChoices):
    REQUESTED = "requested", _("Waits for a second person")
    REFUSED = "refused", _("Refused")
    APPROVED = "approved", _("Approved, being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    ENDED = "ended", _("Ended")


class ProfileExport(models.Model):
    """Profiles of many in a file: approved by a second person, watermarked, gone after a while."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seat = models.ForeignKey("profiles.Seat", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=100)
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=10, choices=ExportState.choices, default=ExportState.REQUESTED
    )
    people = models.PositiveIntegerField(help_text=_("How many persons were asked for."))
    selection = ArrayField(models.UUIDField(), default=list)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    watermark = models.CharField(
        max_length=80, blank=True, help_text=_("Stands in each line of the file.")
    )
    mark_version = models.PositiveIntegerField(
        default=0, help_text=_("Of the key by which lines are marked.")
    )
    name = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    shown = models.PositiveIntegerField(default=0, help_text=_("How many persons are in the file."))
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export of profiles")
        ordering = ["-id"]
        indexes = [models.Index(fields=["controller", "-id"], name="profiles_exports_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by="")
                | models.Q(decided_at__isnull=False)
                & ~models.Q(decided_by="")
                & ~models.Q(decided_by=models.F("requested_by")),
                name="profiles_export_approved_by_a_second",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("selection",)
        sensitive = ()
        evidence = (
            "purpose", "reason", "people", "requested_at", "requested_by", "decided_at",
            "decided_by", "watermark", "sha256",
        )  # fmt: skip
        operational = (
            "id", "controller", "seat", "state", "mark_version", "name", "size", "ready_at",
            "shown", "expires_at",
        )  # fmt: skip
        on_erasure = "null"

    def __str__(self) -> str:
        return dated(self.purpose, self.requested_at)
