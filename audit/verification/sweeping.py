"""The watch over payloads and index lines: those of the last minutes, then round and round."""

import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from audit import alarms
from audit.alarms import AlarmKind
from audit.models import Tree
from audit.models_watch import Sweep
from audit.verification.leftovers import FIRST, LAST, SLICE, Leftovers
from audit.verification.watch import EVERY_SECONDS, tell
from audit.verification.whole import one_moment
from keys.ids import SYSTEM_ID, uuid7_at

SETTLED_SECONDS: Final = 60
"""Younger payloads may still be joined by older ones, from transactions that take long."""


def sweep(*, until: float) -> None:
    """Go on until the monotonic time `until`."""
    now = timezone.now()
    Sweep.objects.bulk_create(
        [Sweep(controller_id=SYSTEM_ID, until=FIRST, next=FIRST, round_began_at=now)],
        ignore_conflicts=True,
    )
    settled = uuid7_at(now - timedelta(seconds=SETTLED_SECONDS))
    while time.monotonic() < until and _go_on(settled):
        pass
    share = _share()
    while share > 0 and time.monotonic() < until:
        share -= _go_round(share)


def _share() -> int:
    """How many lines are due: half as many again as would just do."""
    sizes = Tree.objects.aggregate(sizes=Sum("size", default=0))["sizes"]
    runs = settings.AUDIT_VERIFY_DAYS * 86_400 / EVERY_SECONDS
    return SLICE + int(1.5 * sizes / runs)


def _locked() -> Sweep | None:
    return Sweep.objects.select_for_update(skip_locked=True).filter(pk=SYSTEM_ID).first()


def _go_on(settled: UUID) -> bool:
    """A slice of what is new; whether there is more."""
    with one_moment():
        known = _locked()
        if known is None or known.until >= settled:
            return False
        known.until = _slice(known.until, settled)
        known.save(update_fields=["until"])
        return known.until < settled


def _go_round(share: int) -> int:
    """A slice of the round; returns how many lines count as done."""
    with one_moment():
        known = _locked()
        if known is None:
            return share
        if known.next == FIRST:
            known.round_began_at = timezone.now()
        known.next = _slice(known.next, LAST)
        has_ended = known.next == LAST
        if has_ended:
            known.next, known.round_ended_at = FIRST, timezone.now()
            _clear_repaired(known)
        known.save()
        return share if has_ended else SLICE


def _slice(after: UUID, most: UUID) -> UUID:
    leftovers = Leftovers()
    upto = min(leftovers.end(after), most)
    for finding in leftovers.find(after, upto):
        tell(finding)
    return upto


def _clear_repaired(known: Sweep) -> None:
    """What a whole round has not seen again is gone."""
    logs = [SYSTEM_ID, *Tree.objects.values_list("controller_id", flat=True)]
    for one in logs:
        alarms.clear(
            controller_id=one, kind=AlarmKind.UNPLACED, not_seen_since=known.round_began_at
        )
