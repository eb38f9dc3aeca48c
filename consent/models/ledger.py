"""What people chose: the ledger, its current state, objections, and commitments."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent import states
from consent.models.notices import NoticeVersion
from consent.models.purposes import Purpose
from keys.ids import uuid7
from keys.naming import dated


class ConsentEvent(models.Model):
    """One line of the ledger: what a person chose about one purpose, and the proof of it.

    Append-only at the database. `sequence` counts the lines of one person and purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,  # looked up once a statement: migration 0020
        db_index=False,
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,  # the unique key below begins with it
    )
    purpose = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=list(states.WORDS.items()))
    event_at = models.DateTimeField(help_text=_("When the person chose."))
    recorded_at = models.DateTimeField(help_text=_("When the suite learnt of it."))
    expires_at = models.DateTimeField(null=True)
    purpose_version = models.PositiveIntegerField()
    notice_version = models.ForeignKey(
        NoticeVersion,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,  # as above
        db_index=False,
    )
    language = models.CharField(max_length=20, blank=True)
    notice_sha256 = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=20)
    channel = models.CharField(max_length=20, blank=True)
    given_by = models.CharField(max_length=20, default="principal")
    guardian_id = models.UUIDField(null=True)
    guardian_verified = models.BooleanField(default=False)
    is_explicit = models.BooleanField(default=False)
    reason = models.CharField(max_length=60, blank=True, help_text=_("A code, never free text."))
    actor_type = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    evidence = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("consent event")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "sequence"], name="consent_event_sequence_once"
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ("guardian_id", "actor_id")
        sensitive = ()
        evidence = (
            "purpose", "sequence", "state", "event_at", "recorded_at", "expires_at",
            "purpose_version", "notice_version", "language", "notice_sha256", "method", "channel",
            "given_by", "guardian_verified", "is_explicit", "reason", "actor_type", "evidence",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_state_display(), self.event_at)


class ConsentState(models.Model):
    """Where one person stands on one purpose now: what the ledger amounts to, for the check.

    `event_id` is the line that led here; `sequence` counts all lines, those that came late and
    changed nothing too, and nothing on the ledger has a later time than `latest_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,  # looked up once a statement: migration 0020
        db_index=False,
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,  # the unique key below begins with it
    )
    purpose = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    event_id = models.UUIDField()
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=list(states.WORDS.items()))
    since_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    purpose_version = models.PositiveIntegerField()
    notice_version_id = models.UUIDField(null=True)
    language = models.CharField(max_length=20, blank=True)
    is_explicit = models.BooleanField(default=False)
    is_provable = models.BooleanField(default=False)
    given_by = models.CharField(max_length=20, default="principal")
    guardian_verified = models.BooleanField(default=False)
    is_noticed = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("The notice of DPDP s.5(2) about a consent older than the Act was given."),
    )
    latest_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("consent state")
        constraints = [
            models.UniqueConstraint(fields=["subject", "purpose"], name="consent_state_once"),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=["given", "renewed"], expires_at__isnull=False),
                name="consent_state_expiring",
            ),
            models.Index(
                fields=["purpose", "id"],
                condition=models.Q(
                    state__in=["given", "renewed"], notice_version_id=None, is_noticed=False
                ),
                name="consent_state_unnoticed",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "purpose", "event_id", "sequence", "state", "since_at", "expires_at",
            "purpose_version", "notice_version_id", "language", "is_explicit", "is_provable",
            "given_by", "guardian_verified", "is_noticed", "latest_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_state_display(), self.since_at)


class ObjectionKind(models.TextChoices):
    DIRECT_MARKETING = "direct_marketing", _("Direct marketing (Art 21(2))")
    PARTICULAR_SITUATION = "particular_situation", _("Their particular situation (Art 21(1))")
    VOLUNTARY_USE = "voluntary_use", _("No consent to a use of volunteered data (DPDP s.7(a))")
    SALE_SHARING = "sale_sharing", _("Opt-out of sale and sharing for advertising")


class ObjectionState(models.TextChoices):
    PENDING = "pending", _("Under review")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Outweighed by compelling grounds")


class Objection(models.Model):
    """An objection of a person (GDPR Art 21; DPDP s.7(a)), standing while `lifted_at` is empty.

    One to direct marketing is absolute, and so are the word that volunteered data are not to be
    used and the opt-out of sale and sharing, which a browser may signal. One from a particular
    situation waits for an officer; dismissing it ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=ObjectionKind.choices)
    purpose = models.ForeignKey(
        Purpose, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text=_("What it is about; empty: all marketing, or all use of volunteered data."),
    )  # fmt: skip
    state = models.CharField(
        max_length=10,
        choices=ObjectionState.choices,
        default=ObjectionState.UPHELD,
        db_default=ObjectionState.UPHELD,
    )
    method = models.CharField(
        max_length=20, blank=True, default="", db_default="",
        help_text=_("How the person said so, or the signal of their browser."),
    )  # fmt: skip
    objected_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    grounds = models.TextField(
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why it was decided so; never a person's data."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "purpose"],
                condition=models.Q(lifted_at=None),
                nulls_distinct=False,
                name="consent_objection_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["direct_marketing", "sale_sharing"], purpose=None, state="upheld"
                )
                | models.Q(kind="voluntary_use", state="upheld")
                | models.Q(kind="particular_situation", purpose__isnull=False),
                name="consent_objection_has_its_form",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by="", grounds="")
                | models.Q(decided_at__isnull=False, kind="particular_situation")
                & ~models.Q(decided_by="")
                & ~models.Q(grounds="")
                & ~models.Q(state="pending"),
                name="consent_objection_decided_with_grounds",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="dismissed") | models.Q(lifted_at__isnull=False),
                name="consent_objection_dismissed_is_over",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("kind", "purpose", "state", "method", "objected_at", "lifted_at")
        sensitive = ()
        evidence = ("decided_at", "decided_by", "grounds")
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.objected_at)


class Commitment(models.Model):
    """An order or contract of a person that may be fulfilled after a withdrawal (DPDP s.6(5))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "reference"], name="consent_commitment_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("reference",)
        sensitive = ()
        evidence = ("purpose", "started_at", "ends_at", "recorded_at")
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.reference, self.started_at)
