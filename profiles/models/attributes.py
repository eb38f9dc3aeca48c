"""What may be known of persons, and what each source says of one, sealed under the person's key."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import tailed


class Sensitivity(models.TextChoices):
    """Each is sealed apart, so that who may not see the one never opens it (PRO-07)."""

    ORDINARY = "ordinary", _("Ordinary")
    SPECIAL = "special", _("Special category, or about convictions (GDPR Art 9, 10)")
    CHILD = "child", _("About a child (DPDP s.9)")


class ValueKind(models.TextChoices):
    TEXT = "text", _("Text")
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    MOMENT = "moment", _("Date and time")
    CHOICE = "choice", _("One of a list")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Telephone number")
    ADDRESS = "address", _("Postal address")


class AttributeDefinition(models.Model):
    """An attribute a controller has of persons. What no definition names is taken in nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    category = models.CharField(
        max_length=60, help_text=_("The code of its data category, for example pd:EmailAddress.")
    )
    kind = models.CharField(max_length=10, choices=ValueKind.choices)
    sensitivity = models.CharField(
        max_length=10, choices=Sensitivity.choices, default=Sensitivity.ORDINARY
    )
    choices = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    max_length = models.PositiveIntegerField(default=200)
    fresh_for_days = models.PositiveIntegerField(
        null=True, blank=True,
        help_text=_("Older values are stale, and not shown (DPDP s.8(3)); empty: never stale."),
    )  # fmt: skip
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Deleted so long after it was observed.")
    )
    former_days = models.PositiveIntegerField(
        default=0, help_text=_("A value that was replaced is kept so long, and no longer.")
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("attribute")
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "code"], name="profiles_attribute_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(max_length__gte=1, max_length__lte=4000),
                name="profiles_attribute_length_bounded",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="choice") & ~models.Q(choices=[])
                | ~models.Q(kind="choice") & models.Q(choices=[]),
                name="profiles_attribute_choices_fit",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = (
            "id", "controller", "code", "title", "category", "kind", "sensitivity", "choices",
            "max_length", "fresh_for_days", "retention_days", "former_days", "is_active",
            "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.title


class _Sealed(models.Model):
    """A sealed document: attribute code to value, with when and how each was observed.

    Pairs of keys hold person and source to the controller (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    source = models.ForeignKey(
        "registry.System", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    sensitivity = models.CharField(max_length=10, choices=Sensitivity.choices)
    sealed = models.BinaryField()
    codes = ArrayField(models.CharField(max_length=60))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return tailed(self.get_sensitivity_display(), self.id)


class ProfileRecord(_Sealed):
    """What a source says of a person now, of one sensitivity. The suite is no second CDP."""

    subject = models.ForeignKey(  # found by the first column of `profiles_record_once`
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    observed_at = models.DateTimeField(help_text=_("When the newest of its values was observed."))
    due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the retention of the first of its values ends.")
    )
    sequence = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profile record")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False),
                name="profiles_record_due",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "source", "sensitivity"], name="profiles_record_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("sealed", "codes", "observed_at")
        sensitive = ("sensitivity",)
        evidence = ()
        operational = (
            "id", "controller", "subject", "source", "due_at", "sequence", "received_at"
        )  # fmt: skip
        on_erasure = "delete_row"


class FormerRecord(_Sealed):
    """Values that were replaced, as long as their definitions keep them (`former_days`)."""

    replaced_at = models.DateTimeField(auto_now_add=True)
    until_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former values")
        verbose_name_plural = _("former values")
        ordering = ["id"]
        indexes = [models.Index(fields=["until_at"], name="profiles_former_until")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("replaced_at")),
                name="profiles_former_has_an_end",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("sealed", "codes")
        sensitive = ("sensitivity",)
        evidence = ()
        operational = ("id", "controller", "subject", "source", "replaced_at", "until_at")
        on_erasure = "delete_row"
