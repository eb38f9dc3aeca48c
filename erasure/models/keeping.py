"""What may not go yet: holds, retention, India's vault; and who was not heard of for long."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erasure.scopes import ScopeType
from keys.ids import uuid7
from keys.naming import dated


class Hold(models.Model):
    """Data that must not be destroyed while a matter is open (GDPR 17(3)(e); DPDP s.17(1)(a)).

    It stops destruction only: what was denied stays denied. The hold of one person is a standing
    of theirs, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        null=True, blank=True, help_text=_("Empty: everybody within the scope."),
        verbose_name=_("person"),
    )  # fmt: skip
    scope_type = models.CharField(_("reaches"), max_length=12, choices=ScopeType.choices)
    scope = models.CharField(_("purpose or category"), max_length=100, blank=True)
    matter = models.CharField(
        _("matter"), max_length=80, help_text=_("The matter's reference, not its people.")
    )
    authority = models.CharField(_("authority"), max_length=120)
    citation = models.CharField(_("law"), max_length=120)
    review_on = models.DateField(_("look at it again on"))
    set_at = models.DateTimeField(_("set at"), auto_now_add=True)
    set_by = models.CharField(_("set by"), max_length=80)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.CharField(_("lifted by"), max_length=80, blank=True)
    lifted_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope_type="everything", scope="")
                | ~models.Q(scope_type="everything") & ~models.Q(scope=""),
                name="erasure_hold_has_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by="", lifted_reason="")
                | models.Q(lifted_at__isnull=False) & ~models.Q(lifted_by=""),
                name="erasure_hold_lifted_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("scope_type", "scope")
        sensitive = ()
        evidence = (
            "matter", "authority", "citation", "review_on", "set_at", "set_by", "lifted_at",
            "lifted_by", "lifted_reason",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return self.matter


class RetentionRule(models.Model):
    """How long data of a category for a purpose are kept, and by which law. Never changed: ended,
    and another one entered. Empty purpose or category: any.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    code = models.SlugField(_("code"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=100, blank=True)
    category = models.CharField(_("data category"), max_length=100, blank=True)
    pack = models.CharField(
        _("whose law"), max_length=2, blank=True, help_text=_("IN or EU; empty: both.")
    )
    counts_from = models.CharField(
        _("counts from"),
        max_length=12,
        choices=[
            ("collected", _("When it was collected")),
            ("last_use", _("When it was used last")),
            ("purpose_end", _("When its purpose ended")),
        ],
    )
    minimum_days = models.PositiveIntegerField(_("kept at least (days)"), default=0)
    maximum_days = models.PositiveIntegerField(_("gone after (days)"), null=True, blank=True)
    citation = models.CharField(_("law"), max_length=160, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    effective_on = models.DateField(_("counts from the day"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("retention rule")
        ordering = ["code", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "code"], condition=models.Q(ended_on=None),
                name="erasure_retention_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_days=0) | ~models.Q(citation=""),
                name="erasure_minimum_cites_a_law",
            ),
            models.CheckConstraint(
                condition=models.Q(maximum_days=None)
                | models.Q(maximum_days__gte=models.F("minimum_days")),
                name="erasure_retention_bounds",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "code", "purpose", "category", "pack", "counts_from", "minimum_days", "maximum_days",
            "citation", "reviewed_by", "effective_on", "ended_on", "created_at", "created_by",
        )  # fmt: skip
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.code


class VaultItem(models.Model):
    """One element that a law of India has us keep, out of reach of everything but that law.

    Sealed under a key of its own, which is destroyed on `destroy_on` (DPDP Rules r.8(3)).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("person"),
    )
    case = models.ForeignKey(
        "erasure.Case", on_delete=models.PROTECT, related_name="+", verbose_name=_("erasure case")
    )
    category = models.CharField(_("data category"), max_length=100)
    element = models.CharField(
        _("which one"), max_length=100, help_text=_("Which one: a code, never its value.")
    )
    sealed = models.BinaryField(null=True)
    wrapped_key = models.BinaryField(null=True)
    wrapping_version = models.PositiveIntegerField(null=True)
    citation = models.CharField(_("law"), max_length=160)
    destroy_on = models.DateField(_("destroyed on"))
    stored_at = models.DateTimeField(_("put in at"), auto_now_add=True)
    destroyed_at = models.DateTimeField(_("destroyed at"), null=True, blank=True)

    wrapped_pairs = (("wrapped_key", "wrapping_version"),)

    class Meta:
        verbose_name = _("vaulted element")
        ordering = ["destroy_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "category", "element"], name="erasure_vault_item_once"
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, sealed__isnull=False)
                & models.Q(wrapped_key__isnull=False, wrapping_version__isnull=False)
                | models.Q(destroyed_at__isnull=False, sealed=None)
                & models.Q(wrapped_key=None, wrapping_version=None),
                name="erasure_vault_destroyed_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["destroy_on"], condition=models.Q(destroyed_at=None),
                name="erasure_vault_due",
            )
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ("sealed",)
        sensitive = ()
        evidence = (
            "case", "category", "element", "citation", "destroy_on", "stored_at", "destroyed_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject", "wrapped_key", "wrapping_version")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.stored_at)


class VaultAccess(models.Model):
    """Somebody may read one person's vaulted elements for a while: one asks, another approves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("person"),
    )
    ground = models.CharField(
        _("ground"),
        max_length=20,
        choices=[
            ("seventh_schedule", _("A purpose of the Seventh Schedule (r.23)")),
            ("security", _("Investigation of a security incident (r.6(1)(e))")),
            ("other_law", _("Another law, which is cited")),
        ],
    )
    citation = models.CharField(_("law"), max_length=160)
    matter = models.CharField(_("matter"), max_length=80)
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Why; never a person's data.")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    asked_by = models.CharField(_("asked by"), max_length=80)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("decided by"), max_length=80, blank=True)
    expires_at = models.DateTimeField(_("open until"))
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access to the vault")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False)
                & ~models.Q(approved_by="")
                & ~models.Q(approved_by=models.F("asked_by")),
                name="erasure_vault_needs_two",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "ground", "citation", "matter", "reason", "asked_at", "asked_by", "approved_at",
            "approved_by", "expires_at", "refused_at", "read_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.matter, self.asked_at)


class DeliveredHow(models.TextChoices):
    EMAIL = "email", _("By e-mail")
    LETTER = "letter", _("By letter")
    SMS = "sms", _("By text message")
    PHONE = "phone", _("By telephone")
    IN_PERSON = "in_person", _("In person")


class InactivityNotice(models.Model):
    """A person not heard of was told that their data will go, at least 48 hours before (r.8(2))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("person"),
    )
    last_heard_at = models.DateTimeField(_("heard of last"))
    delivered_at = models.DateTimeField(_("told at"), null=True, blank=True)
    delivered_how = models.CharField(
        _("how they were told"), max_length=10, blank=True, default="", db_default="",
        choices=DeliveredHow.choices,
    )  # fmt: skip
    proof = models.CharField(
        _("proof"), max_length=120, blank=True, default="", db_default="",
        help_text=_("What shows the delivery, as a reference; never a person’s data."),
    )  # fmt: skip
    purge_at = models.DateTimeField(_("erased on"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_how = models.CharField(
        _("how it ended"),
        max_length=20,
        blank=True,
        choices=[("heard", _("The person was heard of")), ("purged", _("The data were erased"))],
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("notice before erasure")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(ended_at=None),
                name="erasure_one_notice_at_a_time",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["purge_at"], condition=models.Q(ended_at=None), name="erasure_notices_due"
            )
        ]

    class Privacy:
        identifier = ()
        personal = ("last_heard_at",)
        sensitive = ()
        evidence = (
            "delivered_at", "delivered_how", "proof", "purge_at", "ended_at", "ended_how",
            "created_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.purge_at)
