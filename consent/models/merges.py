"""Two records of one person, joined until somebody finds that they were two people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class MergeReason(models.TextChoices):
    DUPLICATE = "duplicate", _("Recorded twice")
    GUEST = "guest", _("Bought as a guest, then opened an account")
    ACCOUNTS = "accounts", _("Asked to have their accounts joined")


class SplitReason(models.TextChoices):
    MISTAKE = "mistake", _("They are two people")
    DISPUTED = "disputed", _("The person disputes it")
    HOUSEHOLD = "household", _("They share an address or a device")


class Merge(models.Model):
    """`absorbed_id` was found to be the same person as `subject` (CON-31).

    While it stands, every identifier finds `subject`, and nothing is permitted about the other
    record. What it changed is kept, so that a split can take it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    absorbed_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=20, choices=MergeReason.choices)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    identifiers = models.JSONField(default=list)
    standings = models.JSONField(default=list)
    objections = models.JSONField(default=list)
    facts = models.JSONField(default=dict, help_text=_("Facts it changed: before and after."))
    split_at = models.DateTimeField(null=True, blank=True)
    split_by = models.CharField(max_length=80, blank=True, default="")
    split_reason = models.CharField(
        max_length=20, blank=True, default="", choices=SplitReason.choices
    )

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "absorbed_id"],
                condition=models.Q(split_at=None),
                name="consent_merge_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(subject=models.F("absorbed_id")),
                name="consent_merge_is_of_two",
            ),
            models.CheckConstraint(
                condition=models.Q(split_at=None, split_by="", split_reason="")
                | models.Q(split_at__isnull=False) & ~models.Q(split_by="", split_reason=""),
                name="consent_split_is_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("absorbed_id", "identifiers", "standings", "objections")
        sensitive = ("facts",)
        evidence = ("reason", "merged_at", "merged_by", "split_at", "split_by", "split_reason")
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"
        emptied = ("facts",)

    def __str__(self) -> str:
        return dated(self.get_reason_display(), self.merged_at)
