"""Handing changes out: a delivery for each subscriber that is to hear of one.

Each subscriber has its own place in the feed and moves along it, so that none waits for another,
a stopped one goes on where it was, and one set back hears again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import selectors as accounts
from consent.models import Change, DeliveryState, Feed, Subscriber
from consent.services.outgoing import ENDING
from keys.bulk import copy_in
from keys.ids import uuid7

AT_ONCE = 2000
WAITING_AT_MOST = 50_000
"""So many wait as deliveries; the rest wait in the feed, where they cost nothing."""


class Handed(NamedTuple):
    """The columns of a new delivery."""

    id: UUID
    controller_id: UUID
    subscriber_id: UUID
    change_id: UUID
    subject_id: UUID
    position: int
    state: str
    attempts: int
    next_at: datetime
    trouble: str
    created_at: datetime
    due_at: datetime | None


def live() -> QuerySet[Subscriber]:
    """Subscribers that are called: neither stopped nor of a stopped service, and they agreed."""
    found = Subscriber.objects.filter(disabled_at=None, service__is_active=True)
    return found.filter(greeted_at__isnull=False).exclude(url="").order_by("id")


def behind() -> list[UUID]:
    """Live subscribers that have not been handed everything."""
    last = dict(Feed.objects.values_list("controller", "last"))
    places = live().values_list("id", "controller", "position")
    return [one for one, controller_id, position in places if position < last.get(controller_id, 0)]


@transaction.atomic
def spread(subscriber_id: UUID, limit: int = AT_ONCE) -> int:
    """Hand the next changes to one subscriber; returns by how many it moved along.

    Nothing while another process does, or while too many deliveries wait already.
    """
    found = live().select_for_update(of=("self",), skip_locked=True)
    subscriber = found.filter(pk=subscriber_id).first()
    if subscriber is None or _waiting(subscriber) >= WAITING_AT_MOST:
        return 0
    rows = Change.objects.filter(
        controller=subscriber.controller_id, position__gt=subscriber.position
    ).order_by("position")
    changes = list(rows[:limit])
    if changes:
        copy_in("consent_delivery", Handed._fields, _deliveries(subscriber, changes))
        subscriber.position = changes[-1].position or 0
        subscriber.save(update_fields=["position"])
    return len(changes)


def wanted(subscriber: Subscriber) -> Q:
    """Which changes it hears of: of its kinds; about its service's purposes, or about them all."""
    purposes = accounts.purposes_of(subscriber.service_id)
    about = Q(purpose__in=purposes) | Q(purpose="")
    return about & Q(kind__in=subscriber.kinds) if subscriber.kinds else about


def _waiting(subscriber: Subscriber) -> int:
    waiting = subscriber.deliveries.filter(state=DeliveryState.WAITING)
    return waiting[:WAITING_AT_MOST].count()


def _deliveries(subscriber: Subscriber, changes: Iterable[Change]) -> list[Handed]:
    purposes, now = {*accounts.purposes_of(subscriber.service_id), ""}, timezone.now()
    due_at = now + timedelta(seconds=subscriber.due_seconds)
    return [
        Handed(
            uuid7(), one.controller_id, subscriber.id, one.id, one.subject_id, one.position or 0,
            DeliveryState.WAITING.value, 0, now, "", now, due_at if one.kind in ENDING else None,
        )
        for one in changes
        if one.purpose in purposes and (not subscriber.kinds or one.kind in subscriber.kinds)
    ]  # fmt: skip


def due(now: datetime) -> list[UUID]:
    """Live subscribers for whom something could be sent now."""
    rested = Q(rests_until_at=None) | Q(rests_until_at__lte=now)
    ids = live().filter(rested).values_list("id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(ids), now])
        return [row[0] for row in cursor.fetchall()]


_DUE = """
SELECT asked.id FROM unnest(%s::uuid[]) AS asked(id)
WHERE EXISTS (SELECT 1 FROM consent_delivery d
              WHERE d.subscriber_id = asked.id AND d.state = 'waiting' AND d.next_at <= %s)
"""
