"""How much somebody looked at: what the watch over readers asks of the log's index.

Staff are found by who they are, services by what they looked from: each has an index of its own,
so that a busy log costs nothing here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDay

from audit.catalogue import EVENTS
from audit.models import EntryIndex
from keys.ids import uuid7_at

LOOKED: Final = ("list:viewed", "record:viewed")
SEARCHED: Final = ("person:searched",)


@dataclass(frozen=True, slots=True)
class Look:
    """One person seen by one member of staff."""

    at: datetime
    actor_id: str
    target_id: str
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many different people somebody saw from one place."""

    actor_id: str
    target_id: str
    people: int


def looks(
    controller_id: UUID, target_type: str, staff: Collection[str], *, since: datetime
) -> Iterator[Look]:
    """Every look of these members of staff at people of this log, oldest first."""
    rows = _of_staff(controller_id, target_type, staff, since).order_by("id")
    for at, actor, target, subject in rows.values_list(
        "at", "actor_id", "target_id", "subject_id"
    ).iterator():
        if subject is not None:
            yield Look(at, actor, target, subject)


def people_a_day(  # noqa: PLR0913 (a question about a stretch of time has these parts)
    controller_id: UUID,
    target_type: str,
    staff: Collection[str],
    *,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> list[tuple[str, int]]:
    """How many different people each of these saw, for each day of that zone on which they looked.

    People who were erased since are counted no longer.
    """
    rows = _of_staff(controller_id, target_type, staff, since).filter(at__gte=since, at__lt=until)
    days = rows.annotate(day=TruncDay("at", tzinfo=zone)).values("actor_id", "day")
    counted = days.annotate(people=Count("subject_id", distinct=True)).order_by("actor_id", "day")
    return [(row["actor_id"], row["people"]) for row in counted]


def crowds(
    controller_id: UUID, target_type: str, target_ids: Collection[str], *, since: datetime
) -> list[Crowd]:
    """How many different people were seen from each of these targets."""
    rows = EntryIndex.objects.filter(
        controller_id=controller_id, target_id__in=target_ids, target_type=target_type,
        id__gte=uuid7_at(since), event__in=LOOKED, retention_class__in=_kept(LOOKED),
    ).exclude(event="decision:made")  # fmt: skip  # what the index leaves out
    counted = rows.values("actor_id", "target_id").annotate(
        people=Count("subject_id", distinct=True)
    )
    return [Crowd(row["actor_id"], row["target_id"], row["people"]) for row in counted]


def searches(controller_id: UUID, actor_id: str, *, since: datetime, most: int) -> int:
    """How often a member of staff looked somebody up; counts no further than `most`."""
    rows = EntryIndex.objects.filter(
        controller_id=controller_id, actor_id=actor_id, actor_type="officer",
        id__gte=uuid7_at(since), event__in=SEARCHED, retention_class__in=_kept(SEARCHED),
    )  # fmt: skip
    return rows[:most].count()


def _of_staff(
    controller_id: UUID, target_type: str, staff: Collection[str], since: datetime
) -> QuerySet[EntryIndex]:
    return EntryIndex.objects.filter(
        controller_id=controller_id, actor_id__in=staff, actor_type="officer",
        id__gte=uuid7_at(since), event__in=LOOKED, target_type=target_type,
        retention_class__in=_kept(LOOKED), subject_id__isnull=False,
    )  # fmt: skip


def _kept(events: Collection[str]) -> list[str]:
    return ["held", *sorted({EVENTS[one].retention.value for one in events})]
