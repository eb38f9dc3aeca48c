"""The append-only record. What is permanent names nobody; what names somebody can be destroyed.

No foreign keys: an entry outlives what it is about.
"""

from django.db import models

from keys.ids import uuid7


class Entry(models.Model):
    """One permanent line of a controller's log: an id and a salted commitment, nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField(help_text="The log: a controller, or the system's nil id.")
    commitment = models.BinaryField(max_length=32, help_text="SHA-256(salt ‖ payload).")

    class Meta:
        verbose_name_plural = "entries"

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("commitment",)
        operational = ("id", "controller_id")
        on_erasure = "none"


class Payload(models.Model):
    """The canonical bytes an entry commits to. Partitioned by retention class and month."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="The entry's id.")
    retention_class = models.CharField(max_length=8)
    salt = models.BinaryField(max_length=16)
    body = models.BinaryField()

    class Privacy:
        ledger = True
        identifier = ()
        personal = ("body",)
        sensitive = ()
        evidence = ("salt",)
        operational = ("id", "retention_class")
        on_erasure = "keep_pseudonymous"


class EntryIndex(models.Model):
    """What search and "who used my data" need. Deletable with the person; never evidence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry_id = models.UUIDField()
    controller_id = models.UUIDField()
    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    actor_type = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    target_type = models.CharField(max_length=40)
    target_id = models.CharField(max_length=80)
    subject_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = [
            models.Index(fields=["controller_id", "-id"], name="audit_index_by_controller"),
            models.Index(
                fields=["subject_id", "-id"],
                condition=models.Q(subject_id__isnull=False),
                name="audit_index_by_subject",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("subject_id", "target_id")
        sensitive = ()
        evidence = ()
        operational = (
            "id", "entry_id", "controller_id", "at", "event", "actor_type", "actor_id",
            "target_type", "purpose", "outcome", "reason_code",
        )  # fmt: skip
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return str(self.entry_id)
