"""People in six real systems: PostgreSQL, MariaDB, Valkey, S3, and two over HTTP with batches."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import redis
from django.conf import settings

from benchmarks import erasures_house as house
from erasure.models import Step
from tests.conformance.worlds.vendors import BATCH
from tests.laboratory.using import LabAccount
from tests.laboratory.using import running as laboratory
from tests.servers import mariadb, s3

LOGIN, PATIENCE = "bench_eraser", 1200.0
MAPPING = {"customers": {"match": {"crm": "no"}}}
KEPT = {"tables": MAPPING, "keys": "sammati_erasures", "user": LOGIN, "tls": "disable"}
TABLES = """
CREATE TABLE customers (no varchar(40) PRIMARY KEY, email varchar(100), name varchar(100));
CREATE TABLE sammati_erasures (`key` varchar(200) PRIMARY KEY)
"""
VALKEY_DATABASE = 7


def measured(number: int, superuser: psycopg.Connection[Any]) -> dict[str, float]:
    """Erase them all; every step is probed. Raises RuntimeError where anybody is left anywhere."""
    company = house.company(f"six{number}")
    with ExitStack() as stack:
        left = stack.enter_context(_systems(company, number, superuser))
        ids = house.people(company, number)
        with house.crew() as parents:
            time.sleep(4.0)  # the processes are up
            found = _erased(company, ids, left)
            return {**found, "peak_megabytes": round(house.peak_megabytes(parents))}


def _erased(company: UUID, ids: Sequence[UUID], left: Any) -> dict[str, float]:
    began = time.perf_counter()
    opening = house.opened(company, ids, ref="six")
    house.wait(lambda: not house.unended(company), seconds=PATIENCE)
    ended = time.perf_counter() - began
    house.wait(lambda: not house.unclosed(company), seconds=PATIENCE)
    closed = time.perf_counter() - began
    steps = Step.objects.filter(controller_id=company)
    if any(left()) or steps.exclude(state="absent").exists():
        raise RuntimeError(f"Not everybody is gone: {left()}")
    return {
        "people": len(ids), "seconds": round(ended, 1), "opening": round(opening, 1),
        "certified": round(closed, 1), "steps": steps.count(),
        "possible_repeats": steps.filter(possible_repeats__gt=0).count(),
    }  # fmt: skip


@contextmanager
def _systems(company: UUID, number: int, superuser: psycopg.Connection[Any]) -> Iterator[Any]:
    """The six, with the same people in each; gives what says how many are left."""
    with ExitStack() as stack:
        maria = stack.enter_context(
            mariadb.running(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        )
        store = stack.enter_context(s3.running())
        lab = stack.enter_context(laboratory())
        accounts = [lab.account("generic", f"six{number}-{n}") for n in (1, 2)]
        shop = _postgres(company, number, superuser)
        counts = [
            lambda: shop.execute("SELECT count(*) FROM crm.customers").fetchone()[0],  # type: ignore[index]
            _mysql(company, number, maria), _valkey(company, number), _objects(
                company, number, store
            ),
        ]  # fmt: skip
        for account in accounts:
            _http(company, number, account)
        yield lambda: [
            *(count() for count in counts),
            *(len(one.counts()["left"]) for one in accounts),
        ]


def _rows(number: int) -> list[tuple[str, str, str]]:
    return [(f"p{n}", f"p{n}@people.example", f"Person {n}") for n in range(number)]


def _postgres(
    company: UUID, number: int, superuser: psycopg.Connection[Any]
) -> psycopg.Connection[Any]:
    if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
        superuser.execute(f"CREATE ROLE {LOGIN} LOGIN")
    superuser.execute(
        "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; SET search_path = crm;"
        f"{TABLES.replace('`', '')};"
        f"GRANT CONNECT ON DATABASE {superuser.info.dbname} TO {LOGIN};"
        f"GRANT USAGE ON SCHEMA crm TO {LOGIN}; GRANT ALL ON ALL TABLES IN SCHEMA crm TO {LOGIN}"
    )
    with superuser.cursor() as cursor, cursor.copy("COPY customers FROM STDIN") as copy:
        for row in _rows(number):
            copy.write_row(row)
    house.system(
        company, "crm", "postgresql", host=superuser.info.host, port=5432,
        database=superuser.info.dbname, schema="crm", **KEPT,
    )  # fmt: skip
    return superuser


def _mysql(company: UUID, number: int, maria: mariadb.MariaDb) -> Any:
    maria.run_all(
        f"CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE USER {LOGIN} IDENTIFIED BY 's3cret';"
        f"GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON shop.* TO {LOGIN}"
    )
    maria.run_all(TABLES, database="shop")
    opened = maria.connected("shop")
    with opened.cursor() as cursor:
        cursor.executemany("INSERT INTO customers VALUES (%s, %s, %s)", _rows(number))
    opened.close()
    house.system(
        company, "shop", "mysql", "s3cret", host="127.0.0.1", port=maria.port, database="shop",
        **KEPT,
    )  # fmt: skip
    return lambda: maria.run("SELECT count(*) FROM customers", database="shop")[0][0]


def _valkey(company: UUID, number: int) -> Any:
    socket = settings.CELERY_BROKER_URL.removeprefix("redis+socket://").split("?")[0]
    client = redis.Redis(unix_socket_path=socket, db=VALKEY_DATABASE)
    client.flushdb()
    client.mset({f"session:p{n}": "x" for n in range(number)})
    house.system(
        company, "cache", "valkey", host=socket, database=VALKEY_DATABASE, tls="disable",
        keys=[{"pattern": "session:{crm}"}], done="erased:",
    )  # fmt: skip
    return lambda: sum(1 for _ in client.scan_iter("session:*", count=1000))


def _objects(company: UUID, number: int, store: s3.S3) -> Any:
    store.client.create_bucket(Bucket="people")
    for n in range(number):
        store.client.put_object(Bucket="people", Key=f"avatars/p{n}.png", Body=b"x")
    house.system(
        company, "lake", "objects", s3.SECRET, bucket="people", endpoint=store.url,
        path_style=True, delete=[{"key": "avatars/{crm}.png"}],
    )  # fmt: skip
    return lambda: store.client.list_objects_v2(Bucket="people")["KeyCount"]


def _http(company: UUID, number: int, account: LabAccount) -> None:
    account.numbered(number)
    code = f"vendor{account.url[-1]}"
    house.system(company, code, "http", "secret", **BATCH, url=account.url)
