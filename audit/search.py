"""Searching the log: pages newest first by key, without counts and without offsets.

A page costs about the same however large the log is. The walk goes back in spans of time whose
bounds stand in the statement as constants, so that partitions outside are left out while planning.
What an index orders (person, target, or no filter at all) is read a month at a time; other
filters have block summaries (BRIN with Bloom filters) that cost a recorded decision next to
nothing, and their spans grow as long as they are quick. A page that would take longer than
`PATIENCE_SECONDS` ends early: it says how far it looked, and its cursor goes on from there.
"""

import base64
import binascii
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from audit.criteria import Criteria
from audit.errors import CursorError
from audit.models import EntryIndex
from keys.ids import uuid7_at

LIMIT: Final = 50
MOST: Final = 1000
PATIENCE_SECONDS: Final = 0.5
QUICK_SECONDS: Final = 0.03
SLOW_SECONDS: Final = 0.12
GROWTH: Final = 4
MONTH: Final = timedelta(days=30)
HOUR: Final = timedelta(hours=1)
FIRST: Final = 6 * HOUR
WIDEST: Final = timedelta(days=360)
SLACK: Final = timedelta(minutes=1)
"""An entry's id is made up to so long before or after the time it names."""
AHEAD: Final = timedelta(days=1)
"""Clocks of other machines may go before ours; partitions of later months are not looked at."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MAC: Final = 16

COLUMNS: Final = (
    "id", "retention_class", "controller_id", "at", "event", "actor_type", "actor_id",
    "target_type", "target_id", "subject_id", "purpose", "outcome", "reason_code",
)  # fmt: skip
_SPAN: Final = """
SELECT found.* FROM unnest(%s::uuid[]) AS log(id) CROSS JOIN LATERAL (
  SELECT {columns} FROM audit_entryindex
  WHERE controller_id = log.id AND id >= %s AND id < %s{conditions}
  ORDER BY id {order} LIMIT {limit}
) AS found ORDER BY found.id {order} LIMIT {limit}
"""
_OLDEST: Final = """
SELECT min(right(relname, 6)),
  (SELECT found.id FROM unnest(%s::uuid[]) AS log(id) CROSS JOIN LATERAL (
     SELECT id FROM audit_entryindex
     WHERE retention_class = 'held' AND controller_id = log.id ORDER BY id LIMIT 1
   ) AS found ORDER BY found.id LIMIT 1)
FROM pg_class
WHERE relkind = 'r' AND relispartition AND relname ~ '^audit_entryindex_rc[0-9]+_[0-9]{6}$'
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first. A cursor is empty where there is nothing further that way.

    `looked_back_to` is set where the search ended before the page was full or the log was: what is
    older has not been looked at yet.
    """

    rows: tuple[EntryIndex, ...]
    next_cursor: str = ""
    newer_cursor: str = ""
    looked_back_to: datetime | None = None


class Span(NamedTuple):
    """A range of ids, `high` excluded."""

    low: UUID
    high: UUID
    is_last: bool


def search(criteria: Criteria, *, cursor: str = "", limit: int = LIMIT) -> Page:
    """A page of the entries that meet the criteria.

    Raises CursorError for a cursor that is not ours or belongs to other criteria, ValueError for a
    limit outside 1 to 1,000.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"A page has 1 to {MOST} rows.")
    place = _Place.read(cursor, criteria) if cursor else None
    if place and place.is_newer:
        return _newer(criteria, place.id, limit)
    return _older(criteria, place.id if place else None, limit)


def walk(criteria: Criteria, *, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """The next entries in ascending order, as (id, retention class); fewer than `limit` at the end.

    For those who go through all of them: it takes the time it takes.
    """
    found = _collect(criteria, after, limit, newest_first=False, columns=("id", "retention_class"))
    return [(row[0], row[1]) for row in found.rows]


def _older(criteria: Criteria, before: UUID | None, limit: int) -> Page:
    found = _collect(criteria, before, limit + 1, patience=PATIENCE_SECONDS)
    rows = found.entries()[:limit]
    following, looked = "", None
    if len(found.rows) > limit:
        following = _Place(rows[-1].pk).write(criteria)
    elif found.stopped_at:
        following, looked = _Place(found.stopped_at).write(criteria), _moment(found.stopped_at)
    newer = _Place(rows[0].pk, is_newer=True).write(criteria) if rows and before else ""
    return Page(tuple(rows), following, newer, looked)


def _newer(criteria: Criteria, after: UUID, limit: int) -> Page:
    """What came after; where nothing did, the newest page."""
    found = _collect(criteria, after, limit + 1, newest_first=False, patience=PATIENCE_SECONDS)
    rows = found.entries()[:limit][::-1]
    if not rows:
        return _older(criteria, None, limit)
    is_newest = len(found.rows) <= limit and not found.stopped_at
    newer = "" if is_newest else _Place(rows[0].pk, is_newer=True).write(criteria)
    return Page(tuple(rows), _Place(rows[-1].pk).write(criteria), newer)


@dataclass(slots=True)
class _Found:
    """Rows of the columns asked for; `stopped_at` where time ended before the log did."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    stopped_at: UUID | None = None

    def entries(self) -> list[EntryIndex]:
        return [EntryIndex.from_db(None, COLUMNS, row) for row in self.rows]


@dataclass(slots=True)
class _Pace:
    """How wide the next span is: quick ones grow, slow ones shrink, so no statement takes long."""

    width: timedelta

    def adapt(self, seconds: float) -> None:
        if seconds < QUICK_SECONDS:
            self.width = min(self.width * GROWTH, WIDEST)
        elif seconds > SLOW_SECONDS:
            self.width = max(self.width / GROWTH, HOUR)


def _collect(  # noqa: PLR0913 (private; each is one decision of the callers above)
    criteria: Criteria,
    start: UUID | None,
    limit: int,
    *,
    newest_first: bool = True,
    patience: float | None = None,
    columns: tuple[str, ...] = COLUMNS,
) -> _Found:
    """Rows from `start` on in one direction, until there are enough, no more, or no time."""
    found = _Found()
    if not criteria.controller_ids or criteria.reasons == ():
        return found
    statement = _Statement(criteria, columns, newest_first=newest_first)
    pace = _Pace(MONTH if _is_ordered(criteria) else FIRST)
    began = last = time.monotonic()
    spans = _back if newest_first else _forth
    for number, span in enumerate(spans(criteria, start, pace)):
        found.rows += statement.rows(span, limit - len(found.rows))
        last, before = time.monotonic(), last
        pace.adapt(last - before)
        if len(found.rows) >= limit:
            break
        is_late = patience is not None and last - began > patience
        if is_late and number and not span.is_last:  # the first knows not where the log begins
            found.stopped_at = span.low if newest_first else span.high
            break
    return found


def _back(criteria: Criteria, start: UUID | None, pace: _Pace) -> Iterator[Span]:
    """From the newest to the oldest; where the log begins is looked up only if need be."""
    floor, high = _floor(criteria), _ceiling(criteria)
    high = min(start, high) if start else high
    while True:
        low = uuid7_at(max(_moment(high) - pace.width, EPOCH))
        span = (
            Span(max(low, floor), high, True) if floor and low <= floor else Span(low, high, False)
        )
        yield span
        if span.is_last:
            return
        high, floor = span.low, floor or _oldest(criteria)


def _forth(criteria: Criteria, start: UUID | None, pace: _Pace) -> Iterator[Span]:
    low, ceiling = _floor(criteria) or _oldest(criteria), _ceiling(criteria)
    low = max(low, UUID(int=start.int + 1)) if start else low
    while True:
        high = min(ceiling, uuid7_at(_moment(low) + pace.width))
        yield Span(low, high, is_last=high >= ceiling)
        if high >= ceiling:
            return
        low = high


def _floor(criteria: Criteria) -> UUID | None:
    """The lowest id that the criteria allow; None where only the log's age does."""
    return uuid7_at(max(criteria.since - SLACK, EPOCH)) if criteria.since else None


def _ceiling(criteria: Criteria) -> UUID:
    latest = timezone.now() + AHEAD
    return uuid7_at(min(criteria.until + SLACK, latest) if criteria.until else latest)


def _oldest(criteria: Criteria) -> UUID:
    """The first id that the oldest month can hold, or of what is held from months before it."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [list(criteria.controller_ids)])
        month, held = cursor.fetchone()
    begins = uuid7_at(datetime.strptime(month, "%Y%m").replace(tzinfo=UTC) if month else EPOCH)
    return min(begins, held) if held else begins


class _Statement:
    """The criteria as SQL, for one span after the other."""

    def __init__(self, criteria: Criteria, columns: tuple[str, ...], *, newest_first: bool) -> None:
        self._logs = list(criteria.controller_ids)
        self._parts = list(_conditions(criteria))
        self._order = "DESC" if newest_first else "ASC"
        self._columns = ", ".join(columns)

    def rows(self, span: Span, limit: int) -> list[tuple[Any, ...]]:
        text = _SPAN.format(
            columns=self._columns, order=self._order, limit=limit,
            conditions="".join(f" AND {condition}" for condition, _ in self._parts),
        )  # fmt: skip
        values = [value for _, value in self._parts]
        with connection.cursor() as cursor:
            cursor.execute(text, [self._logs, span.low, span.high, *values])
            return list(cursor.fetchall())


def _conditions(criteria: Criteria) -> Iterator[tuple[str, Any]]:
    """Each condition with its one parameter."""
    for name in ("subject_id", "actor_id", "actor_type", "target_type", "target_id", "outcome"):
        if value := getattr(criteria, name):
            yield f"{name} = %s", value
    for name, values in (
        ("event", criteria.events), ("purpose", criteria.purposes),
        ("reason_code", criteria.reasons),
    ):  # fmt: skip
        if values:
            yield (f"{name} = %s", values[0]) if len(values) == 1 else (
                f"{name} = ANY(%s::text[])", list(values),
            )  # fmt: skip
    if criteria.except_events:
        yield "event <> ALL(%s::text[])", list(criteria.except_events)
    if criteria.since:
        yield "at >= %s", criteria.since
    if criteria.until:
        yield "at < %s", criteria.until


def _is_ordered(criteria: Criteria) -> bool:
    """Whether an index has just these entries in order, or nearly so."""
    if criteria.subject_id or criteria.target_id:
        return True
    conditions = {condition.split()[0] for condition, _ in _conditions(criteria)}
    return conditions <= {"at"}


class _Place(NamedTuple):
    """Where a page ended, in a form that only we can make and only this search takes."""

    id: UUID
    is_newer: bool = False

    def write(self, criteria: Criteria) -> str:
        body = bytes([self.is_newer]) + self.id.bytes + criteria.digest
        return base64.urlsafe_b64encode(body + _mac(body)).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str, criteria: Criteria) -> "_Place":
        """Raises CursorError."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorError from None
        body = raw[:-MAC]
        if not constant_time_compare(raw[-MAC:], _mac(body)):
            raise CursorError
        if body[17:] != criteria.digest:
            raise CursorError("This cursor belongs to another search.")
        return cls(UUID(bytes=body[1:17]), bool(body[0]))


def _mac(body: bytes) -> bytes:
    return salted_hmac("audit.search", body, algorithm="sha256").digest()[:MAC]


def _moment(entry_id: UUID) -> datetime:
    """When an id of ours was made."""
    return EPOCH + timedelta(milliseconds=entry_id.int >> 80)
