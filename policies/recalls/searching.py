"""What an event ends: live permits and running campaigns, found in the log's index by person.

Nothing is kept for this when a permit is given, so a check costs nothing more for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings

from audit import members
from audit import selectors as log
from audit.classes import RetentionClass
from consent import selectors as consents
from keys.ids import uuid7_at
from policies.audiences.models import AudiencePart
from policies.recalls.models import Campaign, Recall
from subjects import news

LONGEST_LEASE_SECONDS = 3600
"""Permits may have been given when they still lasted longer than they do now."""
SKEW = timedelta(minutes=10)
"""Ids carry the clock of the process that made them."""
CHUNK, PAGE = "audience:recorded", "search:made"
MOST = 10_000
"""A person is in no more chunks of audiences than this within the time that counts."""
CLASSES = (RetentionClass.PROCESSING.value, "held")

Key = tuple[str, UUID, str]
"""Service, person, purpose."""


@dataclass(frozen=True, slots=True)
class News:
    """What has ended, as the job tells it.

    `said_at`, where it is known: when each said so. What was permitted well after it took that
    into account already.
    """

    controller_id: UUID
    reason: str
    scope_type: str
    scope: str
    people: tuple[UUID, ...]
    said_at: Mapping[UUID, datetime] = field(default_factory=dict)

    def ends(self, permit: "Permit") -> bool:
        """Whether it can end a permit of its people."""
        said_at = self.said_at.get(permit.key[1])
        return said_at is None or permit.at <= said_at + SKEW


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit of the log about one person: a decision, or one of a page or chunk of many."""

    id: UUID
    key: Key
    at: datetime


@dataclass(slots=True)
class Ended:
    """What one service must hear about one person and purpose."""

    decisions: list[str] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)


def ended(told: News, *, cause_id: UUID, now: datetime) -> dict[Key, Ended]:
    """Live permits that this cause has not recalled yet, and campaigns, by whom to tell."""
    purposes = _purposes(told)
    campaigns = _running(told, purposes, now)
    since = _since(campaigns, now)
    named = members.about_many(
        told.controller_id, told.people, since=uuid7_at(since), limit=MOST
    )  # fmt: skip
    chunks = _among_many(told, purposes, named, CHUNK)
    alone = [*_permits(told, purposes, since), *_among_many(told, purposes, named, PAGE)]
    live = _live(alone, now) | _live_chunks(chunks, now)
    live -= _known(cause_id, told.people)
    permits = [one for one in (*alone, *chunks) if told.ends(one)]
    found: dict[Key, Ended] = {}
    for permit in permits:
        if (permit.id, permit.key[1]) in live:
            found.setdefault(permit.key, Ended()).decisions.append(str(permit.id))
        for campaign in campaigns.get((permit.key[0], permit.key[2]), ()):
            if campaign.since_at <= permit.at:
                here = found.setdefault(permit.key, Ended()).campaigns
                here += [campaign] if campaign not in here else []
    return found


def _purposes(told: News) -> frozenset[str] | None:
    """The purposes concerned; None: all.

    A category reaches whatever asked for it, which the index does not tell: then all are recalled,
    and whoever may go on is permitted again.
    """
    if told.scope_type == news.PURPOSE:
        return frozenset({told.scope})
    if told.scope_type == news.MARKETING:
        return consents.marketing_purposes(told.controller_id)
    return None


def _running(
    told: News, purposes: Collection[str] | None, now: datetime
) -> dict[tuple[str, str], list[Campaign]]:
    rows = Campaign.objects.filter(controller_id=told.controller_id, ended_at=None, ends_at__gt=now)
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    found: dict[tuple[str, str], list[Campaign]] = {}
    for one in rows.order_by("id"):
        found.setdefault((str(one.service_id), one.purpose), []).append(one)
    return found


def _since(campaigns: dict[tuple[str, str], list[Campaign]], now: datetime) -> datetime:
    starts = [one.since_at for many in campaigns.values() for one in many]
    return min([now - _longest(), *starts]) - SKEW


def _longest() -> timedelta:
    lease = max(settings.DECISION_VALID_SECONDS, settings.AUDIENCE_VALID_SECONDS)
    return timedelta(seconds=max(lease, LONGEST_LEASE_SECONDS))


def _permits(told: News, purposes: Collection[str] | None, since: datetime) -> list[Permit]:
    """The permits of decisions about one person each."""
    rows = log.entries([told.controller_id]).filter(
        subject_id__in=told.people, id__gte=uuid7_at(since), retention_class__in=CLASSES,
        event="decision:made", outcome="permit",
    )  # fmt: skip
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    columns = rows.order_by("id").values_list("id", "actor_id", "subject_id", "purpose", "at")
    return [
        Permit(entry_id, (service, person, purpose), at)
        for entry_id, service, person, purpose, at in columns
        if person is not None
    ]


def _among_many(
    told: News,
    purposes: Collection[str] | None,
    named: Mapping[UUID, Collection[UUID]],
    event: str,
) -> list[Permit]:
    """Of the entries that name these people among many those of this kind."""
    rows = log.entries([told.controller_id]).filter(
        id__in=named, retention_class__in=CLASSES, event=event
    )
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    columns = rows.order_by("id").values_list("id", "actor_id", "purpose", "at")
    return [
        Permit(entry_id, (service, person, purpose), at)
        for entry_id, service, purpose, at in columns
        for person in named[entry_id]
    ]


def _known(cause_id: UUID, people: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """What this cause has recalled already, by decision and person."""
    rows = Recall.objects.filter(cause_id=cause_id, subject_id__in=people)
    columns = rows.values_list("subject_id", "decisions")
    return {(UUID(one), person) for person, decisions in columns for one in decisions}


def _live(permits: Iterable[Permit], now: datetime) -> set[tuple[UUID, UUID]]:
    """Those whose end lies ahead; of a payload that is gone nobody can tell, so it counts."""
    recent = {(one.id, one.key[1]) for one in permits if one.at > now - _longest()}
    bodies = log.payloads({one for one, _ in recent}, CLASSES) if recent else {}
    ended = {one for one, body in bodies.items() if _end(body) <= now.timestamp() * 1e6}
    return {(one, person) for one, person in recent if one not in ended}


def _live_chunks(permits: Iterable[Permit], now: datetime) -> set[tuple[UUID, UUID]]:
    found = {(one.id, one.key[1]) for one in permits}
    parts = AudiencePart.objects.filter(id__in={one for one, _ in found}, valid_until__gt=now)
    live = set(parts.values_list("id", flat=True))
    return {(one, person) for one, person in found if one in live}


class _Decision(msgspec.Struct, frozen=True):
    valid_until: int = 0


class _Data(msgspec.Struct):
    decision: _Decision = _Decision()
    valid_until: int = 0  # of a page


class _Body(msgspec.Struct):
    data: _Data


def _end(body: bytes) -> int:
    data = msgspec.json.decode(body, type=_Body).data
    return data.valid_until or data.decision.valid_until
