"""Questions of the watch over readers: limits in force, who belongs to whom, what was noticed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet

from accounts import selectors as accounts
from audit import looks as log
from profiles import reads, unusual
from profiles.models import (
    BreakGlass,
    FlaggedPerson,
    HolderType,
    ReaderPerson,
    ReadingLimits,
    Reveal,
    Seat,
    UnusualAccess,
)
from profiles.unusual import Limits, Look, Noticed, Ties
from subjects import kin

NUMBERS = (
    "people_an_hour", "times_usual", "service_people_an_hour", "reveals_a_day", "glass_a_day",
    "searches_an_hour", "from_hour", "until_hour", "works_weekends", "smallest_group",
)  # fmt: skip
LOOK_BACK = timedelta(hours=26)
"""A whole day and a little: a watch that was down for hours misses nothing."""


def limits(controller_id: UUID) -> Limits:
    """The limits of a controller, those of every new one until it sets its own."""
    row = ReadingLimits.objects.filter(controller_id=controller_id).values(*NUMBERS).first()
    given: dict[str, Any] = dict(row) if row else {}
    return Limits(**given, zone=_zone(controller_id))


def ties(controller_id: UUID) -> Ties:
    """Who the staff of a controller are as people, who belongs to them, who is under watch."""
    own: dict[str, set[UUID]] = {}
    known = ReaderPerson.objects.filter(controller_id=controller_id, ended_at=None)
    for holder_id, subject_id in known.values_list("holder_id", "subject_id"):
        own.setdefault(holder_id, set()).add(subject_id)
    flagged = FlaggedPerson.objects.filter(controller_id=controller_id, ended_at=None)
    watched = set(flagged.values_list("subject_id", flat=True))
    people = set().union(*own.values(), watched)
    kept = kin.same_people(controller_id, people)
    own = {who: _with_kept(mine, kept) for who, mine in own.items()}
    related = kin.kin_of(controller_id, set().union(*own.values()))
    family = {who: set().union(*(related[one] for one in mine)) - mine for who, mine in own.items()}
    return Ties(own=own, family=family, flagged=_with_kept(watched, kept))


def noticed_lately(controller_id: UUID, now: datetime) -> list[Noticed]:
    """What is unusual about the looks of the last hours, of staff and of services."""
    found = limits(controller_id)
    seats = Seat.objects.filter(controller_id=controller_id)
    staff = seats.filter(holder_type=HolderType.OFFICER).values_list("holder_id", flat=True)
    seen = log.looks(controller_id, reads.TARGET, set(staff), since=now - LOOK_BACK)
    looks = [Look(one.at, one.actor_id, one.subject_id) for one in seen]
    usual = _usual(controller_id, unusual.busy(looks, found), now, found)
    of_staff = unusual.noticed(looks, found, ties(controller_id), usual)
    return of_staff + _services(controller_id, now, found)


def reveals_since(controller_id: UUID, holder_id: str, since: datetime) -> int:
    """How many masked fields this reader opened."""
    rows = Reveal.objects.filter(controller_id=controller_id, holder_id=holder_id)
    return rows.filter(opened_at__gte=since).count()


def glasses_since(controller_id: UUID, holder_id: str, since: datetime) -> int:
    """How often this reader broke the glass."""
    rows = BreakGlass.objects.filter(controller_id=controller_id, holder_id=holder_id)
    return rows.filter(opened_at__gte=since).count()


def unanswered(controller_ids: Collection[UUID]) -> QuerySet[UnusualAccess]:
    """What was noticed and nobody has looked into, newest first."""
    found = UnusualAccess.objects.filter(controller_id__in=controller_ids, answered_at=None)
    return found.order_by("-id")


def watched_controllers() -> list[UUID]:
    """The controllers at which somebody has a seat."""
    return sorted(set(Seat.objects.values_list("controller_id", flat=True)))


def _usual(
    controller_id: UUID, readers: Collection[str], now: datetime, found: Limits
) -> dict[str, float]:
    """How many people each of these readers sees on a usual day, before the days now judged.

    Asked only for who is busy today: the log of a month is long.
    """
    if not readers:
        return {}
    until = unusual.day_of(now - LOOK_BACK, found)
    counts: dict[str, list[int]] = {}
    for reader, people in log.people_a_day(
        controller_id, reads.TARGET, readers,
        since=until - unusual.USUAL_DAYS, until=until, zone=found.zone,
    ):  # fmt: skip
        counts.setdefault(reader, []).append(people)
    days = {reader: unusual.usual_day(mine) for reader, mine in counts.items()}
    return {reader: day for reader, day in days.items() if day is not None}


def _services(controller_id: UUID, now: datetime, found: Limits) -> list[Noticed]:
    seats = Seat.objects.filter(controller_id=controller_id, holder_type=HolderType.SERVICE)
    ids = [str(one) for one in seats.values_list("id", flat=True)]
    crowds = log.crowds(controller_id, reads.TARGET, ids, since=now - unusual.HOUR)
    return [
        Noticed("volume", unusual.SERVICE, one.actor_id, unusual.hour_of(now), one.people)
        for one in crowds
        if one.people > found.service_people_an_hour
    ]


def _with_kept(people: Collection[UUID], kept: dict[UUID, UUID]) -> set[UUID]:
    """These people, and the records they were joined to."""
    return {*people, *(kept[one] for one in people if one in kept)}


def _zone(controller_id: UUID) -> ZoneInfo:
    try:
        return ZoneInfo(accounts.controller(controller_id).time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
