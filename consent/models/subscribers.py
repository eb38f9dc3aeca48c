"""What has changed about people's choices, who is told of it, and how each telling went."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class Feed(models.Model):
    """How far one controller's changes are numbered, and up to where they are deleted again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    last = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["controller"], name="consent_feed_once"),
            models.CheckConstraint(
                condition=Q(forgotten__lte=models.F("last")), name="consent_feed_bounds"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "last", "forgotten")
        on_erasure = "none"


class Change(models.Model):
    """Something that others must hear of: written in the transaction of its cause.

    `number` counts all of them as they are written, and of one person they are written one after
    the other. `position` is given once it is committed, controller by controller: positions become
    visible in their order, so whoever has read up to one has missed none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    number = models.BigIntegerField(help_text=_("Counted by the database."))
    position = models.BigIntegerField(_("position"), null=True)
    subject_id = models.UUIDField()
    kind = models.CharField(_("what changed"), max_length=40)
    purpose = models.CharField(_("purpose"), max_length=100, blank=True)
    about = models.CharField(
        _("about"), max_length=120, blank=True,
        help_text=_("The kind of objection, or the reach of a restriction; empty for consents."),
    )  # fmt: skip
    cause_id = models.UUIDField()
    at = models.DateTimeField(_("since"), help_text=_("When the person chose."))
    noted_at = models.DateTimeField(_("noted at"), db_default=Now())

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["controller", "position"], name="consent_change_position_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["number"], condition=Q(position=None), name="consent_change_unplaced"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("subject_id", "kind", "purpose", "about")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "number", "position", "cause_id", "at", "noted_at")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return self.kind


class SignatureScheme(models.TextChoices):
    HMAC = "hmac", _("HMAC-SHA256: one secret for both sides")
    ED25519 = "ed25519", _("Ed25519: the receiver holds only a public key")


class EndReason(models.TextChoices):
    OFFICER = "officer", _("stopped by an officer")
    GONE = "gone", _("its address answered that it is gone")
    SILENT = "silent", _("nothing was heard of it for days")


class Subscriber(models.Model):
    """A service that is told of changes, at an address or by asking; until `disabled_at`.

    It is told about the purposes the service is registered for. `position` is how far the
    controller's changes have been handed to its deliveries, `confirmed` how far the service says it
    has acted on what it asked for. Two secrets may sign for a while.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(
        "accounts.ServiceClient", on_delete=models.PROTECT, related_name="+",
        verbose_name=_("service"),
    )  # fmt: skip
    url = models.CharField(
        _("address"), max_length=500, blank=True, help_text=_("Empty: the service asks for events.")
    )
    kinds = models.JSONField(_("kinds"), default=list, help_text=_("Empty: all."))
    must_confirm = models.BooleanField(
        _("confirms"), default=False,
        help_text=_("Whether the service says when it has acted; else having heard is enough."),
    )  # fmt: skip
    due_seconds = models.PositiveIntegerField(_("seconds to confirm an ending"), default=86_400)
    scheme = models.CharField(
        _("signature"), max_length=8, choices=SignatureScheme.choices, default=SignatureScheme.HMAC
    )
    wrapped = models.BinaryField()
    wrapping_version = models.PositiveIntegerField()
    old_wrapped = models.BinaryField(null=True)
    old_wrapping_version = models.PositiveIntegerField(null=True)
    old_until_at = models.DateTimeField(_("the former secret signs until"), null=True)
    created_at = models.DateTimeField(_("added at"), auto_now_add=True)
    greeted_at = models.DateTimeField(_("agreed to be called at"), null=True)
    rate_per_minute = models.PositiveIntegerField(_("calls a minute at most"), null=True)
    position = models.BigIntegerField(_("handed out up to"), default=0)
    confirmed = models.BigIntegerField(_("confirmed up to"), default=0)
    escalated = models.BigIntegerField(default=0)
    wave = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    rests_until_at = models.DateTimeField(_("rests until"), null=True)
    heard_at = models.DateTimeField(_("last heard at"), null=True)
    trouble = models.CharField(_("last trouble"), max_length=40, blank=True)
    disabled_at = models.DateTimeField(_("stopped at"), null=True)
    disabled_reason = models.CharField(
        _("why it stopped"), max_length=10, blank=True, choices=EndReason.choices
    )

    wrapped_pairs = (
        ("wrapped", "wrapping_version"),
        ("old_wrapped", "old_wrapping_version"),
    )

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service"], name="consent_subscriber_once"),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | Q(disabled_at__isnull=False) & ~Q(disabled_reason=""),
                name="consent_subscriber_end_is_whole",
            ),
            models.CheckConstraint(condition=Q(due_seconds__gte=60), name="consent_subscriber_due"),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "url", "kinds", "must_confirm", "due_seconds", "scheme",
            "wrapped", "wrapping_version", "old_wrapped", "old_wrapping_version", "old_until_at",
            "created_at", "greeted_at", "rate_per_minute", "position", "confirmed", "escalated",
            "wave", "failures", "rests_until_at", "heard_at", "trouble", "disabled_at",
            "disabled_reason",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.url or str(self.service)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Being delivered")
    HEARD = "heard", _("Heard")
    GIVEN_UP = "given_up", _("Given up")


class Delivery(models.Model):
    """One change on its way to one subscriber: heard, waiting for its next try, or given up.

    Of one person the earlier one goes first, always. `due_at` is when an ending of consent must
    have been confirmed (DPDP s.6(6): processors cease within a reasonable time).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, related_name="deliveries", db_index=False,
        verbose_name=_("subscriber"),
    )  # fmt: skip
    change = models.ForeignKey(
        Change, on_delete=models.PROTECT, related_name="deliveries", db_constraint=False
    )
    subject_id = models.UUIDField()
    position = models.BigIntegerField(_("position"))
    state = models.CharField(
        _("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next try at"))
    trouble = models.CharField(_("last trouble"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("handed out at"))
    heard_at = models.DateTimeField(_("heard at"), null=True)
    due_at = models.DateTimeField(_("to be confirmed by"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    escalated_at = models.DateTimeField(_("reported as late at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="heard", heard_at__isnull=False)
                | ~Q(state="heard") & Q(heard_at=None),
                name="consent_delivery_heard",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscriber", "next_at", "position"], condition=Q(state="waiting"),
                name="consent_delivery_next",
            ),
            models.Index(
                fields=["subscriber", "subject_id", "position"], condition=Q(state="waiting"),
                name="consent_delivery_in_order",
            ),
            models.Index(
                fields=["due_at"], name="consent_delivery_due",
                condition=Q(confirmed_at=None, escalated_at=None, due_at__isnull=False),
            ),
            models.Index(fields=["created_at"], name="consent_delivery_old"),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ("subject_id",)
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "subscriber", "change", "position", "state", "attempts", "next_at",
            "trouble", "created_at", "heard_at", "due_at", "confirmed_at", "escalated_at",
        )  # fmt: skip
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return str(self.position)
