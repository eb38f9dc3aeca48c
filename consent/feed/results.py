"""Recording what became of a round: heard, tried again later over days, or given up."""

from datetime import datetime, timedelta
from secrets import SystemRandom
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from consent.feed.sending import Round, answers
from consent.models import Delivery, DeliveryState, EndReason, Subscriber

MINUTE, HOUR = 60, 3600
SCHEDULE = (
    5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
)  # fmt: skip
"""Seconds until the next try after each that failed: ten tries in three days and a bit."""

REST_SECONDS, LONGEST_REST_SECONDS = 5, 5 * MINUTE
ASKED_REST_SECONDS = HOUR
"""The most patience an answer can ask for."""

FEED = Actor.system("feed")

_HEARD = """
UPDATE consent_delivery SET state = 'heard', attempts = attempts + 1, trouble = '', heard_at = %s,
  confirmed_at = CASE WHEN %s THEN confirmed_at ELSE %s END
WHERE id = ANY(%s) AND state = 'waiting'
"""
_FAILED = """
UPDATE consent_delivery SET state = n.state, attempts = attempts + 1, trouble = n.trouble,
  next_at = n.next_at
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
  AS n(id, state, trouble, next_at)
WHERE consent_delivery.id = n.id AND consent_delivery.state = 'waiting'
"""
_PARK = """
UPDATE consent_delivery d SET next_at = head.next_at
FROM (SELECT DISTINCT ON (subject_id) subject_id, next_at FROM consent_delivery
      WHERE subscriber_id = %(subscriber)s AND state = 'waiting'
      ORDER BY subject_id, position, id) head
WHERE d.subscriber_id = %(subscriber)s AND d.state = 'waiting' AND d.subject_id = head.subject_id
  AND d.next_at < head.next_at
"""
_PARK_BEHIND = """
UPDATE consent_delivery d SET next_at = head.next_at
FROM consent_delivery head
WHERE head.id = ANY(%(heads)s) AND head.state = 'waiting'
  AND d.subscriber_id = %(subscriber)s AND d.state = 'waiting' AND d.subject_id = head.subject_id
  AND d.next_at < head.next_at
"""


@transaction.atomic
def note(done: Round) -> bool:
    """Record a round; returns whether another may follow at once."""
    subscriber = Subscriber.objects.select_for_update().get(pk=done.subscriber_id)
    now = timezone.now()
    _note_heard(subscriber, done.heard, now)
    if done.failed and not done.is_gone:
        _note_failed(subscriber, done, now)
    if not done.answers:
        _park(subscriber)
    _pace(subscriber, done, now)
    if done.is_gone and subscriber.disabled_at is None:
        stop(FEED, subscriber, EndReason.GONE)
    subscriber.save()
    rests = subscriber.rests_until_at is not None and subscriber.rests_until_at > now
    return bool(done.answers) and subscriber.disabled_at is None and not rests


def stop(by: Actor, subscriber: Subscriber, reason: str) -> None:
    """Call a locked subscriber no more; what waits for it stays. The caller saves it."""
    subscriber.disabled_at, subscriber.disabled_reason = timezone.now(), str(reason)
    record("subscriber:stopped", by, subscriber, reason=str(reason))
    if reason != EndReason.OFFICER:
        _alarm(subscriber, str(reason))


def record(event: str, by: Actor, subscriber: Subscriber, **data: object) -> None:
    """An entry about a subscriber, in the caller's transaction."""
    audit.record(
        event=event, by=by, controller_id=subscriber.controller_id,
        target=Target("service", str(subscriber.service_id)),
        data={"subscriber": str(subscriber.id), **data},
    )  # fmt: skip


def _note_heard(subscriber: Subscriber, ids: list[UUID], now: datetime) -> None:
    """One entry a round says which changes the service has heard of (CON-16)."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, [now, subscriber.must_confirm, now, ids])
    found = Delivery.objects.filter(id__in=ids).aggregate(
        first=Min("position"), last=Max("position")
    )
    record("events:heard", FEED, subscriber, number=len(ids), **found)


def _note_failed(subscriber: Subscriber, done: Round, now: datetime) -> None:
    rows = []
    for one in Delivery.objects.filter(id__in=done.failed, state=DeliveryState.WAITING):
        tries_left = one.attempts < len(SCHEDULE)
        if not tries_left and _is_silent(subscriber, one, done):
            stop(FEED, subscriber, EndReason.SILENT)
            return
        state = DeliveryState.WAITING if tries_left else DeliveryState.GIVEN_UP
        wait = SCHEDULE[one.attempts] if tries_left else 0
        rows.append((one.id, state.value, done.answers[one.id].code, now + _jittered(wait)))
    given_up = sum(1 for row in rows if row[1] == DeliveryState.GIVEN_UP)
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [list(column) for column in zip(*rows, strict=True)] or [[]] * 4)
    _park(subscriber, done.failed)
    if given_up:
        _alarm(subscriber, f"given_up {given_up}")


def _is_silent(subscriber: Subscriber, one: Delivery, done: Round) -> bool:
    """Whether nothing at all was heard since: then it is not this event that is refused."""
    heard_at = subscriber.heard_at
    return not done.heard and (heard_at is None or heard_at < one.created_at)


def _park(subscriber: Subscriber, heads: list[UUID] | None = None) -> None:
    """Let what follows a delivery wait as long as it does: that saves looking at it.

    Behind these heads, or behind all where nothing could be sent although something was due.
    """
    asked: dict[str, UUID | list[UUID]] = {"subscriber": subscriber.id, "heads": heads or []}
    with connection.cursor() as cursor:
        cursor.execute(_PARK if heads is None else _PARK_BEHIND, asked)


def _pace(subscriber: Subscriber, done: Round, now: datetime) -> None:
    """Rest after a round in which nothing was heard, longer each time where nobody is there; or as
    long as was asked or agreed."""
    seconds = 0.0
    if done.heard:
        subscriber.failures, subscriber.heard_at, subscriber.trouble = 0, now, ""
    elif done.failed:
        subscriber.trouble = done.answers[done.failed[0]].code
        longest = REST_SECONDS if answers(subscriber.trouble) else LONGEST_REST_SECONDS
        seconds = min(REST_SECONDS * 2.0 ** min(subscriber.failures, 10), longest)
        subscriber.failures += 1
    if subscriber.rate_per_minute:
        seconds = max(seconds, MINUTE * len(done.answers) / subscriber.rate_per_minute)
    seconds = max(seconds, _asked(done))
    subscriber.rests_until_at = now + timedelta(seconds=seconds) if seconds else None


def _asked(done: Round) -> float:
    """The longest Retry-After of those that did not hear, in whole seconds."""
    said = [done.answers[one].header("retry-after") for one in done.failed]
    found = [int(text) for text in said if text.isascii() and text.isdigit() and len(text) < 7]
    return float(min(max(found, default=0), ASKED_REST_SECONDS))


def _jittered(seconds: int) -> timedelta:
    """Up to a tenth more, so that what failed together does not come back together."""
    return timedelta(seconds=seconds * SystemRandom().uniform(1.0, 1.1))


def _alarm(subscriber: Subscriber, detail: str) -> None:
    alarms.raise_alarm(
        controller_id=subscriber.controller_id, kind=alarms.AlarmKind.EVENT_UNHEARD,
        detail=f"{subscriber.service_id} {detail}",
    )  # fmt: skip
