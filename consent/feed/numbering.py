"""Positions: the order in which a controller's changes are told, given once they are committed.

A number drawn while writing says nothing to a reader, because a lower one may be committed later.
So one process at a time places what it sees committed. Of one person the earlier change is
committed before the later one is written, hence never seen after it; and in one look the numbers
decide.
"""

from collections import Counter
from uuid import UUID

from django.db import connection, transaction

from consent.models import Feed

AT_ONCE = 5000
_LOCK = 0x5A3A_0005
_UNPLACED = """
SELECT id, controller_id FROM consent_change WHERE position IS NULL ORDER BY number LIMIT %s
"""
_PLACE = """
UPDATE consent_change c SET position = n.position
FROM unnest(%s::uuid[], %s::bigint[]) AS n(id, position) WHERE c.id = n.id
"""
Row = tuple[UUID, UUID]


@transaction.atomic
def place(limit: int = AT_ONCE) -> int:
    """Give committed changes their positions; returns how many. Nothing while another does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_UNPLACED, [limit])
        rows: list[Row] = cursor.fetchall()
        if rows:
            cursor.execute(_PLACE, [[one for one, _ in rows], _positions(rows)])
    return len(rows)


def _positions(rows: list[Row]) -> list[int]:
    """The next positions of each controller, in the order of the rows."""
    wanted = Counter(controller_id for _, controller_id in rows)
    nexts = _drawn(wanted)
    found = []
    for _, controller_id in rows:
        nexts[controller_id] += 1
        found.append(nexts[controller_id])
    return found


def _drawn(wanted: Counter[UUID]) -> dict[UUID, int]:
    """The last position each controller had, after its count has grown by what is wanted."""
    Feed.objects.bulk_create([Feed(controller_id=one) for one in wanted], ignore_conflicts=True)
    before = {}
    for feed in Feed.objects.select_for_update().filter(controller__in=wanted).order_by("id"):
        before[feed.controller_id] = feed.last
        feed.last += wanted[feed.controller_id]
        feed.save(update_fields=["last"])
    return before
