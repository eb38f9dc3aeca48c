"""What witnesses said of checkpoints, and how far each of them is."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Cosignature(models.Model):
    """What one witness said of one checkpoint: a line under its note, or a timestamp token."""

    pk = models.CompositePrimaryKey("controller_id", "size", "witness")
    controller_id = models.UUIDField(help_text="The log.")
    size = models.BigIntegerField(help_text="Of the checkpoint.")
    witness = models.CharField(max_length=100, help_text="Its name in the configuration.")
    line = models.TextField(blank=True, help_text="A cosignature (C2SP tlog-cosignature).")
    token = models.BinaryField(default=b"", help_text="A whole response (RFC 3161).")
    at = models.DateTimeField(help_text="When, by the witness's clock.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(~Q(line="") & Q(token=b"")) | (Q(line="") & ~Q(token=b"")),
                name="audit_cosignature_says_one_thing",
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("size", "line", "token", "at")
        operational = ("controller_id", "witness")
        on_erasure = "none"


class WitnessFeed(models.Model):
    """How far one witness is with one log, and when it is due again.

    `next_at` is also the lease: who takes a row moves it ahead for as long as asking may take.
    """

    pk = models.CompositePrimaryKey("controller_id", "witness")
    controller_id = models.UUIDField(help_text="The log.")
    witness = models.CharField(max_length=100, help_text="Its name in the configuration.")
    size = models.BigIntegerField(default=0, help_text="The largest it has acknowledged.")
    acknowledged_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(db_default=Now())
    tries = models.PositiveIntegerField(default=0, help_text="In vain, since the last success.")
    problem = models.CharField(max_length=20, blank=True, help_text="A code of Problem.")
    problem_at = models.DateTimeField(null=True)
    contradicted_size = models.BigIntegerField(
        null=True, help_text="What it has seen and our tree does not begin with."
    )
    evidence = models.TextField(blank=True, help_text="The contradicting note it has shown.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(problem="", problem_at=None) | (~Q(problem="") & ~Q(problem_at=None)),
                name="audit_witnessfeed_problem_has_time",
            ),
        ]
        indexes = [models.Index(fields=["witness", "next_at"], name="audit_witnessfeed_due")]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("contradicted_size", "evidence")
        operational = (
            "controller_id", "witness", "size", "acknowledged_at", "next_at", "tries", "problem",
            "problem_at",
        )  # fmt: skip
        on_erasure = "none"
