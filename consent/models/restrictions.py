"""Restrictions of processing (GDPR Art 18), from the person's word to the end."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class RestrictionGround(models.TextChoices):
    ACCURACY = "accuracy", _("They contest that the data are right (Art 18(1)(a))")
    UNLAWFUL = "unlawful", _("The use is unlawful and they want no erasure (Art 18(1)(b))")
    CLAIMS = "claims", _("They need the data for legal claims (Art 18(1)(c))")
    OBJECTION = "objection", _("They objected, and it is not decided yet (Art 18(1)(d))")


class RestrictionScope(models.TextChoices):
    EVERYTHING = "everything", _("Everything")
    PURPOSE = "purpose", _("A purpose")
    CATEGORY = "category", _("A data category")


class Restriction(models.Model):
    """A person had the use of their data restricted; it stands while `lifted_at` is empty.

    Whoever lifts it for the company announces that first, and the person is told before it ends
    (Art 18(3)): the database holds no other way. The person may take it back at any time. What the
    decision point reads is the standing beside it (subjects).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    ground = models.CharField(max_length=10, choices=RestrictionGround.choices)
    scope_type = models.CharField(max_length=12, choices=RestrictionScope.choices)
    scope = models.CharField(max_length=100, blank=True)
    method = models.CharField(max_length=20, help_text=_("How the person asked for it."))
    asked_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    announced_by = models.CharField(max_length=80, blank=True)
    reason = models.TextField(
        max_length=2000, blank=True, help_text=_("Why it is to end; never a person's data.")
    )
    lifts_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Until then the person is left time to answer.")
    )
    told_at = models.DateTimeField(null=True, blank=True)
    told_through = models.CharField(max_length=20, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True)
    is_taken_back = models.BooleanField(
        default=False, help_text=_("The person took it back; then nobody has to be told.")
    )

    class Meta:
        verbose_name = _("restriction")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "ground", "scope_type", "scope"],
                condition=models.Q(lifted_at=None),
                name="consent_restriction_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_type="everything", scope="")
                | ~models.Q(scope_type="everything") & ~models.Q(scope=""),
                name="consent_restriction_has_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(announced_at=None, announced_by="", reason="", lifts_at=None)
                | models.Q(announced_at__isnull=False, lifts_at__gt=models.F("announced_at"))
                & ~models.Q(announced_by="")
                & ~models.Q(reason=""),
                name="consent_restriction_announced_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(told_at=None, told_through="")
                | models.Q(announced_at__isnull=False, told_at__isnull=False)
                & ~models.Q(told_through=""),
                name="consent_restriction_told_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by="", is_taken_back=False)
                | models.Q(lifted_at__isnull=False) & ~models.Q(lifted_by=""),
                name="consent_restriction_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None)
                | models.Q(is_taken_back=True)
                | models.Q(told_at__isnull=False, lifted_at__gte=models.F("lifts_at")),
                name="consent_restriction_lifted_after_notice",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("ground", "scope_type", "scope", "method", "asked_at", "lifted_at")
        sensitive = ()
        evidence = (
            "announced_at", "announced_by", "reason", "lifts_at", "told_at", "told_through",
            "lifted_by", "is_taken_back",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_ground_display(), self.asked_at)
