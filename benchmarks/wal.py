"""The write-ahead log's files, there before the measures as on a server that has run a while.

PostgreSQL writes and syncs 16 MB of zeros for each file it has not used before, and whoever commits
waits for it: on a disk where that takes 12 to 22 ms, at full load twice a second. A server in its
second hour takes old files again.
"""

import psycopg

from config.places import places
from config.run import postgres

MEGABYTE = 1 << 20
ROUND = 2048
"""Megabytes: what short measures write, with room."""

_WRITE = "SELECT pg_logical_emit_message(false, 'benchmark', repeat('w', %s))"


def lived_in(name: str, megabytes: int = ROUND) -> None:
    """Write so much, and have the checkpoint after it keep the files for later."""
    with psycopg.connect(postgres.superuser_dsn(places(name)), autocommit=True) as connection:
        for _ in range(megabytes):
            connection.execute(_WRITE, [MEGABYTE])
        connection.execute("CHECKPOINT")
