"""Asking an address whether it wants to be called, before anything is sent (the handshake of
CloudEvents web hooks): a company's events must not be poured out over a stranger."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consent.feed.results import FEED, record
from consent.models import Subscriber
from work import services as work
from work.webhooks import addresses, calls
from work.webhooks.calls import Answer
from work.webhooks.errors import AddressRefusedError

GREET = "consent.greet"
HIGHEST_RATE = 1_000_000


@dataclass(frozen=True, slots=True)
class Greeted:
    """What the address answered. `rate` is how many calls a minute it allows, None for any."""

    url: str
    agrees: bool
    rate: int | None = None
    trouble: str = ""


def ask_again(subscriber: Subscriber) -> None:
    """Have a locked subscriber's address asked."""
    work.enqueue(
        kind=GREET, controller_id=subscriber.controller_id,
        payload={"subscriber": str(subscriber.id)},
    )  # fmt: skip


def origin() -> str:
    """By what name we ask."""
    return urlsplit(settings.BASE_URL).hostname or ""


def greet(subscriber_id: UUID) -> Greeted | None:
    """Ask the address now. None where there is nothing to ask."""
    found = Subscriber.objects.filter(pk=subscriber_id, disabled_at=None).exclude(url="").first()
    if found is None:
        return None
    try:
        place = addresses.resolve(found.url)
    except AddressRefusedError:
        return Greeted(found.url, agrees=False, trouble="address_refused")
    except OSError:
        return Greeted(found.url, agrees=False, trouble="unreachable")
    return understood(found.url, asyncio.run(_ask(place)))


def understood(url: str, answer: Answer) -> Greeted:
    """Agreement names us, or everybody; anything else is none."""
    allowed = answer.header("webhook-allowed-origin").strip()
    if not answer.is_heard:
        return Greeted(url, agrees=False, trouble=answer.code)
    if allowed not in {"*", origin()}:
        return Greeted(url, agrees=False, trouble="no_agreement")
    return Greeted(url, agrees=True, rate=_rate(answer.header("webhook-allowed-rate").strip()))


@transaction.atomic
def note_greeted(subscriber_id: UUID, greeted: Greeted) -> bool:
    """Record the answer; returns whether the address agrees. One for a former address is none."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber_id)
    if subscriber.url != greeted.url or subscriber.disabled_at is not None:
        return True
    subscriber.trouble = greeted.trouble
    if greeted.agrees:
        subscriber.greeted_at, subscriber.rate_per_minute = timezone.now(), greeted.rate
        record("subscriber:agreed", FEED, subscriber)
    subscriber.save(update_fields=["trouble", "greeted_at", "rate_per_minute"])
    return greeted.agrees


async def _ask(place: addresses.Place) -> Answer:
    headers = {"WebHook-Request-Origin": origin(), "WebHook-Request-Rate": "*"}
    async with calls.client() as through:
        return await calls.call(through, place, headers=headers, method="OPTIONS")


def _rate(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 7):
        return None
    return min(int(text), HIGHEST_RATE) or None
