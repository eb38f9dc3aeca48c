"""Figures about consents for officers. Each looks at a bounded number of rows and says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from consent.models import ConsentEvent
from consent.transitions import State
from keys.ids import uuid7_at

_RUNNING = """
SELECT p.id, p.code, n.running, n.looked
FROM consent_purpose p
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (
           WHERE state IN ('given', 'renewed') AND (expires_at IS NULL OR expires_at > now())
         ) AS running,
         count(*) AS looked
  FROM (SELECT state, expires_at FROM consent_consentstate s
        WHERE s.purpose_id = p.id LIMIT %s) AS rows_seen
) AS n
WHERE p.controller_id = %s AND p.closed_at IS NULL
ORDER BY n.running DESC, p.code
"""


@dataclass(frozen=True, slots=True)
class Running:
    """How many consents to a purpose run; at least so many where `is_capped`."""

    purpose_id: UUID
    purpose: str
    count: int
    is_capped: bool


def running(controller_id: UUID, *, at_most: int) -> list[Running]:
    """Running consents by open purpose, most first; at most so many rows a purpose are read."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [at_most, controller_id])
        return [Running(one, code, n, looked >= at_most) for one, code, n, looked in cursor]


def withdrawals(controller_id: UUID, *, since: datetime, at_most: int) -> tuple[int, bool]:
    """Withdrawals recorded since then, and whether only the newest `at_most` events were read."""
    newest = ConsentEvent.objects.filter(controller_id=controller_id, id__gte=uuid7_at(since))
    found = newest.order_by("-id")[:at_most].aggregate(
        withdrawn=Count("id", filter=Q(state=State.WITHDRAWN)), looked=Count("id")
    )
    return found["withdrawn"], found["looked"] >= at_most


def ledger_lines() -> int:
    """About how many lines the ledger has, as the planner knows it; for a bar that moves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class"
            " WHERE oid = 'consent_consentevent'::regclass"
        )
        return int(cursor.fetchone()[0])
