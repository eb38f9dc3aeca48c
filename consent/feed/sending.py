"""Sending what is due to a subscriber: many calls at a time, of one person one after another."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from consent.feed import bodies
from consent.feed.bodies import Letter
from consent.feed.spreading import live
from consent.models import Subscriber
from work.webhooks import addresses, calls, secrets, signing
from work.webhooks.calls import Answer
from work.webhooks.errors import AddressRefusedError

AT_ONCE = 500
CONNECTIONS = 16
SECONDS = 20.0
"""No call begins after so long: the job's lease must outlive the last one."""

ENOUGH = 5
"""So many failures with nothing heard, and the rest of the batch is spared."""

_HEADS = """
SELECT d.id, c.id, c.controller_id, d.position, d.subject_id, c.kind, c.purpose, c.about,
  c.cause_id, c.at, c.noted_at
FROM consent_delivery d JOIN consent_change c ON c.id = d.change_id
WHERE d.subscriber_id = %(subscriber)s AND d.state = 'waiting' AND d.next_at <= %(now)s
  AND NOT EXISTS (
    SELECT 1 FROM consent_delivery e
    WHERE e.subscriber_id = d.subscriber_id AND e.subject_id = d.subject_id
      AND e.state = 'waiting' AND (e.position, e.id) < (d.position, d.id))
ORDER BY d.next_at, d.position LIMIT %(limit)s
"""
"""The first that waits for each person; what follows it waits for it."""

Due = tuple[UUID, Letter]


@dataclass(slots=True)
class Round:
    """What became of one round of calls. `answers` by delivery; one that was spared has none."""

    subscriber_id: UUID
    answers: dict[UUID, Answer] = field(default_factory=dict)
    heard: list[UUID] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)
    is_gone: bool = False

    def note(self, delivery_id: UUID, answer: Answer) -> None:
        self.answers[delivery_id] = answer
        (self.heard if answer.is_heard else self.failed).append(delivery_id)
        self.is_gone = self.is_gone or answer.status == calls.GONE

    @property
    def is_hopeless(self) -> bool:
        """Whether to stop here: the address is gone, or nothing at all is heard."""
        return self.is_gone or (len(self.failed) >= ENOUGH and not self.heard)


def send(subscriber_id: UUID) -> Round:
    """Send what is due; a repeat after a crash sends the same ids again, and nothing else."""
    done, now = Round(subscriber_id), timezone.now()
    subscriber = live().filter(pk=subscriber_id).first()
    if subscriber is None or (subscriber.rests_until_at and subscriber.rests_until_at > now):
        return done
    due = heads(subscriber, now)
    if not due:
        return done
    try:
        place = addresses.resolve(subscriber.url)
    except (AddressRefusedError, OSError) as error:
        refused = isinstance(error, AddressRefusedError)
        trouble = "address_refused" if refused else "unreachable"
        done.note(due[0][0], Answer(trouble=trouble))
        return done
    pen = Pen(place, tuple(secrets.usable(subscriber, now)), subscriber.scheme)
    asyncio.run(_send_all(pen, due, done))
    return done


def heads(subscriber: Subscriber, now: datetime) -> list[Due]:
    """The deliveries that may be sent now: few while it refuses, one while it is not there."""
    probe = ENOUGH if answers(subscriber.trouble) else 1
    most = probe if subscriber.failures else AT_ONCE
    asked: dict[str, UUID | datetime | int] = {
        "subscriber": subscriber.id, "now": now,
        "limit": min(most, subscriber.rate_per_minute or most),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, asked)
        return [(row[0], Letter(*row[1:])) for row in cursor.fetchall()]


def answers(trouble: str) -> bool:
    """Whether a trouble is an answer: then somebody is there, who refuses."""
    return trouble.startswith("status_")


@dataclass(frozen=True, slots=True)
class Pen:
    """Where letters go, and with what they are signed."""

    place: addresses.Place
    secrets: tuple[bytes, ...]
    scheme: str

    def headers(self, letter: Letter, content: bytes) -> dict[str, str]:
        signed = signing.headers(
            self.secrets, message_id=str(letter.change_id), timestamp=int(time.time()),
            body=content, scheme=self.scheme,
        )  # fmt: skip
        return {"Content-Type": bodies.MEDIA_TYPE, **signed}


async def _send_all(pen: Pen, due: list[Due], done: Round) -> None:
    ends, waiting = time.monotonic() + SECONDS, iter(due)
    lanes = min(CONNECTIONS, len(due))
    async with calls.client() as through, asyncio.TaskGroup() as group:
        for _ in range(lanes):
            group.create_task(_lane(through, pen, waiting, done, ends))


async def _lane(
    through: calls.Client, pen: Pen, waiting: Iterator[Due], done: Round, ends: float
) -> None:
    for delivery_id, letter in waiting:
        if done.is_hopeless or time.monotonic() > ends:
            return
        content = bodies.body(letter)
        headers = pen.headers(letter, content)
        answer = await calls.call(through, pen.place, headers=headers, content=content)
        done.note(delivery_id, answer)
