"""The verbs on subscribers: who is told of changes, where, and signed with what."""

from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts import selectors as accounts
from audit.actors import Actor
from consent.feed import greeting
from consent.feed.errors import (
    EventsForgottenError,
    KindUnknownError,
    SubscriberExistsError,
    SubscriberLiveError,
    SubscriberServiceError,
    SubscriberStoppedError,
)
from consent.feed.results import record, stop
from consent.models import Delivery, DeliveryState, EndReason, Feed, SignatureScheme, Subscriber
from consent.services.outgoing import KINDS
from work.webhooks import addresses, secrets

SHORTEST_SECONDS = 60


@transaction.atomic
def subscribe(  # noqa: PLR0913 (a subscription has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    service_id: UUID,
    url: str = "",
    kinds: tuple[str, ...] = (),
    scheme: str = SignatureScheme.HMAC,
    must_confirm: bool = False,
    due_seconds: int = 86_400,
) -> tuple[Subscriber, str]:
    """Have a service told of changes from now on; returns what it checks signatures with, once.

    Without `url` it asks for them itself. With one it is asked first whether it wants to be called.
    `due_seconds` is how long it may take to confirm the ending of a use. Raises
    SubscriberServiceError (no such service), SubscriberExistsError, AddressRefusedError,
    KindUnknownError; ValueError for another scheme.
    """
    if not accounts.services_of(controller_id).filter(pk=service_id).exists():
        raise SubscriberServiceError
    if Subscriber.objects.filter(service_id=service_id).exists():
        raise SubscriberExistsError
    if not set(kinds) <= set(KINDS):
        raise KindUnknownError
    subscriber = Subscriber(
        controller_id=controller_id, service_id=service_id, url=addresses.check(url) if url else "",
        kinds=sorted(kinds), scheme=SignatureScheme(scheme), must_confirm=must_confirm,
        due_seconds=max(due_seconds, SHORTEST_SECONDS),
    )  # fmt: skip
    subscriber.position = subscriber.confirmed = _last(controller_id)
    secret = secrets.renew(subscriber, subscriber.scheme)
    subscriber.save(force_insert=True)
    record("subscriber:added", by, subscriber)
    _greet(subscriber)
    return subscriber, secret


@transaction.atomic
def change_secret(*, by: Actor, subscriber: Subscriber) -> str:
    """A new secret, told only now; the former one signs beside it for 24 hours."""
    locked = _locked(subscriber)
    secret = secrets.change_over(locked, timezone.now(), locked.scheme)
    locked.save()
    record("subscriber:changed", by, locked, what="secret")
    return secret


@transaction.atomic
def change_address(*, by: Actor, subscriber: Subscriber, url: str) -> Subscriber:
    """Call another address, once it has agreed; empty: the service asks for events itself.

    Either way it misses nothing: what it has not heard is asked for, and what it has not confirmed
    is sent, without the wait that the old address had earned. Raises AddressRefusedError.
    """
    locked = _locked(subscriber)
    if locked.url and not url:
        _leave_to_asking(locked)
    elif url and not locked.url:
        locked.position = locked.confirmed
    locked.url, locked.greeted_at = addresses.check(url) if url else "", None
    _rested(locked)
    locked.save()
    _all_due(locked)
    record("subscriber:changed", by, locked, what="address")
    _greet(locked)
    return locked


@transaction.atomic
def greet_again(*, by: Actor, subscriber: Subscriber) -> None:
    """Ask the address once more whether it wants to be called. Raises SubscriberStoppedError."""
    locked = _locked(subscriber)
    if locked.disabled_at is not None:
        raise SubscriberStoppedError
    record("subscriber:changed", by, locked, what="greeting")
    _greet(locked)


@transaction.atomic
def stop_subscriber(*, by: Actor, subscriber: Subscriber) -> Subscriber:
    """Send nothing any more; its place is kept. Raises SubscriberStoppedError."""
    locked = _locked(subscriber)
    if locked.disabled_at is not None:
        raise SubscriberStoppedError
    stop(by, locked, EndReason.OFFICER)
    locked.save()
    return locked


@transaction.atomic
def resume(*, by: Actor, subscriber: Subscriber) -> Subscriber:
    """Go on where it was stopped, as soon as the address agrees again.

    Raises SubscriberLiveError, and EventsForgottenError where what it has not been told is deleted:
    then it is set back or forward by `replay` first.
    """
    locked = _locked(subscriber)
    if locked.disabled_at is None:
        raise SubscriberLiveError
    if locked.position < _forgotten(locked.controller_id):
        raise EventsForgottenError
    locked.disabled_at, locked.disabled_reason, locked.greeted_at = None, "", None
    _rested(locked)
    locked.save()
    _all_due(locked)
    record("subscriber:resumed", by, locked)
    _greet(locked)
    return locked


@transaction.atomic
def replay(*, by: Actor, subscriber: Subscriber, after: int) -> Subscriber:
    """Tell again everything after a position; the receiver knows repeats by their ids.

    A position beyond the last one counts as the last. Raises EventsForgottenError for one before
    what is still kept.
    """
    locked = _locked(subscriber)
    if after < _forgotten(locked.controller_id):
        raise EventsForgottenError
    locked.position = locked.confirmed = min(after, _last(locked.controller_id))
    locked.escalated = min(locked.escalated, locked.position)
    waiting = Delivery.objects.filter(subscriber=locked, state=DeliveryState.WAITING)
    waiting.filter(position__gt=locked.position).delete()  # they are handed out anew
    locked.save()
    record("subscriber:replayed", by, locked, after=locked.position)
    return locked


@transaction.atomic
def try_again(*, by: Actor, delivery: Delivery) -> Delivery:
    """Give a delivery that was given up new tries. Raises SubscriberStoppedError."""
    subscriber = _locked(delivery.subscriber)
    found = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if subscriber.disabled_at is not None or found.state != DeliveryState.GIVEN_UP:
        raise SubscriberStoppedError
    found.state, found.attempts, found.next_at = DeliveryState.WAITING, 0, timezone.now()
    found.save(update_fields=["state", "attempts", "next_at"])
    record("subscriber:replayed", by, subscriber, after=found.position - 1)
    return found


def _leave_to_asking(locked: Subscriber) -> None:
    """What waits to be sent counts as not confirmed, and is found there by who asks."""
    waiting = Delivery.objects.filter(subscriber=locked, state=DeliveryState.WAITING)
    first = waiting.aggregate(first=Min("position"))["first"]
    locked.confirmed = locked.position if first is None else first - 1
    waiting.delete()


def _locked(subscriber: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)


def _all_due(subscriber: Subscriber) -> None:
    """What waits to be sent is tried at once, and as often as if it were new."""
    Delivery.objects.filter(subscriber=subscriber, state=DeliveryState.WAITING).update(
        next_at=timezone.now(), attempts=0
    )


def _rested(locked: Subscriber) -> None:
    locked.failures, locked.rests_until_at, locked.trouble = 0, None, ""


def _greet(locked: Subscriber) -> None:
    if locked.url:
        greeting.ask_again(locked)


def _last(controller_id: UUID) -> int:
    """The controller's last position; while one is being given, this waits for it."""
    feed = Feed.objects.select_for_update().filter(controller=controller_id).first()
    return feed.last if feed else 0


def _forgotten(controller_id: UUID) -> int:
    found = Feed.objects.filter(controller=controller_id).values_list("forgotten", flat=True)
    return found.first() or 0
