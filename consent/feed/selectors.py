"""The questions about subscribers: what waits for them, and which recipients hear nothing."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from consent.feed.spreading import WAITING_AT_MOST
from consent.models import DeliveryState, Feed, PurposeVersion, Subscriber
from registry import selectors as registry


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries still to be sent (counted up to a bound), and changes not handed out yet."""

    deliveries: int
    behind: int


def subscribers(controller_id: UUID) -> QuerySet[Subscriber]:
    """Everybody who is told of a controller's changes or was, with their services, oldest first."""
    found = Subscriber.objects.filter(controller=controller_id)
    return found.select_related("service").order_by("id")


def waiting(subscriber: Subscriber) -> Waiting:
    """What this subscriber has not heard."""
    rows = subscriber.deliveries.filter(state=DeliveryState.WAITING)[:WAITING_AT_MOST]
    feed = Feed.objects.filter(controller=subscriber.controller_id).first()
    place = subscriber.position if subscriber.url else subscriber.confirmed
    return Waiting(rows.count(), max(0, feed.last - place) if feed else 0)


def unheard_recipients(controller_id: UUID) -> dict[str, tuple[str, ...]]:
    """Purposes in force with recipients of whom no service is told of changes, by their codes.

    Whoever is among them has to be told of a withdrawal by other means (DPDP s.6(6)).
    """
    hearing = _hearing(controller_id)
    versions = PurposeVersion.objects.begun().filter(
        controller=controller_id, purpose__closed_at=None
    )
    newest = versions.order_by("purpose__code", "-number").distinct("purpose__code")
    found = {
        code: tuple(sorted(set(recipients) - hearing))
        for code, recipients in newest.values_list("purpose__code", "recipients")
    }
    return {code: missing for code, missing in found.items() if missing}


def _hearing(controller_id: UUID) -> set[str]:
    """The parties that run a live subscriber's service."""
    live = Subscriber.objects.filter(
        controller=controller_id, disabled_at=None, service__is_active=True
    )
    return registry.parties_running(controller_id, live.values_list("service_id", flat=True))
