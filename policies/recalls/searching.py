"""What an event ends: live permits and running campaigns, found in the log's index by person.

Nothing is kept for this when a permit is given, so a check costs nothing more for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings

from audit import selectors as log
from audit.classes import RetentionClass
from consent import selectors as consents
from keys.ids import uuid7_at
from policies.recalls.models import Campaign, Recall
from subjects import news

LONGEST_LEASE_SECONDS = 3600
"""Permits may have been given when they still lasted longer than they do now."""
SKEW = timedelta(minutes=10)
"""Ids carry the clock of the process that made them."""
CLASSES = (RetentionClass.PROCESSING.value, "held")

Key = tuple[str, UUID, str]
"""Service, person, purpose."""


@dataclass(frozen=True, slots=True)
class News:
    """What has ended, as the job tells it."""

    controller_id: UUID
    reason: str
    scope_type: str
    scope: str
    people: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit of the log."""

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
    permits = _permits(told, purposes, _since(campaigns, now))
    live = _live(permits, _known(cause_id), now)
    found: dict[Key, Ended] = {}
    for permit in permits:
        if permit.id in live:
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
    lease = max(settings.DECISION_VALID_SECONDS, LONGEST_LEASE_SECONDS)
    starts = [one.since_at for many in campaigns.values() for one in many]
    return min([now - timedelta(seconds=lease), *starts]) - SKEW


def _permits(told: News, purposes: Collection[str] | None, since: datetime) -> list[Permit]:
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


def _known(cause_id: UUID) -> set[str]:
    rows = Recall.objects.filter(cause_id=cause_id).values_list("decisions", flat=True)
    return {one for decisions in rows for one in decisions}


def _live(permits: Iterable[Permit], known: Collection[str], now: datetime) -> set[UUID]:
    """Those whose end lies ahead; of a payload that is gone nobody can tell, so it counts."""
    lease = max(settings.DECISION_VALID_SECONDS, LONGEST_LEASE_SECONDS)
    recent = now - timedelta(seconds=lease)
    found = {one.id for one in permits if one.at > recent and str(one.id) not in known}
    bodies = log.payloads(found, CLASSES) if found else {}
    return {one for one in found if one not in bodies or _end(bodies[one]) > now.timestamp() * 1e6}


class _Decision(msgspec.Struct):
    valid_until: int = 0


class _Data(msgspec.Struct):
    decision: _Decision


class _Body(msgspec.Struct):
    data: _Data


def _end(body: bytes) -> int:
    return msgspec.json.decode(body, type=_Body).data.decision.valid_until
