"""Audiences asked for, the lists they are asked of, and the parts they were decided in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class IdList(models.Model):
    """People named by a service: a segment, replaced whole, or the list of one audience.

    `strangers` were named and are nobody of this controller's: they are counted, not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    segment = models.SlugField(
        max_length=60, blank=True, help_text=_("Its code; empty: of one audience alone.")
    )
    count = models.BigIntegerField(default=0)
    strangers = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "segment"],
                condition=~Q(segment=""),
                name="policies_segment_once",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "segment", "count", "strangers", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.segment or str(self.id)


class IdPart(models.Model):
    """Some of a list's ids, ascending, 16 bytes each; its parts follow each other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    list = models.ForeignKey(IdList, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    ids = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="policies_id_part_once"),
        ]

    class Privacy:
        identifier = ()
        personal = ("ids",)
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "list", "number")
        on_erasure = "delete_row"


class AudienceState(models.TextChoices):
    MAKING = "making", _("In the making")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped by an officer")
    EXPIRED = "expired", _("Expired")


class Audience(models.Model):
    """Whom one service may reach for one purpose: asked, decided in parts, taken, and over.

    `read_at` is the moment from which on a person's later acts are not in the result yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        "accounts.ServiceClient",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("service"),
    )
    question = models.JSONField()
    purpose = models.CharField(_("purpose"), max_length=256)
    campaign = models.CharField(_("campaign"), max_length=256, blank=True)
    list = models.ForeignKey(IdList, on_delete=models.SET_NULL, null=True, related_name="+")
    is_listed = models.BooleanField(default=False, help_text=_("Of a list, which may be gone."))
    segment = models.CharField(max_length=60, blank=True, help_text=_("The list's code, if any."))
    state = models.CharField(
        max_length=8, choices=AudienceState.choices, default=AudienceState.MAKING
    )
    problem = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(null=True)
    stamp = models.BigIntegerField(default=0, help_text="The catalogue it was decided with.")
    ready_at = models.DateTimeField(_("ready at"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    total = models.BigIntegerField(default=0)
    decided = models.BigIntegerField(default=0)
    permitted = models.BigIntegerField(default=0)
    excluded = models.JSONField(default=dict, help_text="How many by reason code; unsuppressed.")
    taken = models.PositiveIntegerField(default=0, help_text="How often it was handed out.")
    taken_at = models.DateTimeField(null=True, help_text="When last.")

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        indexes = [models.Index(fields=["controller", "id"], name="policies_audience_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AudienceState.values), name="policies_audience_state"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "question", "purpose", "campaign", "list", "is_listed",
            "segment", "state", "problem", "created_at", "read_at", "stamp", "ready_at",
            "valid_until", "total", "decided", "permitted", "excluded", "taken", "taken_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_whole(self) -> bool:
        """Whether everybody was decided about: figures of fewer would tell of single people."""
        return self.ready_at is not None and self.state != AudienceState.FAILED

    @property
    def is_told(self) -> bool:
        """Whether the service hears figures: of one that was stopped nothing counts any more."""
        return self.is_whole and self.state != AudienceState.STOPPED


class AudiencePart(models.Model):
    """A chunk of an audience as it was recorded: the entry that holds it, and how many it names."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="The entry's id.")
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    audience = models.ForeignKey(
        Audience, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    valid_until = models.DateTimeField()
    obligations = models.JSONField(default=list, help_text="Of each of its permits.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "number"], name="policies_audience_part_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "audience", "number", "count", "valid_until", "obligations",
        )  # fmt: skip
        on_erasure = "none"
