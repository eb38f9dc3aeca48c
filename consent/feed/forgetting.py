"""Deleting what was told long ago. Of it the ledger and the log keep the evidence."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from keys.ids import uuid7_at

KEEP = timedelta(days=90)
AT_ONCE = 5000
_DELIVERIES = """
DELETE FROM consent_delivery WHERE id IN (
  SELECT id FROM consent_delivery WHERE created_at < %s AND state <> 'waiting' LIMIT %s
)
"""
_CHANGES = """
WITH old AS (
  SELECT c.id FROM consent_change c
  WHERE c.id < %s AND c.position IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM consent_delivery d WHERE d.change_id = c.id)
  ORDER BY c.id LIMIT %s
)
DELETE FROM consent_change c USING old WHERE c.id = old.id
RETURNING c.controller_id, c.position
"""
_FORGOTTEN = """
UPDATE consent_feed f SET forgotten = GREATEST(f.forgotten, g.last)
FROM (SELECT controller_id, max(position) AS last
      FROM unnest(%s::uuid[], %s::bigint[]) AS gone(controller_id, position)
      GROUP BY controller_id) g
WHERE f.controller_id = g.controller_id
"""


@transaction.atomic
def forget(limit: int = AT_ONCE) -> bool:
    """Delete deliveries that are over and changes nobody waits for; whether there may be more.

    A reader whose cursor lies before what is gone is told so, never given less without a word.
    """
    before = timezone.now() - KEEP
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERIES, [before, limit])
        deliveries = cursor.rowcount
        cursor.execute(_CHANGES, [uuid7_at(before), limit])
        gone = cursor.fetchall()
        if gone:
            cursor.execute(_FORGOTTEN, [list(column) for column in zip(*gone, strict=True)])
    return limit in {deliveries, len(gone)}
