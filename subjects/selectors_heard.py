"""When people were last heard of by what this package knows: sign-ins and reported behaviours."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from keys import statements
from keys.ids import uuid7_at

__all__ = ["entered_before", "last_heard", "silent"]

_HEARD = """
SELECT s.id, GREATEST(
  s.created_at,
  (SELECT max(t.last_at) FROM subjects_trigger t WHERE t.subject_id = s.id),
  (SELECT max(l.used_at) FROM subjects_signinlink l WHERE l.subject_id = s.id))
FROM subjects_subject s
WHERE s.controller_id = %s AND s.id = ANY(%s::uuid[])
"""


def last_heard(controller_id: UUID, subject_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these people was last heard of; at the earliest when they were entered."""
    rows = statements.rows(_HEARD, [controller_id, statements.array(subject_ids)])
    return dict(rows)


# Ids are in the order of time, so that only people entered long ago are looked at.
_SILENT = """
SELECT s.id FROM subjects_subject s
WHERE s.controller_id = %s AND s.id < %s AND s.id > %s AND s.created_at < %s
  AND s.merged_into IS NULL AND s.pseudonym IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM subjects_trigger t
                  WHERE t.subject_id = s.id AND t.last_at >= %s)
  AND NOT EXISTS (SELECT 1 FROM subjects_signinlink l
                  WHERE l.subject_id = s.id AND l.used_at >= %s)
  AND NOT EXISTS (SELECT 1 FROM subjects_standing n
                  WHERE n.subject_id = s.id AND n.ended_at IS NULL
                    AND n.state IN ('erasing', 'erased') AND n.scope_type = 'everything')
ORDER BY s.id LIMIT %s
"""


def silent(controller_id: UUID, since: datetime, after: UUID, limit: int) -> list[UUID]:
    """People of whom nothing was heard here since, by id after `after`; not those being erased."""
    given = [controller_id, uuid7_at(since), after, since, since, since, limit]
    return [row[0] for row in statements.rows(_SILENT, given)]


_ENTERED = """
SELECT s.id FROM subjects_subject s
WHERE s.controller_id = %s AND s.id < %s AND s.id > %s AND s.created_at < %s
  AND s.merged_into IS NULL AND s.pseudonym IS NOT NULL
ORDER BY s.id LIMIT %s
"""


def entered_before(controller_id: UUID, before: datetime, after: UUID, limit: int) -> list[UUID]:
    """People entered before a moment and not erased, by id after `after`."""
    given = [controller_id, uuid7_at(before), after, before, limit]
    return [row[0] for row in statements.rows(_ENTERED, given)]
