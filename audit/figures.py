"""Figures about decisions for officers. Each looks at a bounded number of entries and says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from keys.ids import uuid7_at

_DECISIONS = """
SELECT (SELECT count(*) FROM newest), outcome, reason_code, made
FROM (VALUES (1)) AS always LEFT JOIN (
  SELECT outcome, reason_code, count(*) AS made
  FROM newest WHERE event = 'decision:made' GROUP BY outcome, reason_code
) AS decisions ON true
"""
HOUR_KINDS = ("consent", "permit", "deny", "read", "other")
_PER_HOUR = """
SELECT hours.number, entries.kind, count(*), min(entries.at)
FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS hours(low, high, number)
CROSS JOIN LATERAL (
  SELECT at, CASE
      WHEN event = 'decision:made' THEN CASE outcome WHEN 'permit' THEN 'permit' ELSE 'deny' END
      WHEN event LIKE 'consent:%%' OR event LIKE 'objection:%%' THEN 'consent'
      WHEN event IN ('record:viewed', 'list:viewed', 'record:read', 'identifier:revealed',
                     'values:revealed', 'person:searched', 'evidence:taken') THEN 'read'
      ELSE 'other' END AS kind
  FROM audit_entryindex
  WHERE controller_id = %s AND id >= hours.low AND id < hours.high
  ORDER BY id DESC LIMIT %s
) AS entries GROUP BY hours.number, entries.kind
"""
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

    Of an hour with more entries than were looked at, the numbers are projected from the newest.
    """

    begins_at: datetime
    counts: Mapping[str, int]
    is_projected: bool


def per_hour(
    controller_id: UUID, *, now: datetime, hours: int = 48, at_most: int = 2_000
) -> list[Hour]:
    """The last hours of a controller's log, oldest first, the running one last.

    Looks at the newest `at_most` entries of each hour.
    """
    running = now.replace(minute=0, second=0, microsecond=0)
    starts = [running - timedelta(hours=ago) for ago in range(hours - 1, -1, -1)]
    low = [uuid7_at(one) for one in starts]
    high = [uuid7_at(one + timedelta(hours=1)) for one in starts]
    with connection.cursor() as cursor:
        cursor.execute(_PER_HOUR, [low, high, controller_id, at_most])
        rows = cursor.fetchall()
    found: dict[int, dict[str, int]] = {}
    oldest: dict[int, datetime] = {}
    for number, kind, count, at in rows:
        found.setdefault(number - 1, {})[kind] = count
        oldest[number - 1] = min(at, oldest.get(number - 1, at))
    return [
        _hour(start, found.get(number, {}), oldest.get(number, start), now, at_most)
        for number, start in enumerate(starts)
    ]


def _hour(
    start: datetime, counts: dict[str, int], oldest: datetime, now: datetime, at_most: int
) -> Hour:
    if sum(counts.values()) < at_most:
        return Hour(start, counts, is_projected=False)
    end = min(start + timedelta(hours=1), now)
    factor = max((end - start) / max(end - oldest, timedelta(milliseconds=1)), 1)
    return Hour(start, {kind: round(n * factor) for kind, n in counts.items()}, is_projected=True)
