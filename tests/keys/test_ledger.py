"""What the protection of ledgers refuses, tried as each login by every statement."""

import psycopg
import pytest
from psycopg import errors

from config.run.provision import APP, OWNER
from keys import ledger
from keys.ledger import REFUSED_SQLSTATE, append_only, protect_partition

ATTACKS = (
    "UPDATE {t} SET word = 'changed'",
    "UPDATE {t} SET word = 'changed' WHERE n = 1",
    "DELETE FROM {t}",
    "TRUNCATE {t}",
    "INSERT INTO {t} VALUES (1, 'x') ON CONFLICT (n) DO UPDATE SET word = 'changed'",
)
SCHEMA_ATTACKS = (
    "DROP TABLE {t}",
    "ALTER TABLE {t} DISABLE TRIGGER ALL",
    "ALTER TABLE {t} DISABLE TRIGGER append_only_row",
    "DROP TRIGGER append_only_row ON {t}",
    "ALTER TABLE {t} RENAME TO other",
    "CREATE OR REPLACE FUNCTION sammati_refuse_change() RETURNS trigger "
    "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
    "SET ROLE sammati_owner",
    "ALTER TABLE parted DETACH PARTITION parted_low",
    "DROP TABLE parted_low",
)
TABLES = ("plain", "parted", "parted_low")


@pytest.fixture
def ledgers(owner, django_db_setup):
    owner.execute("CREATE TABLE plain (n int PRIMARY KEY, word text)")
    owner.execute(append_only("plain").sql)
    owner.execute("CREATE TABLE parted (n int PRIMARY KEY, word text) PARTITION BY RANGE (n)")
    owner.execute(append_only("parted").sql)
    owner.execute("CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100)")
    owner.execute(protect_partition("parted_low"))
    for table in ("plain", "parted"):
        owner.execute(f"INSERT INTO {table} VALUES (1, 'kept'), (2, 'kept')")
    yield owner
    owner.execute("DROP TABLE IF EXISTS plain, parted, other CASCADE")


@pytest.fixture
def app(test_database):
    with psycopg.connect(test_database.url(APP), autocommit=True) as found:
        yield found


def words(connection, table):
    return {word for (word,) in connection.execute(f"SELECT word FROM {table}")}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_app_has_no_right_to_change_a_ledger(ledgers, app, table, attack):
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(attack.format(t=table))

    assert words(ledgers, table) == {"kept"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_owner_is_refused_by_the_triggers(ledgers, owner, table, attack):
    with pytest.raises(psycopg.Error) as caught:
        owner.execute(attack.format(t=table))

    assert caught.value.sqlstate == REFUSED_SQLSTATE
    assert words(owner, table) == {"kept"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_not_even_a_superuser_in_replica_mode_passes_the_triggers(
    ledgers, superuser, table, attack
):
    superuser.execute("SET session_replication_role = replica")

    with pytest.raises(psycopg.Error) as caught:
        superuser.execute(attack.format(t=table))

    assert caught.value.sqlstate == REFUSED_SQLSTATE


@pytest.mark.parametrize("attack", SCHEMA_ATTACKS)
def test_the_app_cannot_take_the_protection_away(ledgers, app, attack):
    with pytest.raises(psycopg.Error) as caught:
        app.execute(attack.format(t="plain"))

    assert caught.value.sqlstate == "42501"  # insufficient_privilege


def test_the_app_may_append_and_read(ledgers, app):
    for table in ("plain", "parted"):
        app.execute(f"INSERT INTO {table} VALUES (3, 'new')")

        assert words(app, table) == {"kept", "new"}


def test_a_superuser_who_disables_the_trigger_can_change_a_ledger(ledgers, superuser):
    """The protection's known limit: what the proofs over the log are for."""
    superuser.execute("ALTER TABLE plain DISABLE TRIGGER append_only_row")

    superuser.execute("UPDATE plain SET word = 'forged'")

    assert words(superuser, "plain") == {"forged"}


def test_the_reverse_gives_the_table_back(ledgers, owner, app):
    for table in ("plain", "parted"):
        owner.execute(append_only(table).reverse_sql)

    app.execute("UPDATE plain SET word = 'changed'")
    app.execute("DELETE FROM parted WHERE n = 1")

    assert words(app, "plain") == {"changed"}


@pytest.mark.parametrize("name", ["a b", "x'; DROP TABLE y; --", "Upper", "", "1a", "a" * 64])
def test_a_name_that_is_no_table_name_is_refused(name):
    with pytest.raises(ValueError, match="lower-case"):
        append_only(name)
    with pytest.raises(ValueError, match="lower-case"):
        protect_partition(name)


def test_a_new_table_is_the_apps_to_use(owner, app):
    owner.execute("CREATE TABLE fresh (n serial PRIMARY KEY)")
    try:
        app.execute("INSERT INTO fresh DEFAULT VALUES")
        app.execute("UPDATE fresh SET n = 5")
        app.execute("DELETE FROM fresh")
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("TRUNCATE fresh")
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("CREATE TABLE own (n int)")
    finally:
        owner.execute("DROP TABLE fresh")


def test_the_app_reads_which_migrations_ran_and_writes_none(app, django_db_setup):
    assert app.execute("SELECT count(*) FROM django_migrations").fetchone() > (0,)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("DELETE FROM django_migrations")


def test_the_roles_are_those_that_are_provisioned():
    assert {ledger.APP, ledger.OWNER} == {APP, OWNER}


def test_the_runtime_logins_are_no_superusers(superuser):
    rows = superuser.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND "
        "(rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)",
        [list(ledger.ROLES)],
    ).fetchall()

    assert rows == []
