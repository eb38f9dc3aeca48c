"""What the database says it did: bytes of log, batches, statements, sizes. Exact, not sampled."""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from config.places import places
from config.run import postgres
from config.run.provision import APP, DATABASE

AUDIT = (
    "audit_pending", "audit_tree", "audit_bundle", "audit_tile", "audit_checkpoint",
    "audit_payload", "audit_entryindex",
)  # fmt: skip
LINE = re.compile(rb"LOG:  (?:execute|statement)")
SIZE = """
SELECT coalesce(sum(pg_total_relation_size(found)), 0)::bigint FROM (
  SELECT root AS found FROM unnest(%(tables)s::regclass[]) AS root
  UNION SELECT relid FROM unnest(%(tables)s::regclass[]) AS root, pg_partition_tree(root)
) AS all_of_them
"""
NOW = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


def dsn(name: str, *, user: str = "postgres") -> str:
    return make_conninfo(postgres.superuser_dsn(places(name), DATABASE), user=user)


@dataclass(frozen=True)
class Counts:
    """Bytes of write-ahead log and writing transactions so far."""

    wal_bytes: int
    transactions: int

    def since(self, before: "Counts") -> "Counts":
        return Counts(
            self.wal_bytes - before.wal_bytes, self.transactions - before.transactions
        )  # fmt: skip


def counts(name: str) -> Counts:
    with psycopg.connect(dsn(name)) as connection:
        row = connection.execute(NOW).fetchone()
    assert row is not None
    return Counts(int(row[0]), int(row[1]))


def audit_bytes(name: str) -> int:
    """Tables, partitions and indexes of the audit log together."""
    with psycopg.connect(dsn(name)) as connection:
        row = connection.execute(SIZE, {"tables": list(AUDIT)}).fetchone()
    assert row is not None
    return int(row[0])


def audit_rows(name: str) -> int:
    with psycopg.connect(dsn(name)) as connection:
        row = connection.execute("SELECT count(*) FROM audit_payload").fetchone()
    assert row is not None
    return int(row[0])


def durability(name: str) -> dict[str, str]:
    """The settings that decide whether a commit is on disk before it is answered."""
    wanted = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method",
              "wal_compression", "shared_buffers", "server_version")  # fmt: skip
    query = "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name"
    with psycopg.connect(dsn(name, user=APP)) as connection:
        return dict(connection.execute(query, [list(wanted)]).fetchall())


def log_statements(name: str, *, is_on: bool) -> None:
    """New connections of the app's login log each statement (without its parameters)."""
    with psycopg.connect(dsn(name), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {APP} SET log_statement = '{'all' if is_on else 'none'}'")


def server_log(name: str) -> Path:
    return places(name).data / "postgres.log"


def statements(name: str, offset: int) -> int:
    """How many were logged since the log was `offset` bytes long."""
    with server_log(name).open("rb") as file:
        file.seek(offset)
        return len(LINE.findall(file.read()))
