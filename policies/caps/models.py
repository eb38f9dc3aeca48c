"""What the decision point remembers of its permits for a while: counts, and first answers.

Both are keyed by a digest, so that their rows are locked in one order by everybody.
"""

from django.db import models


class Counter(models.Model):
    """How often one person was permitted what one cap counts; gone when the last has left it.

    `id` is made of the person, the cap and what the cap counts apart.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    cap = models.CharField(max_length=60)
    permits = models.BinaryField(
        help_text="Eight bytes a permit: microseconds since 1970 UTC, oldest first."
    )
    ends_at = models.DateTimeField(db_index=True)

    class Privacy:
        identifier = ()
        personal = ("permits", "ends_at")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject", "cap")
        on_erasure = "delete_row"


class FirstAnswer(models.Model):
    """Which decisions answered a request that carried a key, until a day has passed.

    `id` is made of the service, the key and the part of the request. `decisions` are the ids of
    its permits, sixteen bytes each, zeros where an item was denied.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    request_digest = models.BinaryField(max_length=32)
    decisions = models.BinaryField()
    answered_at = models.DateTimeField(db_index=True)

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "request_digest", "decisions", "answered_at")
        on_erasure = "none"
