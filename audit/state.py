"""How each log stands, for whoever watches over it: size, signature, what waits, what was verified.

Numbers and times only; reading them shows nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Length

from audit.models import Checkpoint, EntryIndex, Pending, Tree
from audit.models_watch import Verified
from audit.sealing import SEQUENCER, log_key, log_name
from audit.tlog.notes import Vkey


@dataclass(frozen=True, slots=True)
class Signature:
    """A log's newest checkpoint: size, root hash, when it was signed, and the note itself."""

    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How far the continuous verification is.

    `size` entries were verified since they were placed, the last at `at`; all of the log anew at
    `round_ended_at`, None before the first round is over.
    """

    size: int
    at: datetime
    round_began_at: datetime
    round_ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogState:
    """One log. A log without an entry has no key and no signature."""

    controller_id: UUID
    name: str
    origin: str
    size: int
    key: Vkey | None
    signature: Signature | None
    pending: int
    pending_since: datetime | None
    heartbeat_at: datetime | None
    verification: Verification | None


def state(controller_id: UUID) -> LogState:
    """How one log stands now. Every part is one look-up by key. Raises KeyUnavailableError."""
    tree = Tree.objects.filter(controller_id=controller_id).first()
    pending, since = _pending(controller_id)
    return LogState(
        controller_id, log_name(controller_id), tree.origin if tree else "",
        tree.size if tree else 0, log_key(tree.origin) if tree else None, _signature(controller_id),
        pending, since, _heartbeat_at(controller_id), _verification(controller_id),
    )  # fmt: skip


def _signature(controller_id: UUID) -> Signature | None:
    found = Checkpoint.objects.filter(controller_id=controller_id).order_by("-size").first()
    return Signature(found.size, bytes(found.root), found.at, found.note) if found else None


def _pending(controller_id: UUID) -> tuple[int, datetime | None]:
    """How many entries wait for their place, and since when the longest waits."""
    waiting = Pending.objects.filter(controller_id=controller_id)
    count = waiting.aggregate(more=Sum(Length("classes"), default=0))["more"]
    oldest = waiting.order_by("id").values_list("ids", flat=True).first()
    return int(count), _time_of(bytes(oldest)[:16]) if oldest else None


def _time_of(raw: bytes) -> datetime:
    """The time in an id of ours (UUIDv7)."""
    return datetime.fromtimestamp(int.from_bytes(raw[:6]) / 1000, UTC)


def _heartbeat_at(controller_id: UUID) -> datetime | None:
    found = EntryIndex.objects.filter(
        controller_id=controller_id, actor_id=SEQUENCER.id, event="log:heartbeat"
    )
    return found.order_by("-id").values_list("at", flat=True).first()


def _verification(controller_id: UUID) -> Verification | None:
    found = Verified.objects.filter(controller_id=controller_id).first()
    if found is None:
        return None
    return Verification(found.size, found.at, found.round_began_at, found.round_ended_at)
