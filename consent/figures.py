"""Figures about consents for officers. Each looks at a bounded number of rows and says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from consent.models import ConsentEvent, Purpose
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


# A controller's purposes come as a list: the planner may then choose between the key, whose order
# is that of time, and the purposes' own lines, where others wrote most of the ledger.
_ANSWERS = """
WITH looked AS MATERIALIZED (
  SELECT subject_id, purpose_id, sequence, event_at, recorded_at, state, language, channel, method
  FROM consent_consentevent
  WHERE controller_id = %(controller)s AND purpose_id = ANY(%(purposes)s::uuid[])
    AND id >= %(since)s
  ORDER BY id DESC LIMIT %(at_most)s
), last_words AS (
  SELECT DISTINCT ON (who, purpose_id)
         coalesce(s.merged_into, s.id) AS who, purpose_id, l.language, channel, state,
         state IN ('given', 'renewed') AS is_yes
  FROM looked l JOIN subjects_subject s ON s.id = l.subject_id
  WHERE state IN ('given', 'renewed', 'refused', 'withdrawn', 'invalidated')
    AND method NOT IN ('merge', 'split')
  ORDER BY who, purpose_id, event_at DESC, state = 'invalidated' DESC,
           state IN ('given', 'renewed'), sequence DESC
)
SELECT CASE grouping(purpose_id, language, channel)
         WHEN 3 THEN 'purpose' WHEN 5 THEN 'language' WHEN 6 THEN 'channel' ELSE '' END,
       coalesce(purpose_id::text, language, channel, ''),
       count(*) FILTER (WHERE is_yes), count(*) FILTER (WHERE NOT is_yes),
       count(DISTINCT who), count(DISTINCT who) FILTER (WHERE is_yes),
       count(DISTINCT who) FILTER (WHERE NOT is_yes),
       (SELECT count(*) FROM looked), (SELECT min(recorded_at) FROM looked)
FROM last_words WHERE state <> 'invalidated'
GROUP BY GROUPING SETS ((purpose_id), (language), (channel), ())
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """How often people said yes or no last, and how many different people did."""

    value: str
    yes: int
    no: int
    people: int
    people_yes: int
    people_no: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Last answers as a whole, and by the code of a purpose, by language, and by channel.

    `begins_at` is the time of the oldest line read where there were more than the bound, else None.
    """

    whole: Answers
    by: dict[str, tuple[Answers, ...]]
    begins_at: datetime | None


def answered(controller_id: UUID, *, since: datetime, at_most: int) -> Answered:
    """What people last said on each purpose, by lines recorded since then; no person is named.

    The newest `at_most` lines of the controller are read, within the range of the ledger's key.
    A later time of the person counts as later, of two at one time the no. A refusal and a
    withdrawal are a no; a consent found invalid is no answer. Joined records are one person.
    """
    codes = {str(one): code for one, code in _codes(controller_id)}
    given: dict[str, Any] = {
        "controller": controller_id, "purposes": [UUID(one) for one in codes],
        "since": uuid7_at(since), "at_most": at_most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, given)
        rows = cursor.fetchall()
    by: dict[str, list[Answers]] = {"purpose": [], "language": [], "channel": [], "": []}
    for dimension, value, *counts, _looked, _begins in rows:
        name = codes[value] if dimension == "purpose" else value
        by[dimension].append(Answers(name, *counts))
    looked, begins_at = rows[0][-2:]  # the whole has a line even where nobody answered
    (whole,) = by.pop("")
    return Answered(
        whole, {dimension: tuple(found) for dimension, found in by.items()},
        begins_at if looked >= at_most else None,
    )  # fmt: skip


def _codes(controller_id: UUID) -> list[tuple[UUID, str]]:
    rows = Purpose.objects.filter(controller_id=controller_id)
    return list(rows.values_list("id", "code"))


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
    """How many lines the ledger has; counted, for what the planner knows may be hours old."""
    return ConsentEvent.objects.count()
