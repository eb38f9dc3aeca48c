"""The two databases, fresh for each test."""

import psycopg
import pytest

from tests.registry.connectors.sql.bases import SCHEMA, Base
from tests.servers.mariadb import mariadb

__all__ = ["mariadb"]
LOGIN = "shop_eraser"


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def postgres(test_database):
    """A schema of the suite's own server, and a login that may change its rows."""
    with psycopg.connect(test_database.superuser_dsn, autocommit=True) as opened:

        def run(statement):
            cursor = opened.execute(statement)
            return cursor.fetchall() if cursor.description else []

        run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        if not run(f"SELECT 1 FROM pg_roles WHERE rolname = '{LOGIN}'"):
            run(f"CREATE ROLE {LOGIN} LOGIN")
        run(f"GRANT CONNECT ON DATABASE {test_database.name} TO {LOGIN}")
        run(f"CREATE SCHEMA {SCHEMA}")
        run(f"SET search_path = {SCHEMA}")
        run(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {LOGIN}")
        run(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA}"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {LOGIN}"
        )
        yield Base("postgresql", run, {
            "host": str(test_database.servers.places.sockets), "port": 5432, "user": LOGIN,
            "database": test_database.name, "schema": SCHEMA, "tls": "disable",
        })  # fmt: skip
        run(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.fixture
def maria(mariadb):
    """A database of this worker's own server, and a login with a password for it, over TCP."""
    mariadb.run_all(
        f"DROP DATABASE IF EXISTS {SCHEMA}; CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4;"
        f"CREATE OR REPLACE USER {LOGIN} IDENTIFIED BY 's3cret';"
        f"GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON {SCHEMA}.* TO {LOGIN}"
    )
    return Base("mysql", lambda statement: mariadb.run(statement, database=SCHEMA), {
        "host": "127.0.0.1", "port": mariadb.port, "user": LOGIN, "database": SCHEMA,
        "tls": "disable",
    }, "s3cret")  # fmt: skip


@pytest.fixture(params=["postgres", "maria"])
def base(request):
    found = request.getfixturevalue(request.param)
    found.fill()
    return found
