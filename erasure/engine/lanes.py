"""Seeing to it that somebody drives: one job a lane of a system at a time, begun when work is due.

A lane is a share of a system's steps, by person. One lane is the rule: a system that hangs then
holds up one worker at most, and its calls run side by side within the lane anyway.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from erasure.models import Gate
from work import crash
from work import selectors as waiting
from work import services as work

KIND: Final = "erasure.lane"
LANES: Final = 1
RUNNING: Final = ("ready", "leased")

_DUE: Final = """
SELECT g.system_id FROM erasure_gate g
WHERE (g.rests_until_at IS NULL OR g.rests_until_at <= %(now)s)
  AND EXISTS (SELECT 1 FROM erasure_step s, generate_series(0, %(lanes)s - 1) AS l(lane)
              WHERE s.system_id = g.system_id AND s.lane = l.lane AND s.next_at <= %(now)s)
"""
_DUE_LANES: Final = """
SELECT l.lane FROM generate_series(0, %s - 1) AS l(lane)
WHERE EXISTS (SELECT 1 FROM erasure_step s
              WHERE s.system_id = %s AND s.lane = l.lane AND s.next_at <= %s)
"""
_OPEN: Final = """
INSERT INTO erasure_gate (system_id, controller_id, failures, trouble, budget, waves)
SELECT unnest(%s::uuid[]), %s, 0, '', 0, '{}' ON CONFLICT (system_id) DO NOTHING
"""


def lane_of(subject_id: UUID) -> int:
    """The lane of a person's steps, at every system."""
    return subject_id.int % LANES


def due(now: datetime) -> list[UUID]:
    """Systems for which something is due and whose gate does not rest."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "lanes": LANES})
        return [row[0] for row in cursor.fetchall()]


def make_gates(controller_id: UUID, systems: Iterable[UUID]) -> None:
    """A gate for each system that has none, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [sorted(systems), controller_id])


@transaction.atomic
def begin(system_id: UUID, now: datetime) -> int:
    """Note the job of each lane that has something due and none yet; returns how many.

    Nothing while another process does so: the keeper asks again at once.
    """
    gate = Gate.objects.select_for_update(skip_locked=True).filter(pk=system_id).first()
    if gate is None:
        return 0
    begun = sum(_begin_lane(gate, lane) for lane in _due_lanes(system_id, now))
    if begun:
        gate.save(update_fields=["waves"])
        crash.point("erasure.begun")
    return begun


def begin_many(systems: Iterable[UUID], now: datetime) -> int:
    """As `begin`, for some; always in the same order, so that nobody waits in a ring."""
    return sum(begin(system_id, now) for system_id in sorted(set(systems)))


def _due_lanes(system_id: UUID, now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE_LANES, [LANES, system_id, now])
        return [row[0] for row in cursor.fetchall()]


def _begin_lane(gate: Gate, lane: int) -> bool:
    if _state(gate, lane) in RUNNING:
        return False
    gate.waves[str(lane)] = gate.waves.get(str(lane), 0) + 1
    work.enqueue(
        kind=KIND, controller_id=gate.controller_id, dedupe_key=_key(gate, lane),
        payload={"system": str(gate.system_id), "lane": lane},
        ordering_key=f"erasure:{gate.system_id}:{lane}",
    )  # fmt: skip
    return True


def _state(gate: Gate, lane: int) -> str | None:
    return waiting.state_of(
        kind=KIND, controller_id=gate.controller_id, dedupe_key=_key(gate, lane)
    )


def _key(gate: Gate, lane: int) -> str:
    return f"{gate.system_id}:{lane}:{gate.waves.get(str(lane), 0)}"
