"""Who used or saw a person's data, and why: the answer the log gives about one person (AUD-15).

From the per-subject index alone, a page at a time, newest first. Whoever shows it finds the words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils import timezone

from audit import members
from audit.catalogue import EVENTS
from audit.models import EntryIndex
from keys.ids import uuid7_at

MOST: Final = 500
FROM_A_SEAT: Final = "profile"
"""The target of looks at a profile is the seat it was looked at from: each is a line of its own."""
NONE_BEFORE: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)


class Kind(StrEnum):
    """What somebody did with the data."""

    DECISION = "decision"  # asked whether the data may be used, and was told
    PROCESSING = "processing"  # reported that the data were used
    AI_DECISION = "ai_decision"  # decided something about the person with a model
    SEEN = "seen"  # an officer opened a page about the person
    LISTED = "listed"  # an officer saw the person in a list
    REVEALED = "revealed"  # an identifier, or reported values, were shown in clear
    SEARCHED = "searched"  # somebody looked the person up, or what is permitted about them
    READ = "read"  # a service read what is stored
    EXPORTED = "exported"  # copies left the suite
    AUDIENCE = "audience"  # was told that the person may be reached, among many


KINDS: Final = {
    "decision:made": Kind.DECISION,
    "search:made": Kind.AUDIENCE,
    "permissions:searched": Kind.SEARCHED,
    "audience:recorded": Kind.AUDIENCE,
    "processing:reported": Kind.PROCESSING,
    "ai:decided": Kind.AI_DECISION,
    "record:viewed": Kind.SEEN,
    "list:viewed": Kind.LISTED,
    "identifier:revealed": Kind.REVEALED,
    "values:revealed": Kind.REVEALED,
    "person:searched": Kind.SEARCHED,
    "record:read": Kind.READ,
    "evidence:taken": Kind.EXPORTED,
}
"""The events that are a use or a look; all others are acts of the person or about the suite."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use or look: what, by whom, when, for which purpose, on which ground, with what outcome.

    The first reason of a permit names its ground; `permit` is None where nothing was decided. The
    target is what was used or looked from: the seat of a reader of profiles, for instance.
    """

    id: UUID
    at: datetime
    kind: Kind
    event: str
    actor_type: str
    actor_id: str
    purpose: str
    reason_code: str
    outcome: str
    target_type: str = ""
    target_id: str = ""

    @property
    def permit(self) -> bool | None:
        return {"permit": True, "deny": False}.get(self.outcome)


@dataclass(frozen=True, slots=True)
class Uses:
    """A page of uses, newest first; `cursor` is where the next one starts, None on the last."""

    uses: tuple[Use, ...]
    cursor: UUID | None


def uses_of(  # noqa: PLR0913 (whose, when, and which page)
    controller_id: UUID,
    subject_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: UUID | None = None,
    limit: int = 100,
) -> Uses:
    """Who used or saw the data of this person of this controller, from `since` up to `until`.

    From the per-subject index and from the entries about many people that name this one. Raises
    ValueError for a limit outside 1 to 500 and for a time without zone.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit is from 1 to {MOST}")
    lowest = uuid7_at(since) if since is not None else NONE_BEFORE
    ends = [uuid7_at(until)] if until is not None else []
    bounds = {"since": lowest, "until": min([*ends, *([cursor] if cursor else [])], default=LAST)}
    many = members.about(controller_id, subject_id, **bounds, limit=limit + 1)
    lines = EntryIndex.objects.filter(
        controller_id=controller_id, event__in=sorted(KINDS),
        id__gte=bounds["since"], id__lt=bounds["until"],
        retention_class__in=["held", *sorted({EVENTS[one].retention.value for one in KINDS})],
    ).order_by("-id")  # fmt: skip
    rows = [*lines.filter(subject_id=subject_id)[: limit + 1]]
    if many:
        rows = sorted([*rows, *lines.filter(id__in=many)], key=lambda row: row.id, reverse=True)
    found = [_use(row) for row in rows[: limit + 1]]
    page = found[:limit]
    return Uses(tuple(page), page[-1].id if len(found) > limit else None)


def _use(row: EntryIndex) -> Use:
    return Use(
        row.id, row.at, KINDS[row.event], row.event, row.actor_type, row.actor_id, row.purpose,
        row.reason_code, row.outcome, row.target_type, row.target_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Equal uses of one day by one party: the newest of them, and how many there were."""

    use: Use
    count: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who used or saw the data on a day."""

    type: str
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day of the reader's time zone, by party, newest first."""

    date: date
    parties: tuple[Party, ...]


def by_day(uses: Iterable[Use]) -> list[Day]:
    """Group a page of uses as people ask: when, who, and what for."""
    days: dict[date, dict[tuple[str, str], dict[object, list[Use]]]] = {}
    for use in uses:
        parties = days.setdefault(timezone.localdate(use.at), {})
        groups = parties.setdefault((use.actor_type, use.actor_id), {})
        groups.setdefault(_alike(use), []).append(use)
    return [
        Day(day, tuple(Party(*who, _lines(groups.values())) for who, groups in parties.items()))
        for day, parties in days.items()
    ]


def _alike(use: Use) -> object:
    """What makes two uses one line. Each AI decision has an account of its own."""
    if use.kind is Kind.AI_DECISION:
        return use.id
    place = use.target_id if use.target_type == FROM_A_SEAT else ""
    return (use.kind, use.purpose, use.outcome, use.reason_code, use.target_type, place)


def _lines(groups: Iterable[list[Use]]) -> tuple[Line, ...]:
    return tuple(Line(found[0], len(found), found[-1].at) for found in groups)
