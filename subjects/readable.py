"""Of whom something is still there to be read: for whoever keeps copies of what they read."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

_WITH_KEY = """
SELECT asked.id FROM unnest(%s::uuid[]) AS asked(id)
JOIN subjects_datakey k ON k.subject_id = asked.id
JOIN subjects_subject s ON s.id = asked.id AND s.controller_id = %s
ORDER BY asked.id
"""
_CHANGED = """
SELECT EXISTS (
  SELECT FROM subjects_standing s
  WHERE s.controller_id = %s AND s.subject_id = ANY(%s) AND s.state = ANY(%s)
    AND s.ended_at IS NULL AND s.since_at > %s
)
"""
_STANDS = """
SELECT EXISTS (
  SELECT FROM subjects_standing s
  WHERE s.controller_id = %s AND s.subject_id = %s AND s.state = ANY(%s)
    AND s.ended_at IS NULL AND s.scope_type = 'everything'
)
"""


def with_key(controller_id: UUID, ids: Collection[UUID]) -> list[UUID]:
    """Those of these people of the controller whose data key is there, in the order of ids."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_KEY, [list(ids), controller_id])
        return [one for (one,) in cursor.fetchall()]


def is_standing_since(
    controller_id: UUID, ids: Collection[UUID], states: Collection[str], since: datetime
) -> bool:
    """Whether any of them has come to stand so after `since`, in whatever scope, and still does."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [controller_id, list(ids), list(states), since])
        return bool(cursor.fetchone()[0])


def stands_so(controller_id: UUID, subject_id: UUID, states: Collection[str]) -> bool:
    """Whether they stand in one of these states with everything there is of them."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, [controller_id, subject_id, list(states)])
        return bool(cursor.fetchone()[0])
