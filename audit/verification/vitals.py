"""Whether the sequencer lives and the clocks agree: alarms for what `audit.health` tells."""

import time
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import alarms
from audit.alarms import AlarmKind
from audit.health import is_silent, is_stuck, oldest_waiting
from audit.models import Tree
from audit.models_watch import Alarm
from keys.ids import SYSTEM_ID

LOOK_AGAIN_SECONDS: Final = 1.0
"""A transaction that took long leaves old entries, which are placed within a second."""

Groups = dict[UUID, int]


def judge() -> None:
    """Silent logs, and clocks that disagree."""
    for tree in Tree.objects.all():
        _hold(tree.controller_id, AlarmKind.SILENT, is_wrong=is_silent(tree))
    skew = clock_skew_seconds()
    bound = settings.AUDIT_CLOCK_SKEW_SECONDS
    detail = f"{skew:+.1f} seconds"
    _hold(SYSTEM_ID, AlarmKind.CLOCK_SKEW, is_wrong=abs(skew) > bound, detail=detail)


def stuck_groups() -> Groups:
    """What waits too long, if it is not placed within a moment."""
    return {log: one.group for log, one in oldest_waiting().items() if is_stuck(one)}


def judge_waiting(seen: Groups, *, since: float) -> None:
    """Alarms for what waited at the monotonic time `since` and waits still."""
    if seen:
        time.sleep(max(0.0, LOOK_AGAIN_SECONDS - (time.monotonic() - since)))
    still = seen.items() & stuck_groups().items()
    wrong = {log for log, _ in still}
    for log in wrong | _alarmed(AlarmKind.PENDING_STUCK):
        _hold(log, AlarmKind.PENDING_STUCK, is_wrong=log in wrong)


def clock_skew_seconds() -> float:
    """How far the database's clock is before ours; the way there and back is taken off."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    after = timezone.now()
    if there < before:
        return float((there - before).total_seconds())
    return float(max(0.0, (there - after).total_seconds()))


def _alarmed(kind: AlarmKind) -> set[UUID]:
    found = Alarm.objects.filter(kind=kind, cleared_at=None)
    return set(found.values_list("controller_id", flat=True))


def _hold(log: UUID, kind: AlarmKind, *, is_wrong: bool, detail: str = "") -> None:
    """The alarm is open exactly while something is wrong."""
    if is_wrong:
        alarms.raise_alarm(controller_id=log, kind=kind, detail=detail)
    else:
        alarms.clear(controller_id=log, kind=kind)
