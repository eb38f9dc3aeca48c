"""A PostgreSQL that asks for passwords: old, expired, wrong, and over no certificate."""

import pytest

from tests.registry.connectors.sql.bases import Base, asha, check, failed, tell
from tests.servers.postgres import guarded_postgres

__all__ = ["guarded_postgres"]
TABLES = {"people": {"match": {"crm": "no"}}}


@pytest.fixture
def guarded(guarded_postgres):
    for statement in (
        "DROP TABLE IF EXISTS people", "DROP ROLE IF EXISTS eraser",
        "CREATE ROLE eraser LOGIN PASSWORD 'first'",
        "CREATE TABLE people (no text PRIMARY KEY)", "INSERT INTO people VALUES ('C-1')",
        "GRANT SELECT, DELETE ON people TO eraser",
    ):  # fmt: skip
        guarded_postgres.run(statement)
    return Base("postgresql", guarded_postgres.run, {
        "host": "127.0.0.1", "port": guarded_postgres.port, "user": "eraser",
        "database": "postgres", "tls": "disable",
    }, "first")  # fmt: skip


def test_let_in_with_the_right_one(guarded):
    connector = guarded.connector(TABLES)

    assert check(connector) == []
    assert tell(connector, asha())[0].evidence == {"rows": 1}


@pytest.mark.parametrize(
    "change",
    ["ALTER ROLE eraser PASSWORD 'second'", "ALTER ROLE eraser VALID UNTIL '2020-01-01'"],
)
def test_one_that_is_old_or_expired(guarded, change):
    connector = guarded.connector(TABLES)
    guarded.say(change)

    assert failed(tell, connector, asha()) == ("credentials_refused", False)
    assert guarded.number("people") == 1


def test_none_at_all(guarded):
    connector = guarded.connector(TABLES, secret="", fingerprint="0" * 64)

    assert failed(tell, connector, asha()) == ("credentials_refused", False)


def test_no_certificate(guarded):
    connector = guarded.connector(TABLES, fingerprint="0" * 64, tls="verify-full")

    assert failed(tell, connector, asha()) == ("tls_refused", False)


def test_a_right_that_is_missing(guarded):
    connector = guarded.connector(TABLES)
    guarded.say("REVOKE DELETE ON people FROM eraser")

    assert failed(tell, connector, asha()) == ("permission_denied", False)
    assert guarded.number("people") == 1
