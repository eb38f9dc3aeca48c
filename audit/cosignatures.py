"""What witnesses said of checkpoints, for whoever hands a checkpoint on."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from audit.models import Checkpoint
from audit.witnesses.models import Cosignature


def of(checkpoint: Checkpoint) -> list[Cosignature]:
    """All that was said of a checkpoint, by witness: lines and timestamp tokens."""
    found = Cosignature.objects.filter(controller_id=checkpoint.controller_id, size=checkpoint.size)
    return list(found.order_by("witness"))


def lines(checkpoint: Checkpoint) -> str:
    """The cosignature lines to put under a checkpoint's note; empty where nobody has signed."""
    return "".join(one.line for one in of(checkpoint))


def newest(controller_id: UUID, *, covering: int = 0) -> Checkpoint | None:
    """The newest checkpoint over so many entries that a witness has signed.

    The very newest one is seconds old and rarely signed by others yet: a proof for somebody who
    does not trust us had better use this one.
    """
    said = Cosignature.objects.filter(
        controller_id=OuterRef("controller_id"), size=OuterRef("size")
    ).exclude(line="")
    found = Checkpoint.objects.filter(controller_id=controller_id, size__gte=covering)
    return found.filter(Exists(said)).order_by("-size").first()


def stamps(controller_id: UUID, *, covering: int = 0) -> list[Cosignature]:
    """The first timestamp token of each authority over so many entries: proof of the latest time
    at which they existed."""
    found = Cosignature.objects.filter(controller_id=controller_id, size__gte=covering)
    first = found.exclude(token=b"").order_by("witness", "size").distinct("witness")
    return list(first)
