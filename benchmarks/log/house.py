"""A fresh database for the log's measures, and entries of a decision's shape and size."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from audit.append import Row
from audit.canonical import canonical
from benchmarks import counts, wal
from config.run import embedded, stages
from config.run.provision import DATABASE, provision
from keys.ids import uuid7

LOG = UUID("01900000-0000-7000-8000-0000000000a1")
SERVICE = "01900000-0000-7000-8000-0000000000b2"
BODY_BYTES = 1400  # what a decision's payload has, give or take

Connection = psycopg.Connection[tuple[object, ...]]


@contextmanager
def fresh(name: str) -> Iterator[Connection]:
    """The set's servers with an empty, migrated database; a superuser's connection to it."""
    with embedded.in_use(name) as servers:
        with psycopg.connect(servers.superuser_dsn, autocommit=True) as outside:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            outside.execute(statement.format(sql.Identifier(DATABASE)))
        wal.lived_in(name)
        provision(servers.superuser_dsn)
        variables = stages.environment(stages.DEFAULT_PORT, name)
        for command in (["migrate", "--noinput"], ["ensure_keys"]):
            stages.manage(command, variables=variables)
        with psycopg.connect(counts.dsn(name), autocommit=True) as inside:
            yield inside


def rows(number: int, *, log: UUID = LOG) -> list[Row]:
    """Entries as the decision point makes them, about people nobody else is about."""
    now, filling = datetime.now(UTC), os.urandom(BODY_BYTES // 2 - 200).hex()
    return [_row(uuid7(), log, now, filling) for _ in range(number)]


def _row(entry_id: UUID, log: UUID, at: datetime, filling: str) -> Row:
    target, subject = str(entry_id), uuid4()
    said = {
        "id": target, "event": "decision:made", "at": int(at.timestamp() * 1_000_000),
        "actor": {"id": SERVICE, "type": "service"}, "target": {"id": target, "type": "decision"},
        "data": {"filling": filling}, "outcome": "permit", "purpose": "marketing.email.offers",
        "reason_code": "PERMIT_CONSENT", "subject": str(subject),
    }  # fmt: skip
    return Row(
        entry_id, log, "rc2", canonical(said), at, "decision:made", "service", SERVICE, "decision",
        target, subject, "marketing.email.offers", "permit", "PERMIT_CONSENT",
    )  # fmt: skip


def bytes_of(connection: Connection, *tables: str) -> int:
    """What these tables take with their partitions, indexes and long values."""
    row = connection.execute(counts.SIZE, {"tables": list(tables)}).fetchone()
    assert row is not None
    return int(str(row[0]))
