"""Purposes and notices as immutable versions; consents as a ledger and its current state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.transitions import State
from keys.ids import uuid7


def _choices(states: type[State]) -> list[tuple[str, str]]:
    return [(state.value, state.value) for state in states]


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
    """What a purpose means from its approval on (CON-01). Immutable once approved."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(max_length=1000)
    enables = models.TextField(
        max_length=1000, help_text=_("The goods, services or uses it makes possible (r.3(b)(ii)).")
    )
    dpv_purpose = models.CharField(max_length=120, help_text=_("For example dpv:DirectMarketing."))
    grounds = models.JSONField(
        help_text=_('The ground per law, for example {"IN": "consent", "EU": "6-1-a"}.')
    )
    categories = models.JSONField(default=list, help_text=_("Codes of the necessary data."))
    operations = models.JSONField(default=list)
    recipients = models.JSONField(default=list, help_text=_("Codes of parties."))
    retention_days = models.PositiveIntegerField()
    valid_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How long a consent lasts; empty: until withdrawn.")
    )
    owner = models.CharField(max_length=120)
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

    class Meta:
        ordering = ["purpose", "-number"]
        constraints = [
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
            "number", "title", "description", "enables", "dpv_purpose", "grounds", "categories",
            "operations", "recipients", "retention_days", "valid_days", "owner", "is_marketing",
            "is_tracking", "is_detrimental_to_children", "uses_ai", "needs_explicit",
            "schedule_item", "is_material",
        )  # fmt: skip
        operational = (
            "id", "controller", "purpose", "created_at", "created_by", "approved_at", "approved_by",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Notice(models.Model):
    """A notice by its code, for one law. What it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="notices"
    )
    code = models.SlugField(max_length=60)
    pack = models.CharField(max_length=2, choices=[("IN", "India"), ("EU", "European Union")])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="consent_notice_once"),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("code", "pack")
        operational = ("id", "controller", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.code


class NoticeVersion(models.Model):
    """One version of a notice. Immutable once published (CON-03)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    is_material = models.BooleanField(
        default=True, help_text=_("Consents under earlier versions must be asked again.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["notice", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"], name="consent_notice_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by="")
                | models.Q(published_at__isnull=False)
                & ~models.Q(published_by="")
                & ~models.Q(published_by=models.F("created_by")),
                name="consent_notice_published_by_another",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("number", "is_material", "published_at", "published_by")
        operational = ("id", "controller", "notice", "created_at", "created_by")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.notice.code} {self.number}"


class NoticePurpose(models.Model):
    """A notice version asks about this purpose version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="purposes"
    )
    purpose_version = models.ForeignKey(
        PurposeVersion, on_delete=models.PROTECT, related_name="notices"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice_version", "purpose_version"], name="consent_notice_purpose_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("notice_version", "purpose_version")
        operational = ("id", "controller")
        on_erasure = "none"


class NoticeTranslation(models.Model):
    """The words of a notice version in one language, and the hash that binds consents to them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="translations"
    )
    language = models.CharField(max_length=20)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice_version", "language"], name="consent_translation_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("notice_version", "language", "content", "sha256")
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.notice_version_id} {self.language}"


class ConsentEvent(models.Model):
    """One line of the ledger: what a person chose about one purpose, and the proof of it.

    Append-only at the database. `sequence` counts the lines of one person and purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
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
    state = models.CharField(max_length=12, choices=_choices(State))
    event_at = models.DateTimeField(help_text=_("When the person chose."))
    recorded_at = models.DateTimeField(help_text=_("When the suite learnt of it."))
    expires_at = models.DateTimeField(null=True)
    purpose_version = models.PositiveIntegerField()
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="+", null=True
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
        return f"{self.state} {self.id}"


class ConsentState(models.Model):
    """Where one person stands on one purpose now: the ledger's last line, ready for the check."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
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
    state = models.CharField(max_length=12, choices=_choices(State))
    since_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    purpose_version = models.PositiveIntegerField()
    notice_version_id = models.UUIDField(null=True)
    language = models.CharField(max_length=20, blank=True)
    is_explicit = models.BooleanField(default=False)
    is_provable = models.BooleanField(default=False)
    given_by = models.CharField(max_length=20, default="principal")
    guardian_verified = models.BooleanField(default=False)

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
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "purpose", "event_id", "sequence", "state", "since_at", "expires_at",
            "purpose_version", "notice_version_id", "language", "is_explicit", "is_provable",
            "given_by", "guardian_verified",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return f"{self.state} {self.event_id}"


class Objection(models.Model):
    """An objection of a person (GDPR Art 21), standing while `lifted_at` is empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    kind = models.CharField(
        max_length=20, choices=[("direct_marketing", _("Direct marketing (Art 21(2))"))]
    )
    objected_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=models.Q(lifted_at=None),
                name="consent_objection_once",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("kind", "objected_at", "lifted_at")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"


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
        evidence = ("purpose", "started_at", "ends_at")
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"
