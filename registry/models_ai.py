"""AI models: what the law must know of each version before it may take part in a use."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class Risk(models.TextChoices):
    MINIMAL = "minimal", _("Minimal or limited risk")
    HIGH = "high", _("High risk (AI Act 6, Annexes I and III)")
    PROHIBITED = "prohibited", _("Prohibited practice (AI Act 5)")


class AIModel(models.Model):
    """One version of a model with the answers an officer gave about it.

    It counts once a second person approved it, until it is retired; a prohibited practice counts
    at once. What changes is recorded as another line: the newest that is approved is in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(
        max_length=60, help_text=_("What services call it when they ask, for example prop-7.")
    )
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    risk = models.CharField(max_length=12, choices=Risk.choices)
    is_significant = models.BooleanField(
        default=True,
        help_text=_("Its results have legal or similarly significant effects on people."),
    )
    oversight = models.CharField(
        max_length=120, blank=True,
        help_text=_("The function that oversees it (AI Act 14, 26(2)); never a person's name."),
    )  # fmt: skip
    informs_persons = models.BooleanField(
        default=False, help_text=_("Those concerned are told that it is used (AI Act 26(11)).")
    )
    review_route = models.CharField(
        max_length=200, blank=True,
        help_text=_("Where a person reaches a human who reviews the result (GDPR 22(3))."),
    )  # fmt: skip
    authorising_law = models.CharField(
        max_length=200, blank=True,
        help_text=_("The law that lets it decide alone (GDPR 22(2)(b)), if there is one."),
    )  # fmt: skip
    special_law = models.CharField(
        max_length=200, blank=True,
        help_text=_("The law that lets it use special categories (GDPR 22(4)), if there is one."),
    )  # fmt: skip
    diligence_reference = models.CharField(
        max_length=200, blank=True,
        help_text=_("Where the due diligence of this version is kept (DPDP Rules 13(3))."),
    )  # fmt: skip
    diligence_until = models.DateField(
        null=True, blank=True, help_text=_("Last day on which the due diligence counts.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("AI model")
        verbose_name_plural = _("AI models")
        ordering = ["-id"]
        indexes = [models.Index(fields=["controller", "code"], name="registry_model_code")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False)
                & ~models.Q(approved_by="")
                & ~models.Q(approved_by=models.F("created_by")),
                name="registry_model_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(retired_at=None, retired_by="")
                | models.Q(retired_at__isnull=False) & ~models.Q(retired_by=""),
                name="registry_model_retired_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(diligence_until=None, diligence_reference="")
                | models.Q(diligence_until__isnull=False) & ~models.Q(diligence_reference=""),
                name="registry_model_diligence_is_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "code", "version", "name", "risk", "is_significant", "oversight", "informs_persons",
            "review_route", "authorising_law", "special_law", "diligence_reference",
            "diligence_until", "approved_at", "approved_by", "retired_at", "retired_by",
        )  # fmt: skip
        operational = ("id", "controller", "created_at", "created_by")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
