"""Seeing to it that somebody sends: one job a subscriber at a time, begun when something is due."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from consent.feed import numbering, spreading
from consent.models import Subscriber
from work import selectors as waiting
from work import services as work

DELIVER = "consent.deliver"
RUNNING = ("ready", "leased")


def step() -> bool:
    """Place, hand out and begin to send; returns whether there is more to do at once."""
    placed = numbering.place()
    moved = [spreading.spread(one) for one in spreading.behind()]
    for one in spreading.due(timezone.now()):
        begin(one)
    return placed == numbering.AT_ONCE or spreading.AT_ONCE in moved


@transaction.atomic
def begin(subscriber_id: UUID) -> bool:
    """Note the job that sends to this subscriber, unless one waits or runs; returns whether."""
    rows = Subscriber.objects.select_for_update(skip_locked=True)
    subscriber = rows.filter(pk=subscriber_id).first()
    if subscriber is None or _state(subscriber) in RUNNING:
        return False
    subscriber.wave += 1
    subscriber.save(update_fields=["wave"])
    work.enqueue(
        kind=DELIVER, controller_id=subscriber.controller_id, dedupe_key=_key(subscriber),
        payload={"subscriber": str(subscriber.id)}, ordering_key=str(subscriber.id),
    )  # fmt: skip
    return True


def _state(subscriber: Subscriber) -> str | None:
    return waiting.state_of(
        kind=DELIVER, controller_id=subscriber.controller_id, dedupe_key=_key(subscriber)
    )


def _key(subscriber: Subscriber) -> str:
    return f"{subscriber.id}:{subscriber.wave}"
