"""Figures about decisions for officers. Each looks at a bounded number of entries and says so."""

from dataclasses import dataclass
from datetime import datetime
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
