"""What the app's own login is refused on the ledgers (AUD-10, CON-12); the guard tests walk all."""

import psycopg
import pytest
from django.db import connection

from config.run.provision import APP, OWNER
from keys.ledger import REFUSED_SQLSTATE
from tests.audit.log import write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-10", "CON-12", "P5")]

LEDGERS = ("audit_payload", "consent_consentevent")
NO_RIGHT = "42501"
NO_SUCH_KEY = "42P10"  # a payload's key has two columns: the upsert does not even parse
ATTACKS = (
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "DROP TABLE {table}",
    "DROP TABLE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER append_only_row",
    "ALTER TABLE {table} DISABLE TRIGGER append_only_truncate",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER USER",
    "DROP TRIGGER append_only_row ON {table}",
    "ALTER TABLE {table} RENAME TO elsewhere",
    "ALTER TABLE {table} OWNER TO sammati_app",
    "ALTER TABLE {table} ADD COLUMN more int",
    "ALTER TABLE {table} DROP COLUMN id",
    "ALTER TABLE {table} INHERIT audit_bundle",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
)
ELSEWHERE = (
    "ALTER TABLE audit_payload DETACH PARTITION audit_payload_rc1",
    "ALTER TABLE audit_payload DETACH PARTITION audit_payload_rc2 CONCURRENTLY",
    "CREATE OR REPLACE FUNCTION sammati_refuse_change() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION sammati_refuse_change() CASCADE",
    "SELECT sammati_unprotect_ledger('audit_bundle'::regclass)",
    "SET session_replication_role = replica",
    "SET ROLE sammati_owner",
    "SET ROLE sammati_retention",
    "DROP SCHEMA public CASCADE",
    "SELECT audit_drop_month('rc2', '2001-01-01', 'system', 'x', '{}', '{}')",
    "SELECT audit_release_held('system', 'x', '{}', '{}')",
    "CREATE TABLE audit_payload_rc9 PARTITION OF audit_payload FOR VALUES IN ('rc9')",
)


def tables_of(superuser, ledger):
    """The ledger and every partition, the ones in between included."""
    query = "SELECT relid::regclass::text FROM pg_partition_tree(%s::regclass)"
    return sorted({ledger, *(row[0] for row in superuser.execute(query, [ledger]).fetchall())})


def answer(session, statement):
    """The code of the refusal, or None where it was let through (and rolled back)."""
    try:
        with session.transaction(force_rollback=True):
            session.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_app_can_neither_change_nor_disarm_a_ledger(ledger, test_database, superuser):
    tables = tables_of(superuser, ledger)
    with psycopg.connect(test_database.url(APP)) as app:
        answers = {
            (table, attack): answer(app, attack.format(table=table))
            for table in tables
            for attack in ATTACKS
        }

    let_through = {at: code for at, code in answers.items() if code not in {NO_RIGHT, NO_SUCH_KEY}}
    assert not let_through


def test_a_payload_has_the_partitions_in_between(superuser):
    tables = tables_of(superuser, "audit_payload")

    assert {"audit_payload_rc1", "audit_payload_rc2"} < set(tables)
    assert len(tables) > 30


def test_every_partition_stays_attached(test_database, superuser):
    query = "SELECT relid::regclass::text, parentrelid::regclass::text FROM pg_partition_tree(%s)"
    pairs = superuser.execute(query, ["audit_payload"]).fetchall()
    with psycopg.connect(test_database.url(APP)) as app:
        answers = {
            answer(app, f"ALTER TABLE {parent} DETACH PARTITION {part}")
            for part, parent in pairs
            if parent
        }

    assert answers == {NO_RIGHT}


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_the_app_cannot_go_round_it(statement, test_database):
    with (
        psycopg.connect(test_database.url(APP), autocommit=True) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement)


def test_the_tests_run_as_that_very_login():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")

        assert cursor.fetchone() == (APP, APP)


@pytest.mark.parametrize("login", [OWNER, "superuser"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["audit_payload", "audit_payload_rc2"])
def test_who_has_the_right_meets_the_trigger(login, change, table, test_database):
    write(event="list:viewed")
    dsn = test_database.superuser_dsn if login == "superuser" else test_database.url(login)
    with psycopg.connect(dsn) as session:
        if login == "superuser":
            session.execute("SET session_replication_role = replica")

        assert answer(session, change.format(table)) == REFUSED_SQLSTATE


@pytest.mark.parametrize("statement", ["UPDATE audit_entryindex SET outcome = 'x'",
                                       "DELETE FROM audit_entryindex"])  # fmt: skip
def test_the_index_is_no_ledger(statement, test_database):
    """So that a refusal above means protection, not a statement that never works."""
    write()
    with psycopg.connect(test_database.url(APP)) as app:
        assert answer(app, statement) is None
