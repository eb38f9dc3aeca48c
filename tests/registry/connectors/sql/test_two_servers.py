"""MySQL and MariaDB are spoken to alike; where they answer differently, both are understood."""

import pytest

from registry import mysql
from registry.connectors.contract import ConnectorError
from registry.connectors.sql import settings
from registry.connectors.sql.mysql import SESSION, MySql
from tests.registry.connectors.sql.bases import MAPPING

pytestmark = pytest.mark.req("ERA-07")


@pytest.fixture
def there():
    given = {"host": "db.example", "database": "shop", "user": "eraser", "tables": MAPPING}
    return MySql(settings.read(given), "")


def column(extra, base="varchar", **more):
    said = {"nullable": "YES", "collation": "utf8mb4_0900_ai_ci", "key": "", **more}
    return (
        "shop", "customers", "name", f"{base}(40)", base, said["nullable"], said["collation"],
        said["key"], extra,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("extra", "family"),
    [
        ("", "text"), ("DEFAULT_GENERATED", "text"), ("INVISIBLE", "text"),
        ("DEFAULT_GENERATED on update CURRENT_TIMESTAMP", "text"),
        ("VIRTUAL GENERATED", "other"), ("STORED GENERATED", "other"), ("PERSISTENT", "other"),
    ],
)  # fmt: skip
def test_a_default_is_not_a_column_that_the_server_computes(there, extra, family):
    columns, _ = there._columns([column(extra)], {("shop", "customers"): "customers"})

    assert columns["customers"]["name"].family == family


@pytest.mark.parametrize("rule", ["NO ACTION", "RESTRICT"])
def test_both_words_for_a_key_that_refuses(there, rule):
    full = {("shop", "orders"): "orders", ("shop", "customers"): "customers"}
    row = ("shop", "orders", "customer", "shop", "customers", "id", "by_customer", rule)

    [key] = there._keys([row], full)

    assert (key.table, key.to, key.on_delete) == ("orders", "customers", "refuse")


@pytest.mark.parametrize(
    ("number", "code"),
    [(1045, "credentials_refused"), (3118, "credentials_refused"), (4151, "credentials_refused"),
     (3159, "tls_refused"), (1205, "busy"), (1146, "table_missing")],
)  # fmt: skip
def test_errors_of_either_have_a_name(there, number, code):
    error = there._named(there._driver.OperationalError(number, "asha@example.in"))

    assert isinstance(error, ConnectorError)
    assert (error.code, error.retry) == (code, code == "busy")


def test_statements_ask_for_nothing_that_only_one_of_them_knows(there):
    said = " ".join([
        there.delete(["`a` AS t0", "`b` AS t1"], ["t0.x = t1.y"], "t1.z IN %s"),
        there.update(["`a` AS t0"], ["`n` = %s"], [], "t0.z IN %s"), there.unknowable(), SESSION,
    ])  # fmt: skip

    assert "RETURNING" not in said
    assert '"' not in said  # ANSI_QUOTES would make a name of what stands between them
    assert "ANSI_QUOTES" not in SESSION


@pytest.mark.parametrize(
    ("version", "statement"),
    [
        ("8.0.36", "SET SESSION max_execution_time = 800"),
        ("10.11.6-MariaDB-0+deb12u1", "SET SESSION max_statement_time = 0.800"),
        ("5.5.5-10.6.12-MariaDB", "SET SESSION max_statement_time = 0.800"),
    ],
)
def test_each_is_bounded_by_its_own_word(version, statement):
    assert mysql.bounds(version, 0.8) == statement
