"""`python -m benchmarks.search`: pages of a large log, a table, and JSON in benchmarks/results/.

`ROWS=` index lines (a million unless said otherwise) over six months, three controllers, 40
services, 30 purposes, a tenth as many people, reasons from every 25th line to one in millions.
Each search is tried for many values or logs in turn: its first page, and its hundredth where there
is one. `KEEP=1` leaves the database for another run, which then only measures.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from config import env
from config.places import places
from config.run import embedded, postgres, stages
from config.run.provision import APP, OWNER, provision

DATABASE = "search"
RESULTS = Path(__file__).parent / "results"
MONTHS, SERVICES, PURPOSES, TRIES, DEEP = 6, 40, 30, 60, 100
LOGS = tuple(UUID(f"01900000-0000-7000-8000-00000000000{n}") for n in (1, 2, 3))
SHARES = (0.7, 0.9)  # of the first log, of the first two
DENSE = ("CONSENT_WITHDRAWN", "CONSENT_MISSING", "CONSENT_EXPIRED", "PURPOSE_UNKNOWN")
RARE = {"OBJECTED": 3e-4, "SUBJECT_ERASED": 3e-5, "CHILD_PROTECTED": 3e-6, "FROZEN": 4e-7}
RARE_PURPOSE, RARE_EVENT = "rare.purpose", "standing:set"

FILL = """
WITH made AS (
  SELECT i, least(greatest({first} + (i + random()) * {step}, {begins}), {ends})::bigint AS ms,
         random() AS which, random() AS kind, random() AS service, random() AS purpose,
         random() AS person, random() AS reason, random() AS outcome
  FROM generate_series({start}::bigint, {stop}::bigint) AS i
), entry AS (
  SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'
          || substr(md5(i::text), 4, 15))::uuid AS id, ms,
         CASE WHEN which < {a} THEN 1 WHEN which < {b} THEN 2 ELSE 3 END AS log,
         CASE WHEN kind < 0.00002 THEN 'standing:set' WHEN kind < 0.02 THEN 'list:viewed'
              WHEN kind < 0.06 THEN 'record:read' ELSE 'decision:made' END AS event,
         (power(service, 2) * {services})::int % {services} AS service,
         CASE WHEN purpose < 0.000002 THEN 'rare.purpose'
              ELSE 'purpose.' || (power(purpose, 2) * {purposes})::int % {purposes} END AS purpose,
         (power(person, 2) * {people})::bigint AS person, reason, outcome < 0.15 AS is_denied
  FROM made
)
INSERT INTO {partition} (id, retention_class, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code)
SELECT id, 'rc2', ('01900000-0000-7000-8000-00000000000' || log)::uuid,
  to_timestamp(ms / 1000.0), event, CASE event WHEN 'list:viewed' THEN 'officer' ELSE 'service' END,
  '01900000-0000-7000-9000-' || lpad((service * 10 + log)::text, 12, '0'),
  CASE event WHEN 'decision:made' THEN 'decision' ELSE 'subject' END, id::text,
  ('01900000-0000-7000-a000-' || lpad(to_hex(person * 4 + log), 12, '0'))::uuid,
  CASE event WHEN 'decision:made' THEN purpose ELSE '' END,
  CASE WHEN event <> 'decision:made' THEN '' WHEN is_denied THEN 'deny' ELSE 'permit' END,
  CASE WHEN event <> 'decision:made' THEN '' {rare}
       WHEN NOT is_denied THEN 'PERMIT_IN:CONSENT'
       ELSE ({dense})[1 + (reason * {n_dense})::int % {n_dense}] END
FROM entry
"""


@dataclass(frozen=True)
class Taken:
    """One search, measured: milliseconds of its first page and of its hundredth; `cut_short` are
    first pages that ended early and said so."""

    name: str
    tries: int
    rows: float
    p50: float
    p99: float
    deep_p50: float | None
    deep_p99: float | None
    cut_short: int


def main() -> int:
    name, rows = os.environ.get("SAMMATI_EMBEDDED", "bench"), env.integer("ROWS", default=1_000_000)
    keep = env.boolean("KEEP", default=False)
    with embedded.in_use(name):
        world = Log(name, rows)
        filled = 0.0 if world.is_there() else world.fill()
        taken = measure(world)
        costs = {"sizes": world.sizes(), "inserts": world.inserts()}
        found = {"rows": rows, "filled_seconds": filled, **costs}
        found["searches"] = [asdict(one) for one in taken]
        if not keep:
            world.drop()
    print(*table(found, taken), sep="\n")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"search-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(found, indent=1))
    print(f"\nThe same as JSON: {path}")
    return 0


class Log:
    """The filled database."""

    def __init__(self, set_name: str, rows: int) -> None:
        self.set_name, self.rows = set_name, rows
        self.people = max(rows // 10, 10)
        self.until = datetime.now(UTC)
        self.since = self.until - timedelta(days=30 * MONTHS)

    def admin(self, database: str = DATABASE) -> psycopg.Connection:
        return psycopg.connect(
            postgres.superuser_dsn(places(self.set_name), database), autocommit=True
        )

    def url(self, role: str) -> str:
        return f"postgresql://{role}@:5432/{DATABASE}?host={places(self.set_name).sockets}"

    def is_there(self) -> bool:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with self.admin("postgres") as connection:
            row = connection.execute(query, [DATABASE]).fetchone()
        if row and (row[0] or "").startswith(f"{self.rows} "):
            self.until = datetime.fromisoformat(row[0].split(" ", 1)[1])
            self.since = self.until - timedelta(days=30 * MONTHS)
            return True
        return False

    def drop(self) -> None:
        with self.admin("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")

    def fill(self) -> float:
        """Migrate, generate without the indexes, make them, and gather statistics; seconds."""
        self.drop()
        provision(postgres.superuser_dsn(places(self.set_name)), database=DATABASE)
        urls = {"DATABASE_URL": self.url(APP), "DATABASE_OWNER_URL": self.url(OWNER)}
        variables = {**stages.environment(stages.DEFAULT_PORT, self.set_name), **urls}
        stages.manage(["migrate", "--noinput", "-v0"], variables=variables)
        began = time.monotonic()
        with self.admin() as connection:
            connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
            connection.execute("SET ROLE sammati_owner")
            connection.execute("SELECT audit_ensure_partitions(%s::date, 8)", [self.since])
            kept = self.indexes(connection)
            for index, _ in kept:
                connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
            for partition, start, stop in self.months():
                self.load(connection, partition, start, stop)
            for index, definition in kept:
                at = time.monotonic()
                connection.execute(definition)
                print(f"  {index}: {time.monotonic() - at:,.0f} s", flush=True)
            connection.execute("RESET ROLE")
            connection.execute("VACUUM ANALYZE audit_entryindex")
            connection.execute("CHECKPOINT")
            words = sql.Literal(f"{self.rows} {self.until.isoformat()}")
            connection.execute(sql.SQL(f"COMMENT ON DATABASE {DATABASE} IS {{}}").format(words))
        return time.monotonic() - began

    def indexes(self, connection: psycopg.Connection) -> list[tuple[str, str]]:
        return connection.execute(
            "SELECT indexrelid::regclass::text, "
            "replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index "
            "WHERE indrelid = 'audit_entryindex'::regclass AND NOT indisprimary"
        ).fetchall()

    def months(self) -> Iterator[tuple[str, int, int]]:
        """Each month's partition with the first and last number of its lines."""
        start, at = 0, self.since
        while start < self.rows:
            after = (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
                     + timedelta(days=32)).replace(day=1)  # fmt: skip
            part = min((after - self.since) / (self.until - self.since), 1.0)
            stop = int(part * self.rows)
            yield f"audit_entryindex_rc2_{at:%Y%m}", start, stop - 1
            start, at = stop, after

    def load(self, connection: psycopg.Connection, partition: str, start: int, stop: int) -> None:
        began = time.monotonic()
        span = (self.until - self.since) / timedelta(milliseconds=1)
        month = datetime.strptime(partition[-6:], "%Y%m").replace(tzinfo=UTC)
        first = self.since.timestamp() * 1000
        begins = max(month.timestamp() * 1000, first)
        ends = ((month + timedelta(days=32)).replace(day=1)).timestamp() * 1000 - 1
        rare, below = "", 0.0
        for code, share in RARE.items():
            below += share / 0.94
            rare += f"WHEN reason < {below:.12f} THEN '{code}' "
        dense = "ARRAY[" + ", ".join(f"'{one}'" for one in DENSE) + "]"
        statement = FILL.format(
            partition=partition, first=first, step=span / self.rows, begins=begins, ends=ends,
            start=start, stop=stop, a=SHARES[0], b=SHARES[1], services=SERVICES, purposes=PURPOSES,
            people=self.people, rare=rare, dense=dense, n_dense=len(DENSE),
        )  # fmt: skip
        connection.execute(statement)
        print(f"  {partition}: {stop - start + 1:,} lines, {time.monotonic() - began:,.0f} s",
              flush=True)  # fmt: skip

    def sizes(self) -> dict[str, Any]:
        """Bytes a line, table and each index."""
        query = """
        SELECT coalesce(substring(parent.relname from 'audit_index_.*'), 'key') AS name,
               sum(pg_relation_size(i.indexrelid))::bigint
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_inherits leaf ON leaf.inhrelid = i.indexrelid
        JOIN pg_inherits middle ON middle.inhrelid = leaf.inhparent
        JOIN pg_class parent ON parent.oid = middle.inhparent
        WHERE c.relkind = 'i' AND i.indrelid IN
          (SELECT relid FROM pg_partition_tree('audit_entryindex') WHERE isleaf)
        GROUP BY 1 ORDER BY 1
        """
        heap = """SELECT sum(pg_table_size(relid))::bigint
        FROM pg_partition_tree('audit_entryindex') WHERE isleaf"""
        with self.admin() as connection:
            indexes = dict(connection.execute(query).fetchall())
            table_bytes = connection.execute(heap).fetchone()[0]
        per_line = {name: round(size / self.rows, 2) for name, size in indexes.items()}
        return {"table_bytes_a_line": round(table_bytes / self.rows, 1),
                "index_bytes_a_line": per_line}  # fmt: skip

    def inserts(self) -> dict[str, float]:
        """Microseconds and bytes of write-ahead log a line, with all indexes and without each."""
        source = f"""
        CREATE TEMP TABLE given AS SELECT * FROM audit_entryindex_rc2_{self.until:%Y%m}
        ORDER BY id DESC LIMIT 50000
        """
        found = {}
        with self.admin() as connection:
            connection.execute(source)
            names = [name for name, _ in self.indexes(connection)]
            for without in ("", *names):
                found[f"without {without}" if without else "all"] = self.insert(connection, without)
        return found

    def insert(self, connection: psycopg.Connection, without: str) -> list[float]:
        took = []
        for _ in range(3):
            with connection.transaction(force_rollback=True):
                if without:
                    connection.execute(f"DROP INDEX {without}")
                wal = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()[0]
                began = time.monotonic()
                connection.execute(
                    """INSERT INTO audit_entryindex SELECT
                    (substr(id::text, 1, 24) || substr(md5(id::text || 'again'), 1, 12))::uuid,
                    retention_class, controller_id, at, event, actor_type, actor_id, target_type,
                    target_id, subject_id, purpose, outcome, reason_code FROM given ORDER BY id"""
                )
                seconds = time.monotonic() - began
                more = connection.execute(
                    "SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [wal]
                ).fetchone()[0]
                took.append((seconds / 50_000 * 1e6, float(more) / 50_000))
        best = min(took)
        return [round(best[0], 2), round(best[1], 0)]


def measure(world: Log) -> list[Taken]:
    """As the app's login, by the function that the pages and the API call."""
    os.environ.update(
        DATABASE_URL=world.url(APP), DJANGO_SETTINGS_MODULE="config.settings",
        SAMMATI_EMBEDDED=world.set_name,
    )  # fmt: skip
    import django  # noqa: PLC0415 (the database is chosen only now)

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    found = [take(name, build, world) for name, build in searches(world).items()]
    connection.close()
    return found


def searches(world: Log) -> dict[str, Callable[[random.Random], Any]]:
    from audit.criteria import Criteria  # noqa: PLC0415 (as above)

    def base(log: int = 1) -> Criteria:
        return Criteria(controller_ids=(LOGS[log - 1],))

    def subject(r: random.Random) -> Criteria:
        person = int(r.random() ** 2 * world.people)
        return replace(base(), subject_id=UUID(f"01900000-0000-7000-a000-{person * 4 + 1:012x}"))

    def service(r: random.Random) -> Criteria:
        number = int(r.random() ** 2 * SERVICES) % SERVICES
        return replace(base(), actor_id=f"01900000-0000-7000-9000-{number * 10 + 1:012d}")

    def purpose(r: random.Random) -> Criteria:
        return replace(base(), purposes=(f"purpose.{int(r.random() * PURPOSES)}",))

    def period(r: random.Random) -> Criteria:
        at = world.since + (world.until - world.since) * r.random()
        return replace(base(), since=at - timedelta(hours=6), until=at)

    def log(r: random.Random) -> int:
        return r.choice((1, 2, 3))

    found: dict[str, Callable[[random.Random], Any]] = {
        "no filter": lambda r: base(log(r)),
        "no filter, three logs": lambda r: Criteria(controller_ids=LOGS),
        "subject": subject,
        "service": service,
        "purpose": purpose,
        "purpose, 2 in a million": lambda r: replace(base(log(r)), purposes=(RARE_PURPOSE,)),
        "type: decisions": lambda r: replace(base(log(r)), events=("decision:made",)),
        "type: 1 in 50": lambda r: replace(base(log(r)), events=("list:viewed",)),
        "type: 1 in 50,000": lambda r: replace(base(log(r)), events=(RARE_EVENT,)),
        "six hours": period,
        "outcome: deny": lambda r: replace(base(log(r)), outcome="deny"),
        "reason: 1 in 25": lambda r: replace(base(log(r)), reasons=(r.choice(DENSE),)),
        "subject + purpose": lambda r: replace(subject(r), purposes=("purpose.3",)),
        "service + rare reason": lambda r: replace(service(r), reasons=("SUBJECT_ERASED",)),
        "everything but reads": lambda r: replace(base(log(r)), except_events=("list:viewed",)),
        "reason that is nowhere": lambda r: replace(base(log(r)), reasons=("NOWHERE",)),
        "never together": lambda r: replace(base(log(r)), events=("list:viewed",), outcome="deny"),
    }
    for code, share in RARE.items():
        name = f"reason: 1 in {1 / share:,.0f}"
        found[name] = lambda r, code=code: replace(base(log(r)), reasons=(code,))
    return found


def take(name: str, build: Callable[[random.Random], Any], world: Log) -> Taken:
    from audit.search import search  # noqa: PLC0415 (as above)

    r = random.Random(7)  # noqa: S311 (the same values in each run)
    first, deep, rows, cut = [], [], 0, 0
    search(build(r))
    for number in range(TRIES):
        criteria = build(r)
        began = time.perf_counter()
        page = search(criteria)
        first.append((time.perf_counter() - began) * 1000)
        rows += len(page.rows)
        cut += page.looked_back_to is not None
        if number % 6 == 0 and (took := hundredth(search, criteria, page)):
            deep.append(took)
    p50, p99 = percentiles(first)
    deep_p50, deep_p99 = percentiles(deep) if deep else (None, None)
    print(f"  {name}: {p50:.1f} ms", flush=True)
    return Taken(name, TRIES, rows / TRIES, p50, p99, deep_p50, deep_p99, cut)


def hundredth(search: Callable[..., Any], criteria: Any, page: Any) -> float | None:
    for _ in range(DEEP - 1):
        if not page.next_cursor or page.looked_back_to:
            return None
        began = time.perf_counter()
        page = search(criteria, cursor=page.next_cursor)
        took = (time.perf_counter() - began) * 1000
    return took


def percentiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    parts = quantiles(values, n=100, method="inclusive")
    return round(parts[49], 2), round(parts[98], 2)


def table(found: dict[str, Any], taken: list[Taken]) -> Iterator[str]:
    sizes = found["sizes"]
    indexes = ", ".join(f"{name} {size}" for name, size in sizes["index_bytes_a_line"].items())
    yield ""
    yield f"{found['rows']:,} lines; table {sizes['table_bytes_a_line']} bytes a line; {indexes}"
    for name, (micros, wal) in found["inserts"].items():
        yield f"insert {name}: {micros} us, {wal:.0f} bytes of log a line"
    heads = f"{'p50 ms':>9}{'p99 ms':>9}{'page 100':>10}{'p99 ms':>9}{'cut':>5}"
    yield f"{'search':<28}{'rows':>6}{heads}"
    for one in taken:
        deep = (
            f"{one.deep_p50:>10.1f}{one.deep_p99:>9.1f}" if one.deep_p50 else f"{'-':>10}{'-':>9}"
        )
        yield (f"{one.name:<28}{one.rows:>6.1f}{one.p50:>9.1f}{one.p99:>9.1f}{deep}"
               f"{one.cut_short:>5}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
