"""Events for those who ask: a page after a cursor, and the word that they were acted on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.reads import record_read
from audit.actors import Actor, Target
from consent.feed import bodies
from consent.feed.bodies import Letter
from consent.feed.errors import EventsForgottenError, NotSubscribedError, PositionUnknownError
from consent.feed.results import record
from consent.feed.spreading import wanted
from consent.models import Change, Delivery, DeliveryState, Feed, Subscriber

WINDOW = 5000
"""So many changes are looked through for a page, whoever they are for."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events after a position. `after` is where the next page begins."""

    events: list[dict[str, Any]]
    after: int
    has_more: bool


@transaction.atomic
def events_after(
    *, by: Actor, controller_id: UUID, service_id: UUID, after: int | None, limit: int
) -> EventPage:
    """The events a service has not confirmed, or those after a position of its own.

    Positions appear in order, so asking with the last answer's `after` misses nothing. A page that
    shows somebody is recorded first (P11). Raises NotSubscribedError, PositionUnknownError (beyond
    the end), EventsForgottenError, ReadNotRecordedError.
    """
    subscriber = _of(controller_id, service_id)
    begin = subscriber.confirmed if after is None else after
    last = _checked(controller_id, begin)
    window = Change.objects.filter(
        controller=controller_id, position__gt=begin, position__lte=min(last, begin + WINDOW)
    )
    found = list(window.filter(wanted(subscriber)).order_by("position")[:limit])
    is_full = len(found) == limit
    end = (found[-1].position or 0) if is_full else min(last, begin + WINDOW)
    if found:
        record_read(
            by=by, controller_id=controller_id, subject=None,
            target=Target("service", str(service_id)),
            data={"events": len(found), "first": begin + 1, "last": end},
        )  # fmt: skip
    return EventPage([bodies.event(letter(one)) for one in found], end, end < last)


@transaction.atomic
def confirm(
    *,
    by: Actor,
    controller_id: UUID,
    service_id: UUID,
    through: int | None = None,
    events: Collection[UUID] = (),
) -> int:
    """The service has acted on these events, or on all up to a position; returns how many are new.

    An event it was never told of is not counted. Raises NotSubscribedError, PositionUnknownError.
    """
    subscriber = _of(controller_id, service_id, lock=True)
    told = Delivery.objects.filter(subscriber=subscriber, confirmed_at=None)
    told = told.filter(state=DeliveryState.HEARD)
    number = told.filter(change__in=events).update(confirmed_at=timezone.now()) if events else 0
    if through is not None:
        _checked(controller_id, through)
        number += told.filter(position__lte=through).update(confirmed_at=timezone.now())
        number += max(0, through - subscriber.confirmed) if not subscriber.url else 0
        subscriber.confirmed = max(subscriber.confirmed, through)
        subscriber.save(update_fields=["confirmed"])
    if number:
        record("events:confirmed", by, subscriber, number=number, through=through or 0)
    return number


def letter(change: Change) -> Letter:
    """A placed change as it is told."""
    return Letter(
        change.id, change.controller_id, change.position or 0, change.subject_id, change.kind,
        change.purpose, change.about, change.cause_id, change.at, change.noted_at,
    )  # fmt: skip


def _of(controller_id: UUID, service_id: UUID, *, lock: bool = False) -> Subscriber:
    rows = Subscriber.objects.select_for_update() if lock else Subscriber.objects.all()
    found = rows.filter(controller=controller_id, service=service_id, disabled_at=None).first()
    if found is None:
        raise NotSubscribedError
    return found


def _checked(controller_id: UUID, position: int) -> int:
    """The last position, where the given one is neither beyond it nor before what is kept."""
    feed = Feed.objects.filter(controller=controller_id).first() or Feed()
    if position > feed.last:
        raise PositionUnknownError
    if position < feed.forgotten:
        raise EventsForgottenError
    return feed.last
