"""Who has not confirmed in time that a use has ended: that is an alarm (CON-16; DPDP s.6(6))."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from audit import alarms
from consent.feed.results import FEED, record
from consent.feed.spreading import wanted
from consent.models import Change, Subscriber
from consent.services.outgoing import ENDING

AT_ONCE = 1000
_LATE = """
UPDATE consent_delivery SET escalated_at = %(now)s
WHERE id IN (
  SELECT id FROM consent_delivery
  WHERE due_at < %(now)s AND confirmed_at IS NULL AND escalated_at IS NULL
  LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING subscriber_id
"""


@transaction.atomic
def escalate_deliveries() -> int:
    """Raise an alarm for each subscriber that was told and has not confirmed; returns how many
    deliveries were late. Each is late once."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"now": timezone.now(), "limit": AT_ONCE})
        late = Counter(row[0] for row in cursor.fetchall())
    for subscriber in Subscriber.objects.filter(id__in=late).order_by("id"):
        _escalate(subscriber, late[subscriber.id])
    return late.total()


def escalate_asking() -> int:
    """The same for those who ask for events themselves; returns how many subscribers are late."""
    found = Subscriber.objects.filter(url="", disabled_at=None, service__is_active=True)
    return sum(_look(one) for one in found.values_list("id", flat=True))


@transaction.atomic
def _look(subscriber_id: UUID) -> bool:
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber_id)
    told_before = timezone.now() - timedelta(seconds=subscriber.due_seconds)
    after = max(subscriber.confirmed, subscriber.escalated)
    late = Change.objects.filter(
        wanted(subscriber), controller=subscriber.controller_id, position__gt=after,
        kind__in=ENDING, noted_at__lt=told_before,
    )  # fmt: skip
    last = late.aggregate(last=Max("position"))["last"]
    if last is None:
        return False
    _escalate(subscriber, late.count())
    subscriber.escalated = last
    subscriber.save(update_fields=["escalated"])
    return True


def _escalate(subscriber: Subscriber, number: int) -> None:
    alarms.raise_alarm(
        controller_id=subscriber.controller_id, kind=alarms.AlarmKind.EVENT_UNHEARD,
        detail=f"{subscriber.service_id} unconfirmed {number}",
    )  # fmt: skip
    record("events:late", FEED, subscriber, number=number)
