"""What a keeper sees to without being asked: lanes that are due, and cases that are late."""

from datetime import datetime
from typing import Final

from django.db.models import Count, Q

from accounts import selectors as accounts
from audit import alarms
from erasure.engine import lanes
from erasure.models import Case, CaseState

OVERDUE_STATES: Final = (
    CaseState.OPEN, CaseState.REVIEW, CaseState.APPROVAL, CaseState.RUNNING,
)  # fmt: skip


def begin_due(now: datetime) -> int:
    """Begin the lanes for which something is due; returns how many."""
    return lanes.begin_many(lanes.due(now), now)


def watch(now: datetime) -> int:
    """An alarm for each company with cases whose time is over; gone where there are none left."""
    late = Q(state__in=OVERDUE_STATES, due_at__lt=now)
    found = Case.objects.filter(late).values("controller_id").order_by("controller_id")
    counted = list(found.annotate(number=Count("id")))
    for one in counted:
        alarms.raise_alarm(
            controller_id=one["controller_id"], kind=alarms.AlarmKind.ERASURE_OVERDUE,
            detail=str(one["number"]),
        )  # fmt: skip
    still = [one["controller_id"] for one in counted]
    for other in accounts.controllers().exclude(pk__in=still).values_list("id", flat=True):
        alarms.clear(controller_id=other, kind=alarms.AlarmKind.ERASURE_OVERDUE)
    return len(counted)
