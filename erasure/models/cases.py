"""Cases: that data of one person must go, within a scope, because of something that happened."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erasure.scopes import ScopeType
from erasure.words import OUTCOMES
from keys.ids import uuid7
from keys.naming import dated
from registry.connectors.contract import Verb

VERBS = [
    (Verb.ERASE.value, _("Erase")),
    (Verb.CORRECT.value, _("Correct")),
    (Verb.RESTRICT.value, _("Restrict")),
    (Verb.LIFT.value, _("Lift a restriction")),
]


class Policy(models.Model):
    """How a controller handles erasures, from a moment on. Never changed: another one follows.

    `content` has the form of erasure/policies.py; a case keeps the one it was opened under.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("what it says"))
    note = models.CharField(_("what changes"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.CharField(_("entered by"), max_length=80)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("erasure policy")
        verbose_name_plural = _("erasure policies")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "number"], name="erasure_policy_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False) & ~models.Q(approved_by=""),
                name="erasure_policy_approved_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("note", "created_at", "created_by", "approved_at", "approved_by")
        operational = ("id", "controller", "number", "content")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.number}"


class Trigger(models.TextChoices):
    """Why data must go (DPDP s.8(7), 12(3); GDPR 17(1))."""

    REQUEST = "request", _("The person asked")
    WITHDRAWAL = "withdrawal", _("A consent was withdrawn")
    PURPOSE_END = "purpose_end", _("The purpose has ended")
    RETENTION = "retention", _("The retention period has ended")
    INACTIVITY = "inactivity", _("The person was not heard of for the period of the law")
    OBJECTION = "objection", _("An objection was upheld")
    UNLAWFUL = "unlawful", _("The processing was unlawful")
    LEGAL_DUTY = "legal_duty", _("A law or an order says so")
    CHILD_SERVICE = "child_service", _("Collected from a child for an online service")
    PLATFORM = "platform", _("A platform passed the person's request on")


class CaseState(models.TextChoices):
    OPEN = "open", _("Opened")
    REVIEW = "review", _("Waits for an officer's decision")
    APPROVAL = "approval", _("Waits for approval")
    RUNNING = "running", _("Under way")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    REFUSED = "refused", _("Refused")


class Case(models.Model):
    """One duty about one person. What was in force when it was opened is frozen with it.

    The person's identifiers are sealed under a key of the case, which is destroyed when nothing is
    left to look for: so systems can be asked again after the person's own key is gone.
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
    verb = models.CharField(
        _("what is done"), max_length=10, choices=VERBS, default=Verb.ERASE.value
    )
    trigger = models.CharField(_("why there is a case"), max_length=16, choices=Trigger.choices)
    trigger_ref = models.CharField(
        _("reference"),
        max_length=100,
        help_text=_("What happened, as an id of ours or a reference of theirs."),
    )
    scope_type = models.CharField(_("reaches"), max_length=12, choices=ScopeType.choices)
    scope = models.CharField(_("purpose or category"), max_length=100, blank=True)
    packs = ArrayField(models.CharField(max_length=2), default=list, verbose_name=_("laws"))
    state = models.CharField(
        _("state"), max_length=10, choices=CaseState.choices, default=CaseState.OPEN
    )
    code = models.CharField(
        _("why it waits or ended"),
        max_length=60,
        blank=True,
        help_text=_("Why it waits, was refused or cancelled."),
    )
    received_at = models.DateTimeField(
        _("duty began"), help_text=_("When the duty began: clocks count from here.")
    )
    due_at = models.DateTimeField(_("due"))
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    opened_by = models.CharField(_("opened by"), max_length=80)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("policy")
    )
    plan = models.JSONField(
        _("plan"), default=dict, help_text=_("What happens to what, where and why.")
    )
    plan_sha256 = models.CharField(_("digest of the plan"), max_length=64, blank=True)
    planned_at = models.DateTimeField(_("planned at"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=80, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=80, blank=True)
    joined_into = models.UUIDField(
        _("done by another case"),
        null=True,
        blank=True,
        help_text=_("The case that already does what this one asks for."),
    )
    law = models.CharField(
        _("whose law counts"),
        max_length=2, blank=True, default="", db_default="",
        help_text=_("Whose law an officer decided on, where two contradict."),
    )  # fmt: skip
    claims = models.JSONField(
        _("claimed exemptions"),
        default=list, db_default=[],
        help_text=_("Exemptions an officer claimed: category, pack, citation, until."),
    )  # fmt: skip
    revisit_on = models.DateField(
        _("looked at again on"),
        null=True,
        blank=True,
        help_text=_("When it is seen whether what stayed must go now."),
    )
    refusal = models.CharField(
        _("why it was refused"),
        max_length=300, blank=True, default="", db_default="",
        help_text=_("Why it was refused, in words the person is told."),
    )  # fmt: skip
    sealed = models.BinaryField(null=True, blank=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    wrapping_version = models.PositiveIntegerField(null=True, blank=True)

    wrapped_pairs = (("wrapped_key", "wrapping_version"),)
    wrapped_prefix = b"erasure_case\0"

    class Meta:
        verbose_name = _("erasure case")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "subject", "trigger", "trigger_ref", "verb"],
                name="erasure_case_once_for_a_cause",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_type="everything", scope="")
                | ~models.Q(scope_type="everything") & ~models.Q(scope=""),
                name="erasure_case_has_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(wrapped_key=None, wrapping_version=None)
                | models.Q(wrapped_key__isnull=False, wrapping_version__isnull=False),
                name="erasure_case_key_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False)
                & ~models.Q(approved_by="")
                & ~models.Q(approved_by=models.F("opened_by")),
                name="erasure_case_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by="")
                | models.Q(closed_at__isnull=False) & ~models.Q(closed_by=""),
                name="erasure_case_closed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["controller", "state", "due_at"], name="erasure_cases_by_clock"),
            models.Index(fields=["subject"], name="erasure_cases_of"),
            models.Index(
                fields=["revisit_on"],
                condition=models.Q(revisit_on__isnull=False),
                name="erasure_cases_revisited",
            ),
        ]

    class Privacy:
        identifier = ("sealed",)
        personal = ("scope_type", "scope", "refusal")
        sensitive = ()
        evidence = (
            "verb", "trigger", "trigger_ref", "packs", "state", "code", "received_at", "due_at",
            "opened_at", "opened_by", "policy", "plan", "plan_sha256", "planned_at", "approved_at",
            "approved_by", "closed_at", "closed_by", "joined_into", "law", "claims",
        )  # fmt: skip
        operational = (
            "id", "controller", "subject", "wrapped_key", "wrapping_version", "revisit_on",
        )  # fmt: skip
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_trigger_display(), self.opened_at)


class Platform(models.TextChoices):
    APPLE = "apple", _("Apple")
    GOOGLE = "google", _("Google")
    META = "meta", _("Meta")
    SHOPIFY = "shopify", _("Shopify")


class Callback(models.Model):
    """A platform told us that a person wants their data gone. The person's id there is digested."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    platform = models.CharField(_("platform"), max_length=10, choices=Platform.choices)
    message_id = models.CharField(
        _("message"), max_length=100, help_text=_("The platform's own; told once.")
    )
    code = models.CharField(
        _("code of the page about it"), max_length=40, help_text=_("Told the person for asking.")
    )
    case_id = models.UUIDField(_("erasure case"), null=True, blank=True)
    outcome = models.CharField(_("what followed"), max_length=40, choices=list(OUTCOMES.items()))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)

    class Meta:
        verbose_name = _("deletion callback")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "platform", "message_id"], name="erasure_callback_once"
            ),
            models.UniqueConstraint(
                fields=["controller", "code"], name="erasure_callback_code_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("platform", "message_id", "code", "outcome", "received_at")
        operational = ("id", "controller", "case_id")
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(self.get_platform_display(), self.received_at)
