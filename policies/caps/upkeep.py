"""Counters whose permits have all left their windows, and answers of yesterday, are let go."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from work.handlers import JobView, Outcome, again, finished, periodic

KEEP = timedelta(hours=24)
BATCH = 5_000
_FORGET = """
DELETE FROM {table} WHERE id IN (
  SELECT id FROM {table} WHERE {column} < %s ORDER BY {column} LIMIT %s FOR UPDATE SKIP LOCKED
) AND {column} < %s
"""


def forget_old() -> int:
    """Delete up to a batch of each; returns how many went. Those in use are left alone."""
    now = timezone.now()
    with connection.cursor() as cursor:
        found = 0
        for table, column, before in (
            ("policies_counter", "ends_at", now - timedelta(hours=1)),
            ("policies_firstanswer", "answered_at", now - KEEP),
        ):
            cursor.execute(_FORGET.format(table=table, column=column), [before, BATCH, before])
            found += cursor.rowcount
    return found


@periodic("policies.caps", every=600)
def forget(job: JobView) -> Outcome:
    """A batch at a time."""
    return again(cursor={}) if forget_old() >= BATCH else finished()
