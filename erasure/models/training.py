"""Which people were in which training data, so that erasing them reaches the model's keepers."""

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class TrainingSet(models.Model):
    """One training run of a model, as a service reported it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    model = models.CharField(_("model"), max_length=100)
    version = models.CharField(_("version"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=100)
    reference = models.CharField(
        _("reference"), max_length=100, help_text=_("The reporter's own, told once.")
    )
    service_id = models.UUIDField(_("service"))
    trained_at = models.DateTimeField(_("trained at"))
    members = models.PositiveIntegerField(_("people in it"), default=0)
    gone = models.PositiveIntegerField(
        _("gone since"),
        default=0,
        help_text=_("Of them erased, or withdrawn from the purpose, since."),
    )
    flagged_at = models.DateTimeField(_("flagged at"), null=True, blank=True)
    looked_to = models.BigIntegerField(
        _("compared up to"),
        default=0,
        help_text=_("Up to which of the controller's changes it was compared."),
    )
    looked_at = models.DateTimeField(_("compared at"), default=timezone.now)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("training set")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "service_id", "reference"], name="erasure_training_set_once"
            ),
            models.UniqueConstraint(
                fields=["controller", "id"], name="erasure_training_set_of_controller"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "model", "version", "purpose", "reference", "service_id", "trained_at", "members",
            "gone", "flagged_at", "created_at",
        )  # fmt: skip
        operational = ("id", "controller", "looked_to", "looked_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.model} {self.version}"


class TrainingMember(models.Model):
    """One person was in one training set; `gone_at` is since when they must not be in the next."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    training_set = models.ForeignKey(
        TrainingSet, on_delete=models.PROTECT, related_name="people", verbose_name=_("training set")
    )
    subject_id = models.UUIDField()
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    why = models.CharField(
        _("why"),
        max_length=20,
        blank=True,
        choices=[("erased", _("Erased")), ("withdrawn", _("Withdrawn from the purpose"))],
    )

    class Meta:
        verbose_name = _("person in a training set")
        verbose_name_plural = _("people in training sets")
        constraints = [
            models.UniqueConstraint(
                fields=["training_set", "subject_id"], name="erasure_training_member_once"
            ),
        ]
        indexes = [
            models.Index(fields=["controller", "subject_id"], name="erasure_trained_on"),
            models.Index(
                fields=["training_set", "subject_id"], condition=models.Q(gone_at__isnull=False),
                name="erasure_training_gone",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ("gone_at", "why")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "training_set", "subject_id")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_why_display() or capfirst(self._meta.verbose_name), self.gone_at)
