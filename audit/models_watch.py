"""What the watch over the logs remembers: alarms, and how far it has come."""

from django.db import models

from keys.ids import uuid7


class Alarm(models.Model):
    """Something found wrong with a log: open until `cleared_at`, counted while it is seen again.

    That it was raised and who answered it stands in the log as well.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller_id = models.UUIDField(help_text="The log.")
    kind = models.CharField(max_length=40, help_text="A code of audit.alarms.AlarmKind.")
    position = models.BigIntegerField(null=True, help_text="The place in the log, if it has one.")
    detail = models.CharField(max_length=200, blank=True)
    count = models.BigIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=40, blank=True, help_text="A code, never free text.")
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller_id", "kind", "position"],
                condition=models.Q(cleared_at=None),
                nulls_distinct=False,
                name="audit_alarm_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by="", reason="")
                | ~models.Q(acknowledged_at=None) & ~models.Q(acknowledged_by=""),
                name="audit_alarm_answered_by_somebody",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller_id", "kind", "position", "detail", "count", "first_seen_at",
            "last_seen_at", "acknowledged_at", "acknowledged_by", "reason", "cleared_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.id)


class Verified(models.Model):
    """How far the continuous verification has come with one log.

    New entries first (`size`), then round and round over all (`next`, in bundles).
    """

    controller_id = models.UUIDField(primary_key=True, help_text="The log.")
    size = models.BigIntegerField(default=0, help_text="Entries verified since they were placed.")
    root = models.BinaryField(
        max_length=32, default=b"", help_text="Of so many entries, as it was then."
    )
    peaks = models.BinaryField(default=b"", help_text="Its right edge, of complete bundles only.")
    next = models.BigIntegerField(default=0, help_text="Where the round goes on, in bundles.")
    next_peaks = models.BinaryField(default=b"", help_text="The right edge of those before it.")
    round_began_at = models.DateTimeField()
    round_ended_at = models.DateTimeField(null=True)
    at = models.DateTimeField(help_text="When the newest of it was verified.")

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "controller_id", "size", "root", "peaks", "next", "next_peaks", "round_began_at",
            "round_ended_at", "at",
        )  # fmt: skip
        on_erasure = "none"


class Sweep(models.Model):
    """How far payloads and index lines were compared with the logs. One row, the system's.

    Both are ids: what is newer than `until` was not looked at yet; the round goes on at `next`.
    """

    controller_id = models.UUIDField(primary_key=True)
    until = models.UUIDField()
    next = models.UUIDField()
    round_began_at = models.DateTimeField()
    round_ended_at = models.DateTimeField(null=True)

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("controller_id", "until", "next", "round_began_at", "round_ended_at")
        on_erasure = "none"
