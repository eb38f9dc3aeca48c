"""The late look: what was verified absent is looked at once more, at a random later time (ERA-10).

It falls due here and is made by the lane like any other look. With the last one of a case the key
of the case is destroyed.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from erasure.engine import closing
from keys import statements

AT_ONCE: Final = 2000

_DUE: Final = """
UPDATE erasure_step SET next_at = %s, late_at = NULL
WHERE id IN (SELECT id FROM erasure_step WHERE late_at <= %s AND state = 'absent'
             ORDER BY late_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
_SEEN: Final = """
SELECT c.id FROM erasure_case c
WHERE c.state = 'closed' AND c.wrapped_key IS NOT NULL AND c.revisit_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM erasure_step s WHERE s.case_id = c.id
                  AND (s.late_at IS NOT NULL OR s.next_at IS NOT NULL))
LIMIT %s
"""


@transaction.atomic
def fall_due(now: datetime, limit: int = AT_ONCE) -> int:
    """Make late looks due whose time has come; returns how many."""
    return len(statements.rows(_DUE, [now, now, limit]))


def forget_seen(limit: int = AT_ONCE) -> int:
    """Destroy the keys of closed cases whose last look was had; returns of how many."""
    rows = statements.rows(_SEEN, [limit])
    return closing.forget([row[0] for row in rows]) if rows else 0
