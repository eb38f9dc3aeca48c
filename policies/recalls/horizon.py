"""Which transactions may still commit something decided before a given moment.

A check reads its facts and commits its permit later. Until then the permit is invisible, and its
transaction has no number yet that could be waited for: between two statements it holds nothing but
the lock on its own virtual transaction. That lock is taken before the first snapshot and given up
after the commit has become visible. So whoever sees an event committed, notes the locks that stand
and later sees none of them left, sees in a fresh snapshot every permit that was decided without
knowing of that event.
"""

from collections.abc import Iterable

from django.db import connection

_OPEN = """
SELECT l.virtualxid FROM pg_locks l
JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
  AND a.usesysid IS NOT NULL
"""
"""Without a login are PostgreSQL's own: a vacuum may take hours, and permits nobody anything."""


def open_transactions() -> set[str]:
    """The virtual ids of every other transaction of this database that is open now.

    Of every login: who waits for too many is late, who waits for too few lets a permit slip by.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return {row[0] for row in cursor.fetchall()}


def still_open(noted: Iterable[str]) -> set[str]:
    """Those of the noted transactions that have not ended yet."""
    return open_transactions() & set(noted)
