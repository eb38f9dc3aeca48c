"""Where a person's data come from, as far as that takes them out of India's Act (PRO-09)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class ProvenanceKind(models.TextChoices):
    OUTSOURCED = "outsourced", _("Outsourced from abroad (DPDP s.17(1)(d))")
    PUBLISHED = "published", _("Made public (DPDP s.3(c)(ii))")


class Provenance(models.Model):
    """One flag about a person, with what shows it; it counts while `ended_at` is empty.

    `subjects.provenance` sets and ends it, and keeps `Subject.provenance`, which decisions read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="provenances",
        db_constraint=False,
    )  # fmt: skip
    kind = models.CharField(max_length=12, choices=ProvenanceKind.choices)
    category = models.CharField(
        max_length=60, blank=True, default="",
        help_text=_("The data category that was made public; empty for an outsourcing."),
    )  # fmt: skip
    reference = models.CharField(
        max_length=200, help_text=_("The contract, or where and when the data were made public.")
    )
    valid_until = models.DateField(null=True, blank=True, help_text=_("Last day it counts."))
    set_at = models.DateTimeField(auto_now_add=True)
    set_by_type = models.CharField(max_length=10)
    set_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("provenance flag")
        verbose_name_plural = _("provenance flags")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "category"], condition=models.Q(ended_at=None),
                name="subjects_provenance_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reference__regex=r"\S"),
                name="subjects_provenance_has_reference",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="outsourced", category="")
                | models.Q(kind="published", category__regex=r"^[^\s=]+$"),
                name="subjects_provenance_has_category",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = (
            "kind", "category", "reference", "valid_until", "set_at", "set_by_type", "set_by",
            "ended_at",
        )  # fmt: skip
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.category}".strip()
