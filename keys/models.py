"""Which keys this database has been used with. The keys themselves are never in it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from keys.ids import uuid7


class KeyVersion(models.Model):
    """One key version by its fingerprint: written when first used here, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="keys_one_fingerprint_per_version"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "purpose", "version", "fingerprint", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
