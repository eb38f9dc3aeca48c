"""Who used or saw one person's data, as officers read it: the list the person sees, with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest

from audit import uses as audit
from audit.catalogue import EVENTS
from audit.console import site, who
from audit.uses import Line
from consent import selectors as consents
from desk import words

PAGE = 100


@dataclass(frozen=True, slots=True)
class LineShown:
    """Equal uses of a day by one party; `id` is the newest entry."""

    id: UUID
    sentence: str
    outcome: str
    is_permit: bool
    purpose: str
    reason: str
    reason_code: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class DayShown:
    date: date
    parties: tuple[tuple[str, tuple[LineShown, ...]], ...]


@dataclass(frozen=True, slots=True)
class UsesShown:
    """A page of days; `next_before` is where the next one starts, None on the last."""

    days: tuple[DayShown, ...]
    next_before: UUID | None
    show: str = "uses"


def uses(
    request: HttpRequest, controller_id: UUID, subject_id: UUID, before: UUID | None
) -> UsesShown:
    """A page of who used or saw the person's data, newest first."""
    found = audit.uses_of(controller_id, subject_id, cursor=before, limit=PAGE)
    titles = consents.purpose_titles(controller_id)
    days = tuple(
        DayShown(
            day.date,
            tuple(
                (who(request, one.type, one.id), tuple(_line(line, titles) for line in one.lines))
                for one in day.parties
            ),
        )
        for day in audit.by_day(found.uses)
    )
    return UsesShown(days, found.cursor)


def _line(line: Line, titles: Mapping[str, str]) -> LineShown:
    use = line.use
    decided = use.permit is not None
    return LineShown(
        use.id, str(EVENTS[use.event].sentence),
        words.said(words.OUTCOMES, use.outcome) if decided else "", use.permit is True,
        titles.get(use.purpose, use.purpose),
        site().reason_text(use.reason_code) if use.reason_code else "", use.reason_code,
        line.count, line.first_at, use.at,
    )  # fmt: skip
