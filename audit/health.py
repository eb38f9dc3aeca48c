"""Whether each log lives: computed on reading, because a keeper that is dead raises no alarm."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import alarms
from audit.models import Tree
from audit.models_watch import Verified

HEARTBEATS = 3
"""So many may be missed before it counts as silence."""

_OLDEST = """
SELECT DISTINCT ON (controller_id) controller_id, id, substring(ids FROM 1 FOR 16)
FROM audit_pending ORDER BY controller_id, id
"""


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How one log stands. `waiting_since` is None where no entry waits for its place."""

    controller_id: UUID
    size: int
    sealed_at: datetime | None
    waiting_since: datetime | None
    is_silent: bool
    is_stuck: bool
    verified_size: int
    verified_at: datetime | None
    round_ended_at: datetime | None
    open_alarms: int

    @property
    def is_well(self) -> bool:
        """Whether it grows as it should and nobody has found anything wrong with it."""
        return not (self.is_silent or self.is_stuck or self.open_alarms)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The group of entries that waits longest in a log."""

    group: int
    since: datetime | None


def log_health(controller_id: UUID) -> LogHealth:
    """How a controller's log (or the system's) stands now. A log without entries is well."""
    tree = Tree.objects.filter(controller_id=controller_id).first()
    verified = Verified.objects.filter(controller_id=controller_id).first()
    waiting = oldest_waiting().get(controller_id)
    return LogHealth(
        controller_id=controller_id,
        size=tree.size if tree else 0,
        sealed_at=tree.sealed_at if tree else None,
        waiting_since=waiting.since if waiting else None,
        is_silent=tree is not None and is_silent(tree),
        is_stuck=waiting is not None and is_stuck(waiting),
        verified_size=verified.size if verified else 0,
        verified_at=verified.at if verified else None,
        round_ended_at=verified.round_ended_at if verified else None,
        open_alarms=alarms.open_alarms([controller_id]).count(),
    )


def is_silent(tree: Tree) -> bool:
    """Whether the log has had no checkpoint for three heartbeats: the sequencer is dead."""
    patience = timedelta(seconds=HEARTBEATS * settings.AUDIT_HEARTBEAT_SECONDS)
    return timezone.now() - tree.sealed_at > patience


def is_stuck(waiting: Waiting) -> bool:
    """Whether an entry has waited too long. An unreadable time counts as too long."""
    patience = timedelta(seconds=settings.AUDIT_PENDING_SECONDS)
    return waiting.since is None or timezone.now() - waiting.since > patience


def oldest_waiting() -> dict[UUID, Waiting]:
    """What waits longest in each log that has something waiting."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        return {log: Waiting(group, _made_at(bytes(raw))) for log, group, raw in cursor.fetchall()}


def _made_at(raw: bytes) -> datetime | None:
    """The time in an id of ours (UUIDv7)."""
    try:
        return datetime.fromtimestamp(int.from_bytes(raw[:6]) / 1000, UTC)
    except (ValueError, OverflowError):
        return None
