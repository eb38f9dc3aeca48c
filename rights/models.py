"""Requests of people: what they ask for, whether it is they who ask, and until when we answer."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erasure.scopes import ScopeType
from keys.ids import uuid7
from keys.naming import dated
from rights.grounds import ANSWERS, IDENTIFIED, REFUSED


class Channel(models.TextChoices):
    PORTAL = "portal", _("The portal")
    API = "api", _("A service of the company")
    PHONE = "phone", _("By telephone")
    PAPER = "paper", _("On paper")
    PLATFORM = "platform", _("A platform passed it on")


class RequestKind(models.TextChoices):
    ERASURE = "erasure", _("Erase my data")
    ACCESS = "access", _("A copy of my data")
    CORRECTION = "correction", _("Put my data right")


class RequestState(models.TextChoices):
    RECEIVED = "received", _("Received")
    IDENTITY = "identity", _("Waits for proof of who asks")
    WORKING = "working", _("Being done")
    ANSWERED = "answered", _("Has been answered")
    REFUSED = "refused", _("Refused, with reasons")
    TAKEN_BACK = "taken_back", _("Taken back by the person")


class Request(models.Model):
    """One request. The clock starts when it is received (GDPR 12(3); DPDP r.14)."""

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
    kind = models.CharField(_("what they ask for"), max_length=12, choices=RequestKind.choices)
    scope_type = models.CharField(_("reaches"), max_length=12, choices=ScopeType.choices)
    scope = models.CharField(_("purpose or category"), max_length=100, blank=True)
    attribute = models.CharField(
        _("what is to be put right"),
        max_length=60, blank=True, default="", db_default="",
        help_text=_("Of a correction: what is to be put right."),
    )  # fmt: skip
    asked = models.BinaryField(
        _("what is right"),
        null=True, blank=True, editable=False,
        help_text=_("What the person says is right, under their own key."),
    )  # fmt: skip
    channel = models.CharField(_("how it came"), max_length=20, choices=Channel.choices)
    acting_id = models.UUIDField(
        _("who asks for the person"),
        null=True,
        blank=True,
        help_text=_("Who asks for the person: a parent or guardian."),
    )
    state = models.CharField(_("state"), max_length=12, choices=RequestState.choices)
    pack = models.CharField(_("whose law"), max_length=2)
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("due"))
    extended_at = models.DateTimeField(_("extended at"), null=True, blank=True)
    extension_reason = models.CharField(_("why it was extended"), max_length=300, blank=True)
    identified_at = models.DateTimeField(_("settled who asks at"), null=True, blank=True)
    identified_how = models.CharField(
        _("how it was settled who asks"), max_length=40, blank=True,
        choices=list(IDENTIFIED.items()),
    )  # fmt: skip
    case_id = models.UUIDField(
        _("erasure case"), null=True, blank=True, help_text=_("The erasure case it opened.")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer_code = models.CharField(
        _("how it was answered"), max_length=60, blank=True,
        choices=list((ANSWERS | REFUSED).items()),
    )  # fmt: skip
    answer_text = models.CharField(_("in plain words"), max_length=1000, blank=True)
    handled_by = models.CharField(_("handled by"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of people")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "scope_type", "scope", "attribute"],
                condition=models.Q(state__in=["received", "identity", "working"]),
                name="rights_one_open_request",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_type="everything", scope="")
                | ~models.Q(scope_type="everything") & ~models.Q(scope=""),
                name="rights_request_has_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(extended_at=None, extension_reason="")
                | models.Q(extended_at__isnull=False) & ~models.Q(extension_reason=""),
                name="rights_extension_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="correction", asked__isnull=False)
                & ~models.Q(attribute="")
                | ~models.Q(kind="correction") & models.Q(attribute="", asked=None),
                name="rights_correction_says_what",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["controller", "state", "due_at"], name="rights_requests_by_clock"),
        ]

    class Privacy:
        identifier = ()
        personal = ("scope_type", "scope", "attribute", "asked", "acting_id", "answer_text")
        sensitive = ()
        evidence = (
            "kind", "channel", "state", "pack", "received_at", "due_at", "extended_at",
            "extension_reason", "identified_at", "identified_how", "case_id", "answered_at",
            "answer_code", "handled_by", "created_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.received_at)


class Pause(models.Model):
    """The clock stood still while who asks was checked, on a doubt that is named (GDPR 12(6))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="pauses", verbose_name=_("request")
    )
    reason = models.CharField(_("reason"), max_length=300)
    began_at = models.DateTimeField(_("stopped at"))
    ended_at = models.DateTimeField(_("ran again at"), null=True, blank=True)
    began_by = models.CharField(_("stopped by"), max_length=80)

    class Meta:
        verbose_name = _("pause of a clock")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(ended_at=None), name="rights_one_pause"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("request", "reason", "began_at", "ended_at", "began_by")
        operational = ("id", "controller")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.began_at)


class AccessBundle(models.Model):
    """A copy of what is held about a person, made for them; the file goes after some days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, related_name="bundle", verbose_name=_("request")
    )
    subject = models.ForeignKey(
        "subjects.Subject",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("person"),
    )
    sealed = models.BinaryField(
        null=True, blank=True, editable=False, help_text=_("Under the person's own key.")
    )
    size = models.BigIntegerField(_("size (bytes)"), default=0)
    sha256 = models.CharField(_("digest of the file"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("can be taken until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed=None)
                | models.Q(made_at__isnull=False, expires_at__isnull=False, ended_at=None),
                name="rights_copy_made_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(sealed__isnull=False),
                name="rights_copies_ending",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("sealed", "size", "sha256")
        sensitive = ()
        evidence = ("request", "made_at", "taken_at", "expires_at", "ended_at")
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.made_at)
