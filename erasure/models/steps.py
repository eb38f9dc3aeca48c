"""Steps: what one system is told about one person, how it went, and what proves it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erasure.models.cases import VERBS
from erasure.words import FINDINGS
from keys.ids import uuid7
from keys.naming import dated


class StepState(models.TextChoices):
    """Only the verified, the exempt and the excepted have ended; of informing, the confirmed."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted by the system")
    CONFIRMED = "confirmed", _("The system says it is done")
    ABSENT = "absent", _("Verified absent")
    EXEMPT = "exempt", _("Exempt by law")
    EXCEPTED = "excepted", _("Excepted by an officer's signature")
    FAILED = "failed", _("Failed: an officer must look")


ENDED = ("absent", "exempt", "excepted")


class Duty(models.TextChoices):
    INSTRUCT = "instruct", _("Instruct: it works on the controller's behalf")
    INFORM = "inform", _("Inform: it decides for itself (GDPR 19)")


class Step(models.Model):
    """One person at one system or party. `next_at` is when something is due; empty: it waits for
    others, for an officer, or for nothing any more.

    A step that was found undone begins again as another `round`, with another key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    case = models.ForeignKey(
        "erasure.Case",
        on_delete=models.PROTECT,
        related_name="steps",
        verbose_name=_("erasure case"),
    )
    subject_id = models.UUIDField(db_index=True)
    system = models.ForeignKey(
        "registry.System",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("system"),
    )
    party = models.ForeignKey(
        "registry.Party",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("party"),
    )
    duty = models.CharField(_("duty"), max_length=10, choices=Duty.choices, default=Duty.INSTRUCT)
    verb = models.CharField(_("what is done"), max_length=10, choices=VERBS)
    lane = models.PositiveSmallIntegerField(default=0)
    categories = ArrayField(
        models.CharField(max_length=100),
        default=list,
        help_text=_("Empty: everything."),
        verbose_name=_("data categories"),
    )
    kept = models.JSONField(
        _("what stays"),
        default=list,
        help_text=_("What stays: category, because, citation, until."),
    )
    after = ArrayField(
        models.UUIDField(),
        default=list,
        help_text=_("Steps of the case that end before it."),
        verbose_name=_("waits for"),
    )
    after_seconds = models.PositiveIntegerField(_("and so many seconds more"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=StepState.choices, default=StepState.PLANNED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, help_text=_("In this round."))
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    code = models.CharField(
        _("what went wrong"), max_length=60, blank=True, help_text=_("What went wrong last.")
    )
    reference = models.CharField(
        _("the system’s reference"), max_length=200, blank=True, help_text=_("The system's own.")
    )
    evidence = models.JSONField(
        _("evidence"), default=dict, help_text=_("Codes, counts and digests only.")
    )
    possible_repeats = models.PositiveIntegerField(
        _("calls that may have had effect twice"),
        default=0,
        help_text=_("Calls that may have had their effect twice."),
    )
    sent_at = models.DateTimeField(_("told at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("said to be done at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    late_at = models.DateTimeField(
        _("looked at once more at"),
        null=True,
        blank=True,
        help_text=_("When it is looked at once more."),
    )
    late_finding = models.CharField(
        _("what was found then"), max_length=12, blank=True, choices=list(FINDINGS.items())
    )
    excepted_by = models.CharField(_("excepted by"), max_length=80, blank=True)
    excepted_reason = models.CharField(_("why it was excepted"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("erasure step")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(system__isnull=False, party=None)
                | models.Q(system=None, party__isnull=False),
                name="erasure_step_system_or_party",
            ),
            models.UniqueConstraint(
                fields=["case", "system"], condition=models.Q(system__isnull=False),
                name="erasure_step_once_a_system",
            ),
            models.UniqueConstraint(
                fields=["case", "party"], condition=models.Q(party__isnull=False),
                name="erasure_step_once_a_party",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ENDED, ended_at__isnull=False)
                | models.Q(state="confirmed", duty="inform", ended_at__isnull=False)
                | ~models.Q(state__in=ENDED) & models.Q(ended_at=None),
                name="erasure_step_ends_one_way",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="excepted")
                | ~models.Q(excepted_by="") & ~models.Q(excepted_reason=""),
                name="erasure_step_exception_signed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="exempt") | ~models.Q(kept=[]),
                name="erasure_step_exemption_says_why",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["system", "lane", "next_at"], condition=models.Q(next_at__isnull=False),
                name="erasure_steps_due",
            ),
            models.Index(
                fields=["controller", "system", "state"], name="erasure_steps_by_state"
            ),
            models.Index(
                fields=["late_at"], condition=models.Q(late_at__isnull=False),
                name="erasure_steps_late",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "case", "system", "party", "duty", "verb", "categories", "kept", "state", "round",
            "attempts", "code", "reference", "evidence", "possible_repeats", "sent_at",
            "accepted_at", "confirmed_at", "ended_at", "late_at", "late_finding", "excepted_by",
            "excepted_reason", "created_at",
        )  # fmt: skip
        operational = (
            "id", "controller", "subject_id", "lane", "after", "after_seconds", "next_at",
        )  # fmt: skip
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_verb_display(), self.created_at)

    @property
    def key(self) -> str:
        """Under which every repetition of this round is told."""
        return f"{self.id.hex}-{self.round}"


class Marked(models.TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    CONFIRMED = "confirmed", _("Confirmed")
    ABSENT = "absent", _("Verified absent")
    REOPENED = "reopened", _("Found undone, and begun again")
    EXEMPT = "exempt", _("Exempt")
    EXCEPTED = "excepted", _("Excepted")
    FAILED = "failed", _("Failed")
    LATE = "late", _("Looked at once more")
    REMINDED = "reminded", _("Asked again, by hand")


class Mark(models.Model):
    """One recorded effect of a step: appended, never changed, and each once a round."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField()
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, related_name="marks", db_index=False, verbose_name=_("step")
    )
    round = models.PositiveSmallIntegerField(_("round"))
    kind = models.CharField(_("what happened"), max_length=10, choices=Marked.choices)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    at = models.DateTimeField(_("at"))
    code = models.CharField(_("what was said"), max_length=60, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)

    class Meta:
        verbose_name = _("recorded effect")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "round", "kind", "attempt"], name="erasure_mark_once"
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("step", "round", "kind", "attempt", "at", "code", "evidence")
        operational = ("id", "controller_id")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.at)


class Gate(models.Model):
    """What holds the calls to one system back: its budget, and its rest after failures."""

    system = models.OneToOneField(
        "registry.System",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        verbose_name=_("system"),
    )
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    failures = models.PositiveIntegerField(
        _("failures in a row"), default=0, help_text=_("In a row.")
    )
    rests_until_at = models.DateTimeField(_("left alone until"), null=True, blank=True)
    trouble = models.CharField(_("what went wrong"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("answered last"), null=True, blank=True)
    budget = models.FloatField(_("calls left"), default=0)
    budget_at = models.DateTimeField(_("calls counted at"), null=True, blank=True)
    waves = models.JSONField(
        _("jobs by lane"), default=dict, help_text=_("By lane: how many jobs it has had.")
    )

    class Meta:
        verbose_name = _("gate of a system")

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "system", "controller", "failures", "rests_until_at", "trouble", "answered_at",
            "budget", "budget_at", "waves",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.system.name)
