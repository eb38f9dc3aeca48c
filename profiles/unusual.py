"""What makes looks at profiles unusual: judged from the log, after the fact. Pure.

Volume, against fixed numbers and the reader's own usual day; hours, one's own people, and people
under watch (DPDP Rules r.6(1)(c); GDPR Art 32). A look is never slowed down or refused by it:
somebody asks afterwards.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

HOUR: Final = timedelta(hours=1)
SATURDAY: Final = 5
OFFICER, SERVICE = "officer", "service"
USUAL_DAYS: Final = timedelta(days=28)
"""How far back a reader's usual day is looked for."""
NO_USUAL: Final[Mapping[str, float]] = MappingProxyType({})
FEWEST_DAYS: Final = 5
"""Who looked on fewer days has no usual day yet, and the fixed numbers alone."""
FEWEST_PEOPLE: Final = 10
"""So few people in a day are nobody's alarm, however few are usual."""


class Look(NamedTuple):
    """One person seen by one member of staff."""

    at: datetime
    holder_id: str
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From when on a controller calls something unusual, in its own time zone."""

    people_an_hour: int = 60
    times_usual: int = 3
    service_people_an_hour: int = 20_000
    reveals_a_day: int = 10
    glass_a_day: int = 1
    searches_an_hour: int = 60
    from_hour: int = 7
    until_hour: int = 20
    works_weekends: bool = False
    smallest_group: int = 5
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Who a reader is as a person, who belongs to them, and who is under watch."""

    own: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    family: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    flagged: Collection[UUID] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Noticed:
    """One kind of unusual access of one reader within the hour or day that began `since_at`."""

    kind: str
    holder_type: str
    holder_id: str
    since_at: datetime
    count: int
    subject_id: UUID | None = None


def noticed(
    looks: Iterable[Look], limits: Limits, ties: Ties, usual: Mapping[str, float] = NO_USUAL
) -> list[Noticed]:
    """What is unusual about these looks of staff. The order of the looks does not matter.

    `usual` says how many people a reader sees on their usual day, of those who have one.
    """
    found: list[Noticed] = []
    ordered = sorted(looks, key=lambda one: (one.holder_id, one.at, one.subject_id))
    for holder_id, group in groupby(ordered, key=lambda one: one.holder_id):
        mine = list(group)
        found += _volume(mine, limits)
        found += _beyond(mine, limits, usual.get(holder_id))
        found += _counted("hours", mine, limits, lambda one: is_off_hours(one.at, limits))
        for kind, people in _closer(holder_id, ties):
            found += _about(kind, [one for one in mine if one.subject_id in people], limits)
    return sorted(found, key=lambda one: (one.kind, one.holder_id, one.since_at, one.count))


def busy(looks: Iterable[Look], limits: Limits) -> set[str]:
    """Who saw so many people in a day that their usual day is worth asking for."""
    days: dict[tuple[str, datetime], set[UUID]] = {}
    for one in looks:
        days.setdefault((one.holder_id, day_of(one.at, limits)), set()).add(one.subject_id)
    return {holder_id for (holder_id, _), people in days.items() if len(people) > FEWEST_PEOPLE}


def usual_day(counts: Collection[int]) -> float | None:
    """How many people a reader sees on a usual day: the median of the days on which they looked.

    So one day of very many raises it no more than any other. None while too few days are known.
    """
    return median(counts) if len(counts) >= FEWEST_DAYS else None


def closeness(holder_id: str, subject_id: UUID, ties: Ties) -> list[str]:
    """What makes it unusual that this member of staff looks at this person; empty for nothing."""
    return [kind for kind, people in _closer(holder_id, ties) if subject_id in people]


def is_off_hours(at: datetime, limits: Limits) -> bool:
    """Whether a moment lies outside the controller's working hours."""
    local = at.astimezone(limits.zone)
    is_rest = local.weekday() >= SATURDAY and not limits.works_weekends
    return is_rest or not limits.from_hour <= local.hour < limits.until_hour


def day_of(at: datetime, limits: Limits) -> datetime:
    """The beginning of the controller's day in which a moment lies."""
    local = at.astimezone(limits.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def hour_of(at: datetime) -> datetime:
    """The full hour in which a moment lies."""
    return at.replace(minute=0, second=0, microsecond=0)


def _closer(holder_id: str, ties: Ties) -> tuple[tuple[str, Collection[UUID]], ...]:
    return (
        ("own", ties.own.get(holder_id, ())), ("family", ties.family.get(holder_id, ())),
        ("flagged", ties.flagged),
    )  # fmt: skip


def _volume(mine: list[Look], limits: Limits) -> Iterator[Noticed]:
    """The most different people within any sixty minutes, for the hours in which it was too many.

    Sixty minutes that end with a look: who waits for the full hour gains nothing.
    """
    window: deque[Look] = deque()
    people: Counter[UUID] = Counter()
    most: dict[datetime, int] = {}
    for look in mine:
        window.append(look)
        people[look.subject_id] += 1
        while window[0].at <= look.at - HOUR:
            old = window.popleft().subject_id
            people[old] -= 1
            if not people[old]:
                del people[old]
        hour = hour_of(look.at)
        most[hour] = max(most.get(hour, 0), len(people))
    for hour, count in most.items():
        if count > limits.people_an_hour:
            yield Noticed("volume", OFFICER, mine[0].holder_id, hour, count)


def _beyond(mine: list[Look], limits: Limits, usual: float | None) -> Iterator[Noticed]:
    """The days on which a reader saw many times as many different people as on a usual one."""
    if usual is None:
        return
    days: dict[datetime, set[UUID]] = {}
    for one in mine:
        days.setdefault(day_of(one.at, limits), set()).add(one.subject_id)
    most = max(FEWEST_PEOPLE, limits.times_usual * usual)
    for day, people in days.items():
        if len(people) > most:
            yield Noticed("usual", OFFICER, mine[0].holder_id, day, len(people))


def _counted(
    kind: str, mine: list[Look], limits: Limits, is_one: Callable[[Look], bool]
) -> Iterator[Noticed]:
    days = Counter(day_of(one.at, limits) for one in mine if is_one(one))
    for day, count in days.items():
        yield Noticed(kind, OFFICER, mine[0].holder_id, day, count)


def _about(kind: str, looks: list[Look], limits: Limits) -> Iterator[Noticed]:
    """One line a person and day."""
    days = Counter((day_of(one.at, limits), one.subject_id) for one in looks)
    for (day, subject_id), count in days.items():
        yield Noticed(kind, OFFICER, looks[0].holder_id, day, count, subject_id)
