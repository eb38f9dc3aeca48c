"""How each log stands, for whoever watches over it: besides its health, signature, key and pulse.

Numbers and times only; reading them shows nobody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Length

from audit import alarms
from audit.health import LogHealth, is_silent, is_stuck, log_health, oldest_waiting
from audit.models import Checkpoint, EntryIndex, Pending, Tree
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
class LogState:
    """One log. A log without an entry has no key and no signature."""

    name: str
    origin: str
    health: LogHealth
    key: Vkey | None
    signature: Signature | None
    pending: int
    heartbeat_at: datetime | None


def state(controller_id: UUID) -> LogState:
    """How one log stands now. Every part is one look-up by key. Raises KeyUnavailableError."""
    tree = Tree.objects.filter(controller_id=controller_id).first()
    waiting = Pending.objects.filter(controller_id=controller_id)
    return LogState(
        log_name(controller_id), tree.origin if tree else "", log_health(controller_id),
        log_key(tree.origin) if tree else None, _signature(controller_id),
        waiting.aggregate(more=Sum(Length("classes"), default=0))["more"],
        _heartbeat_at(controller_id),
    )  # fmt: skip


def troubles(controller_ids: Collection[UUID]) -> tuple[int, bool]:
    """How many alarms are open at these logs, and whether all of them grow as they should."""
    waiting = oldest_waiting()
    grows = not any(
        is_silent(tree) or (tree.controller_id in waiting and is_stuck(waiting[tree.controller_id]))
        for tree in Tree.objects.filter(controller_id__in=controller_ids)
    )
    return alarms.open_alarms(controller_ids).count(), grows


def _signature(controller_id: UUID) -> Signature | None:
    found = Checkpoint.objects.filter(controller_id=controller_id).order_by("-size").first()
    return Signature(found.size, bytes(found.root), found.at, found.note) if found else None


def _heartbeat_at(controller_id: UUID) -> datetime | None:
    """When the log last beat: it does so only while there is nothing to record."""
    found = EntryIndex.objects.filter(
        controller_id=controller_id, actor_id=SEQUENCER.id, event="log:heartbeat"
    )
    return found.order_by("-id").values_list("at", flat=True).first()
