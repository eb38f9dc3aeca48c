"""What happens to a consent after it was given: reminders, messages, and grounds beside it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.grounds import NEEDS
from consent.models.notices import NoticeVersion
from consent.models.purposes import Purpose
from keys.ids import uuid7
from keys.naming import dated


class ContactPlan(models.Model):
    """What persons are written about one purpose: before a yes ends, and when they chose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.OneToOneField(Purpose, on_delete=models.PROTECT, related_name="contact_plan")
    remind_days = models.JSONField(
        default=list, help_text=_("Days before a consent ends at which its person is reminded.")
    )
    confirms = models.JSONField(
        default=list, help_text=_("What is confirmed to the person: given, withdrawn ...")
    )
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("reminders and confirmations")
        verbose_name_plural = _("reminders and confirmations")

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("purpose", "remind_days", "confirms", "set_at", "set_by")
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.purpose.code


class MessageKind(models.TextChoices):
    LEGACY_NOTICE = "legacy_notice", _("Notice about an old consent (DPDP s.5(2))")
    EXPIRY_REMINDER = "expiry_reminder", _("A consent ends soon")
    RECONSENT_REQUEST = "reconsent_request", _("The words changed: asked again")
    CONFIRMATION = "confirmation", _("What the person chose")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    PORTAL = "portal", _("Only in the portal")
    DROPPED = "dropped", _("No longer needed")


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By text message")


class Message(models.Model):
    """Something one person is told about one purpose, and how it reached them (POR-13).

    Its words are made when it is sent or read, from the ledger and the notices; none are kept
    here. `key` makes it one: the same cause is told once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False,  # the unique key below begins with it
    )  # fmt: skip
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    key = models.CharField(max_length=60)
    event_id = models.UUIDField(null=True, blank=True)
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    language = models.CharField(max_length=20, blank=True)
    notice_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=8, choices=MessageState.choices, default=MessageState.QUEUED
    )
    reason = models.CharField(
        max_length=20, blank=True, help_text=_("Why it was not sent, as a code.")
    )
    channel = models.CharField(
        max_length=8, blank=True, choices=MessageChannel.choices,
        help_text=_("How it went out; empty: it did not, or nobody noted it then."),
    )  # fmt: skip
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("message to a person")
        verbose_name_plural = _("messages to people")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["controller", "kind", "purpose", "state"], name="consent_message_counts"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "kind", "key"], name="consent_message_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | ~models.Q(state="sent") & models.Q(sent_at=None),
                name="consent_message_sent_at_a_time",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("purpose", "kind", "seen_at")
        sensitive = ()
        evidence = (
            "key", "event_id", "notice_version", "language", "notice_sha256", "state", "reason",
            "channel", "queued_at", "sent_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.queued_at)


class LegacyQueue(Purpose):
    """A purpose, seen by the consents to it that are older than the Act and await their notice."""

    class Meta:
        proxy = True
        verbose_name = _("old consents without notice")
        verbose_name_plural = _("old consents without notice")

    class Privacy(Purpose.Privacy):
        """The same rows."""


class GroundState(models.TextChoices):
    CLAIMED = "claimed", _("Claimed: evidence is not complete")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


def _complete() -> models.Q:
    """Every ground with the evidence it needs."""
    found = models.Q()
    for needs in sorted(set(NEEDS.values())):
        grounds = sorted(ground for ground, wanted in NEEDS.items() if wanted == needs)
        held = models.Q(ground__in=grounds)
        for name in needs:
            is_text = name in {"reference", "citation"}
            held &= ~models.Q(**{name: ""}) if is_text else models.Q(**{f"{name}__isnull": False})
        found |= held
    return found


class PersonalGround(models.Model):
    """Why one person's data may be used for one purpose without their consent (CON-21).

    It is evidence. Whether the purpose may rest on such a ground at all, its approved version and
    the legal findings about it say.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(max_length=2, choices=[("IN", _("India")), ("EU", _("European Union"))])
    ground = models.CharField(max_length=8, choices=[(one, one) for one in NEEDS])
    state = models.CharField(max_length=8, choices=GroundState.choices, default=GroundState.CLAIMED)
    provided_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the person gave the data of their own accord.")
    )
    reference = models.CharField(
        max_length=120, blank=True,
        help_text=_("The company's own reference of the contract, application, order or incident."),
    )  # fmt: skip
    citation = models.CharField(
        max_length=200, blank=True, help_text=_("The law and the place in it.")
    )
    assessment_id = models.UUIDField(
        null=True, blank=True, help_text=_("The legal finding that balanced the interests.")
    )
    ends_on = models.DateField(null=True, blank=True, help_text=_("Last day it counts."))
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    end_reason = models.CharField(
        max_length=60, blank=True, help_text=_("A code, never free text.")
    )

    class Meta:
        verbose_name = _("ground other than consent")
        verbose_name_plural = _("grounds other than consent")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "ground"],
                condition=models.Q(ended_at=None),
                name="consent_ground_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | _complete(),
                name="consent_active_ground_has_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(activated_at=None, activated_by="")
                | models.Q(activated_at__isnull=False) & ~models.Q(activated_by=""),
                name="consent_ground_activated_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(activated_at__isnull=False),
                name="consent_active_ground_was_activated",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="") & ~models.Q(state="ended")
                | models.Q(ended_at__isnull=False, state="ended") & ~models.Q(ended_by=""),
                name="consent_ground_ended_by_somebody",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("purpose", "reference", "provided_at")
        sensitive = ()
        evidence = (
            "pack", "ground", "state", "citation", "assessment_id", "ends_on", "recorded_at",
            "recorded_by", "activated_at", "activated_by", "ended_at", "ended_by", "end_reason",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return f"{self.ground} {self.get_state_display()}"
