"""The append-only record. What is permanent names nobody; what names somebody can be destroyed.

An entry is a salted commitment in a log's Merkle tree (permanent), the payload it commits to
(droppable at the end of its class) and a line of the index (deletable with the person). No foreign
keys: an entry outlives what it is about.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.catalogue import EVENTS
from keys.naming import dated


class Pending(models.Model):
    """What one statement recorded in one log and the sequencer has not placed yet.

    One row for many entries, in the order of their ids: 16 bytes an id, 32 a commitment, one a
    retention class. Deleted in the transaction that places them.
    """

    id = models.BigAutoField(primary_key=True)
    controller_id = models.UUIDField(help_text="The log: a controller, or the system's nil id.")
    ids = models.BinaryField()
    entries = models.BinaryField(help_text="The commitments, each SHA-256(salt ‖ payload).")
    classes = models.BinaryField()

    class Meta:
        verbose_name_plural = "pending entries"

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("entries",)
        operational = ("id", "controller_id", "ids", "classes")
        on_erasure = "none"


class Tree(models.Model):
    """The right edge of one log's Merkle tree: all the sequencer needs to go on.

    `ids`, `entries` and `classes` are those of the last bundle while it has less than 256.
    """

    controller_id = models.UUIDField(primary_key=True, help_text="The log.")
    origin = models.CharField(max_length=200, help_text="The log's name in its checkpoints.")
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"", help_text="Of the complete bundles only.")
    ids = models.BinaryField(default=b"")
    entries = models.BinaryField(default=b"")
    classes = models.BinaryField(default=b"")
    sealed_at = models.DateTimeField(help_text="When the newest checkpoint was signed.")

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("origin", "size", "peaks", "entries")
        operational = ("controller_id", "ids", "classes", "sealed_at")
        on_erasure = "none"


class Bundle(models.Model):
    """256 entries of a log in their final order: the tile of level 0, kept as what it hashes."""

    pk = models.CompositePrimaryKey("controller_id", "number")
    controller_id = models.UUIDField()
    number = models.BigIntegerField()
    entries = models.BinaryField(help_text="256 commitments.")
    hash = models.BinaryField(max_length=32, help_text="The root over their leaf hashes.")
    ids = models.BinaryField(help_text="256 entry ids.")
    classes = models.BinaryField(help_text="256 retention classes.")
    lowest = models.UUIDField()
    highest = models.UUIDField()

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("entries", "hash")
        operational = ("controller_id", "number", "ids", "classes", "lowest", "highest")
        on_erasure = "none"


class Tile(models.Model):
    """256 hashes of level 1 or above, each over a complete tile of the level below."""

    pk = models.CompositePrimaryKey("controller_id", "level", "number")
    controller_id = models.UUIDField()
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    hash = models.BinaryField(max_length=32, help_text="The root over the hashes.")

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("hashes", "hash")
        operational = ("controller_id", "level", "number")
        on_erasure = "none"


class Checkpoint(models.Model):
    """A log's size and root, signed: what witnesses and auditors hold us to."""

    pk = models.CompositePrimaryKey("controller_id", "size")
    controller_id = models.UUIDField()
    size = models.BigIntegerField()
    at = models.DateTimeField()
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="The signed note (C2SP tlog-checkpoint).")

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("size", "root", "note", "at")
        operational = ("controller_id",)
        on_erasure = "none"


class Payload(models.Model):
    """The canonical bytes an entry commits to. Partitioned by retention class and month.

    Written in the transaction of the fact it records, with its id and commitment in `Pending`.
    """

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
    """What search and "who used my data" need. Deletable with the person; never evidence.

    Partitioned as the payloads are. Its key is (controller_id, id, retention_class): whoever looks
    for a line says whose it is.
    """

    id = models.UUIDField(primary_key=True, editable=False, help_text=_("The entry's id."))
    retention_class = models.CharField(max_length=8)
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
            models.Index(
                fields=["controller_id", "actor_id", "id"],
                condition=~models.Q(actor_type="service"),
                name="audit_index_by_actor",
            ),
            models.Index(
                fields=["subject_id", "id"],
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
            "id", "retention_class", "controller_id", "at", "event", "actor_type", "actor_id",
            "target_type", "purpose", "outcome", "reason_code",
        )  # fmt: skip
        on_erasure = "delete_row"

    def __str__(self) -> str:
        known = EVENTS.get(self.event)
        return dated(known.sentence if known else self.event, self.at)


from audit.exporting.models import Export  # noqa: E402, F401 (found as a model)
from audit.models_members import Members  # noqa: E402, F401 (found as a model)
from audit.models_retention import Dropped, Hold  # noqa: E402, F401 (found as models)
from audit.models_watch import Alarm, Sweep, Verified  # noqa: E402, F401 (found as models)
from audit.witnesses.models import Cosignature, WitnessFeed  # noqa: E402, F401 (found as models)
