"""What the end of payloads leaves behind, and what puts it off. Models of `audit`."""

from django.db import models

from keys.ids import uuid7


class Dropped(models.Model):
    """How payloads of one log, class and month ended: what tells an expired one from a deleted one.

    Rows are written by the database's own functions (migration 0006) in the transaction that
    destroys the payloads, and by nobody else. Of one (controller_id, retention_class, month) the
    first row tells of the month's drop, later ones (by `id`) of held payloads set free since.

    - An entry whose payload is missing has expired if there is a row of its log, of the class of
      its byte in the tree and of the month (UTC) of its id, and if the newest such row does not
      name it in `held`. In any other case somebody deleted it.
    - Over all rows, `count` + `lost` plus the ids in the newest row's `held` are exactly the
      entries that the tree has of that log, class and month. `lost` were gone when their time came.
    - `entry_id` is the entry (`retention:dropped`, `retention:released`) that says the same in the
      log: target `<class>/<YYYY-MM>`, data `class`, `count`, `held` (how many), `held_sha256` (of
      these bytes), `lost`, `month`. Its payload is never dropped.

    The system's log has a row of every dropped month, others where they had entries.
    """

    id = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True, help_text="The entry that records it.")
    controller_id = models.UUIDField(help_text="The log.")
    retention_class = models.CharField(max_length=8)
    month = models.DateField(help_text="Its first day, UTC.")
    count = models.BigIntegerField(help_text="How many payloads died.")
    lost = models.BigIntegerField(help_text="How many were missing before.")
    held = models.BinaryField(help_text="The ids of those kept, 16 bytes each, ascending.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dropped payloads"
        indexes = [
            models.Index(
                fields=["controller_id", "retention_class", "month", "-id"],
                name="audit_dropped_by_month",
            )
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("retention_class", "month", "count", "lost", "held", "at")
        operational = ("id", "entry_id", "controller_id")
        on_erasure = "none"


class Hold(models.Model):
    """Everything of one log from `since_at` on is kept beyond its time, until `ended_at`.

    A legal hold on a whole case. Holds on single people are their holders' (audit.retention).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField(help_text="The log.")
    since_at = models.DateTimeField()
    reason = models.CharField(max_length=60, help_text="A code, never free text.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller_id", "since_at", "reason", "created_at", "ended_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.id)
