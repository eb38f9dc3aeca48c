"""What tests of the promises share."""

from contextlib import contextmanager

import psycopg

BOUND = 6.0  # twice the seconds a decision may take


def is_refused(answer, seconds=0.0):
    """A 503 in time, that carries no decision."""
    assert answer.status_code == 503
    assert isinstance(answer.json(), str)
    assert int(answer.headers["retry-after"]) > 0
    assert seconds < BOUND
    return True


def decisions(superuser):
    query = "SELECT count(*) FROM audit_entryindex WHERE event = 'decision:made'"
    return superuser.execute(query).fetchone()[0]


@contextmanager
def locked(database, table):
    with psycopg.connect(database.superuser_dsn) as holder:
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
