"""Rows about what a person offered, and about what they switched off. Models of `policies`."""

from django.db import models

from keys.ids import uuid7


class Volunteered(models.Model):
    """An attribute of a person that they gave of themselves for one purpose. No row: they did not.

    What sensitive attributes may be used for, where a guardrail spares volunteered ones.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    purpose = models.CharField(max_length=100)
    attribute = models.CharField(max_length=100)
    volunteered_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "volunteered attributes"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "attribute"], name="policies_volunteered_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("purpose", "volunteered_at")
        sensitive = ("attribute",)
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return str(self.id)


class SwitchedOff(models.Model):
    """A person switched personalisation off entirely. The row stands until they switch it on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.OneToOneField(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    since_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "personalisation switched off"

    class Privacy:
        identifier = ()
        personal = ("since_at",)
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return str(self.id)
