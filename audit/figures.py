"""Figures about decisions for officers. Each looks at a bounded number of entries and says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from audit.tlog.merkle import WIDTH
from keys.ids import uuid7_at

_DECISIONS = """
SELECT (SELECT count(*) FROM newest), outcome, reason_code, made
FROM (VALUES (1)) AS always LEFT JOIN (
  SELECT outcome, reason_code, count(*) AS made
  FROM newest WHERE event = 'decision:made' GROUP BY outcome, reason_code
) AS decisions ON true
"""
HOUR_KINDS = ("consent", "permit", "deny", "read", "other")
_KIND = """
CASE
  WHEN event = 'decision:made' THEN CASE outcome WHEN 'permit' THEN 'permit' ELSE 'deny' END
  WHEN event LIKE 'consent:%%' OR event LIKE 'objection:%%' THEN 'consent'
  WHEN event IN ('record:viewed', 'list:viewed', 'record:read', 'identifier:revealed',
                 'values:revealed', 'person:searched', 'evidence:taken') THEN 'read'
  ELSE 'other' END AS kind
"""
_PER_HOUR = """
SELECT hours.number, entries.kind, count(*), min(entries.at)
FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS hours(low, high, number)
CROSS JOIN LATERAL (
  SELECT at, KIND FROM audit_entryindex
  WHERE controller_id = %s AND id >= hours.low AND id < hours.high
  ORDER BY id DESC LIMIT %s
) AS entries GROUP BY hours.number, entries.kind
""".replace("KIND", _KIND)
_SPREAD = """
WITH bundles AS MATERIALIZED (
  SELECT lowest, row_number() OVER (ORDER BY highest) AS number, count(*) OVER () AS whole
  FROM audit_bundle WHERE controller_id = %(log)s AND highest >= %(low)s AND highest < %(high)s
)
SELECT entries.kind, count(*), max(picked.whole)
FROM (SELECT * FROM bundles WHERE number %% greatest(whole / %(places)s, 1) = 0) AS picked
CROSS JOIN LATERAL (
  SELECT KIND FROM audit_entryindex
  WHERE controller_id = %(log)s AND id >= picked.lowest AND id < %(high)s
  ORDER BY id LIMIT %(each)s
) AS entries GROUP BY entries.kind
""".replace("KIND", _KIND)
HOUR: Final = timedelta(hours=1)
PLACES: Final = 20
"""In so many places, spread over its bundles, a busy hour is looked at."""
_NEWEST = """
WITH newest AS MATERIALIZED (
  SELECT event, outcome, reason_code FROM audit_entryindex
  WHERE controller_id = %s AND id >= %s ORDER BY id DESC LIMIT %s
)
"""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided; denials by their first reason, most first."""

    permits: int
    denials: tuple[tuple[str, int], ...]
    is_capped: bool

    @property
    def denied(self) -> int:
        return sum(count for _, count in self.denials)


def decisions(controller_id: UUID, *, since: datetime, at_most: int) -> Decisions:
    """The decisions since then among the newest `at_most` entries of the controller's log."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST + _DECISIONS, [controller_id, uuid7_at(since), at_most])
        rows = cursor.fetchall()
    denials = [(reason, made) for _, outcome, reason, made in rows if outcome == "deny"]
    return Decisions(
        permits=sum(made for _, outcome, _, made in rows if outcome == "permit"),
        denials=tuple(sorted(denials, key=lambda one: (-one[1], one[0]))),
        is_capped=rows[0][0] >= at_most,
    )


@dataclass(frozen=True, slots=True)
class Hour:
    """What was recorded within an hour, by kind (`HOUR_KINDS`).

    Of an hour with more entries than were looked at, the numbers are projected from some of them.
    """

    begins_at: datetime
    counts: Mapping[str, int]
    is_projected: bool


def per_hour(
    controller_id: UUID, *, now: datetime, hours: int = 48, at_most: int = 2_000
) -> list[Hour]:
    """The last hours of a controller's log, oldest first, the running one last.

    Looks at the newest `at_most` entries of each hour, and of a busier one at as many, or up to
    twice, all over it.
    """
    running = now.replace(minute=0, second=0, microsecond=0)
    starts = [running - timedelta(hours=ago) for ago in range(hours - 1, -1, -1)]
    newest = _newest(controller_id, starts, at_most)
    found = []
    for start in starts:
        counts, oldest = newest.get(start, ({}, start))
        is_busy = sum(counts.values()) >= at_most
        if is_busy:
            spread = _spread(controller_id, start, at_most)
            counts = spread or _projected(counts, start, oldest, now)
        found.append(Hour(start, counts, is_projected=is_busy))
    return found


def _bounds(start: datetime) -> tuple[UUID, UUID]:
    """The least id of an hour, and that of the next one."""
    return uuid7_at(start), uuid7_at(start + HOUR)


def _newest(
    controller_id: UUID, starts: Sequence[datetime], at_most: int
) -> dict[datetime, tuple[dict[str, int], datetime]]:
    """The newest entries of each hour that has any: how many of each kind, and since when."""
    low, high = zip(*(_bounds(one) for one in starts), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_PER_HOUR, [list(low), list(high), controller_id, at_most])
        rows = cursor.fetchall()
    found: dict[datetime, tuple[dict[str, int], datetime]] = {}
    for number, kind, count, at in rows:
        counts, oldest = found.get(starts[number - 1], ({}, at))
        found[starts[number - 1]] = ({**counts, kind: count}, min(at, oldest))
    return found


def _spread(controller_id: UUID, start: datetime, at_most: int) -> dict[str, int]:
    """A busy hour by its bundles: how many entries they hold, of the kinds found here and there.

    The newest alone would tell of a burst that ended before them nothing. Empty where too few of
    the hour's entries have been sealed into bundles to tell.
    """
    low, high = _bounds(start)
    asked: dict[str, Any] = {
        "log": controller_id, "low": low, "high": high, "places": PLACES,
        "each": max(at_most // PLACES, 1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, asked)
        rows = cursor.fetchall()
    whole = rows[0][2] * WIDTH if rows else 0
    looked_at = sum(count for _, count, _ in rows)
    if whole < at_most:
        return {}
    return {kind: round(count * whole / looked_at) for kind, count, _ in rows}


def _projected(
    counts: Mapping[str, int], start: datetime, oldest: datetime, now: datetime
) -> dict[str, int]:
    """A busy hour as if all of it had been like its newest entries."""
    end = min(start + HOUR, now)
    factor = max((end - start) / max(end - oldest, timedelta(milliseconds=1)), 1)
    return {kind: round(n * factor) for kind, n in counts.items()}
