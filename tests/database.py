"""The tests' databases: one for each worker of each run, copied from one migrated template.

Tests run as `sammati_app`, like the product. What that login may not do (making databases,
flushing ledgers) is done here, by the superuser, in the open. fsync stays on; `synchronous_commit`
is off for the tests' databases, which loses nothing unless the server itself is killed. A test
about durability asks for the fixture `durable_commits`.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config.places import BASE_DIR
from config.run.embedded import Servers
from config.run.provision import APP, OWNER, provision
from tests import worlds

# Filled by migrations or at the start of a run, and the same for every test.
KEPT_TABLES = (
    "django_migrations", "django_content_type", "auth_permission", "keys_keyversion",
    "accounts_cataloguestamp",
)  # fmt: skip
TEMPLATE_LOCK = 7_306_110_552
SLOTS = 8
NOT_THE_SCHEMA = {"tests", "benchmarks", "clients", "docs", "run"}

FLUSH = """
DO $flush$
DECLARE
    found record;
    is_filled boolean;
    silence text;
    restore text;
BEGIN
    SET LOCAL lock_timeout = '20s';
    SET LOCAL session_replication_role = replica;
    FOR found IN
        SELECT c.oid, c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND c.relname <> ALL ({kept})
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', found.name) INTO is_filled;
        CONTINUE WHEN NOT is_filled;
        SELECT string_agg(format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', r, tgname), ';'),
               string_agg(format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %I', r, tgname), ';')
        INTO silence, restore
        FROM (
            SELECT tgrelid::regclass AS r, tgname FROM pg_trigger
            WHERE tgenabled = 'A' AND tgtype & 8 <> 0 AND (  -- 8: of DELETE
                tgrelid = found.oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(found.oid))
            )
        ) AS triggers;
        EXECUTE coalesce(silence, 'SELECT');
        EXECUTE format('DELETE FROM %s', found.name);
        EXECUTE coalesce(restore, 'SELECT');
    END LOOP;
END
$flush$
"""


@dataclass
class Superuser:
    """A connection that is kept: a new one would get to know hundreds of tables for each flush."""

    dsn: str
    _kept: psycopg.Connection | None = None

    def execute(self, statement: sql.Composed) -> None:
        try:
            self._connection().execute(statement)
        except psycopg.OperationalError:
            if not self._connection().closed:
                raise
            self._kept = None  # a test has cut every connection, and this one
            self._connection().execute(statement)

    def _connection(self) -> psycopg.Connection:
        if self._kept is None:
            self._kept = psycopg.connect(self.dsn, autocommit=True)
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()


@dataclass(frozen=True)
class TestDatabase:
    """One worker's database and how to reach it."""

    __test__ = False

    name: str
    servers: Servers

    @property
    def superuser_dsn(self) -> str:
        return make_conninfo(self.servers.superuser_dsn, dbname=self.name)

    @cached_property
    def flushing(self) -> Superuser:
        return Superuser(self.superuser_dsn)

    def url(self, role: str) -> str:
        """For the environment of a process that a test starts."""
        return f"postgresql://{role}@:5432/{self.name}?host={self.servers.places.sockets}"

    def environment(self) -> dict[str, str]:
        """The environment in which a process of ours works on this database."""
        urls = {"DATABASE_URL": self.url(APP), "DATABASE_OWNER_URL": self.url(OWNER)}
        return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **urls}

    def flush(self) -> None:
        """Empty every table but the kept ones. The one documented way to empty a ledger.

        As the superuser, who alone can silence the triggers that refuse it; in one statement, so
        that a failed flush changes nothing. DELETE because tables hold few rows: TRUNCATE makes
        new files for each.
        """
        kept = sql.Literal(list(KEPT_TABLES))
        self.flushing.execute(sql.SQL(FLUSH).format(kept=kept))


@contextmanager
def fresh_database(servers: Servers, worker: str) -> Iterator[TestDatabase]:
    """A database for this worker of this run; another run in the same folder gets another one."""
    with psycopg.connect(servers.superuser_dsn, autocommit=True) as superuser:
        name = free_name(superuser, worker)
        with locked(superuser):
            template = migrated_template(superuser, servers)
            make(superuser, name, template)
        provision(servers.superuser_dsn, database=name)
        setting = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
        superuser.execute(setting.format(sql.Identifier(name)))
        found = TestDatabase(name, servers)
        with psycopg.connect(found.superuser_dsn, autocommit=True) as inside:
            worlds.prepare(inside, KEPT_TABLES, APP)
        yield found
        found.flushing.close()
        with psycopg.connect(servers.superuser_dsn, autocommit=True) as anew:
            drop(anew, name)  # the first connection may have died with its server meanwhile


def free_name(superuser: psycopg.Connection, worker: str) -> str:
    """The first of this worker's names that no other run holds. Held until we disconnect."""
    for slot in range(SLOTS):
        name = f"test_sammati_{worker}" + (f"_{slot}" if slot else "")
        held = superuser.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        if held == (True,):
            return name
    raise RuntimeError(f"{SLOTS} test runs use these servers already; end some of them.")


@contextmanager
def locked(superuser: psycopg.Connection) -> Iterator[None]:
    superuser.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
    try:
        yield
    finally:
        superuser.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])


def migrated_template(superuser: psycopg.Connection, servers: Servers) -> str:
    """The name of a database migrated by exactly this code; made if there is none."""
    name = f"template_sammati_{code_digest()}"
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'template_sammati_%%'"
    there = [row[0] for row in superuser.execute(query).fetchall()]
    if name in there:
        return name
    for old in there:
        drop(superuser, old)
    unfinished = "unfinished_sammati"
    make(superuser, unfinished, "template0")
    provision(servers.superuser_dsn, database=unfinished)
    with connected_as(OWNER, unfinished, servers):
        call_command("migrate", verbosity=0, interactive=False)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    superuser.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@contextmanager
def connected_as(role: str, database: str, servers: Servers) -> Iterator[None]:
    """Django's own connection, for a while, as another login to another database."""
    before = dict(connection.settings_dict)
    use(role, database, servers)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def use(role: str, database: str, servers: Servers) -> None:
    connection.close()
    chosen = {"USER": role, "NAME": database, "HOST": str(servers.places.sockets), "PORT": "5432"}
    connection.settings_dict.update(chosen)


def code_digest() -> str:
    """Of all code of the product: migrations call functions, and permissions follow models."""
    digest = hashlib.sha256()
    for path in sorted(BASE_DIR.glob("*/**/*.py")):
        if is_schema(path.relative_to(BASE_DIR)):
            digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def is_schema(path: Path) -> bool:
    hidden = path.parts[0].startswith(".")
    return not hidden and NOT_THE_SCHEMA.isdisjoint(path.parts)


def copy(superuser: psycopg.Connection, name: str, source: str) -> None:
    """As `make`, of a database in use: whoever is connected to it is cut off and kept out."""
    limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    others = "datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    superuser.execute(limit.format(sql.Identifier(source), 0))
    try:
        superuser.execute(
            f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {others}",
            [source],
        )
        make(superuser, name, source)
    finally:
        superuser.execute(limit.format(sql.Identifier(source), -1))


def make(superuser: psycopg.Connection, name: str, template: str) -> None:
    drop(superuser, name)
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8' LOCALE 'C'")
    names = (sql.Identifier(part) for part in (name, OWNER, template))
    superuser.execute(statement.format(*names))


def drop(superuser: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    superuser.execute(statement.format(sql.Identifier(name)))
