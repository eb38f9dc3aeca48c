import psycopg
import pytest

from config.privacy import classification
from config.run.provision import APP, OWNER
from tests.guards.tree import our_models, report

pytestmark = pytest.mark.django_db(transaction=True)

LEDGERS = [model for model in our_models() if classification(model).ledger]
TABLES = """
    SELECT relid::regclass::text FROM pg_partition_tree(%(table)s)
    UNION SELECT %(table)s::regclass::text
"""
TRIGGERS = """
    SELECT tgname, tgenabled FROM pg_trigger
    WHERE tgrelid = %s::regclass AND tgfoid = 'sammati_refuse_change'::regproc
"""


def tables(connection, model):
    """The ledger's table and every partition it has today."""
    rows = connection.execute(TABLES, {"table": model._meta.db_table}).fetchall()
    return sorted(row[0] for row in rows)


def refused(connection, statement):
    """Whether the database refused, and rolled back whatever happened."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate in {"42501", "SL001"}
    return False


def test_there_are_ledgers():
    assert {"audit.Bundle", "audit.Checkpoint", "audit.Payload", "consent.ConsentEvent"} <= {
        model._meta.label for model in LEDGERS
    }


@pytest.mark.req("P5")
@pytest.mark.parametrize("model", LEDGERS, ids=lambda model: model._meta.label)
class TestLedger:
    def test_the_app_may_only_read_and_add(self, model, test_database, superuser):
        with psycopg.connect(test_database.url(APP)) as app:
            allowed = [
                statement
                for table in tables(superuser, model)
                for statement in attacks(model, table)
                if not refused(app, statement)
            ]

        assert not allowed, report(allowed, "Protect it in its migration: keys.ledger.append_only.")

    def test_the_owner_cannot_empty_it_either(self, model, test_database, superuser):
        with psycopg.connect(test_database.url(OWNER)) as owner:
            allowed = [
                table
                for table in tables(superuser, model)
                if not refused(owner, f"TRUNCATE {table}")
            ]

        assert not allowed, report(allowed, "Protect it in its migration: keys.ledger.append_only.")

    def test_its_triggers_cannot_be_silenced_by_a_session(self, model, superuser):
        silent = []
        for table in tables(superuser, model):
            found = dict(superuser.execute(TRIGGERS, [table]).fetchall())
            if found != {"append_only_row": "A", "append_only_truncate": "A"}:
                silent.append(f"{table}: {found}")

        assert not silent, report(silent, "New partitions need keys.ledger.protect_partition.")


def attacks(model, table):
    column = model._meta.concrete_fields[0].column
    return [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"CREATE RULE away AS ON INSERT TO {table} DO INSTEAD NOTHING",
        f"SELECT sammati_unprotect_ledger('{table}'::regclass)",
    ]


def test_the_app_cannot_play_another_login(test_database):
    with psycopg.connect(test_database.url(APP)) as app:
        allowed = [
            statement
            for statement in (
                f"SET ROLE {OWNER}",
                "SET session_replication_role = replica",
                "CREATE TABLE mine (id int)",
                "ALTER ROLE sammati_app SUPERUSER",
            )
            if not refused(app, statement)
        ]

    assert not allowed, report(allowed, "Take the right away in config/run/provision.py.")


def test_the_attacks_succeed_where_nothing_is_protected(test_database):
    """So that a refusal above means protection, not a typing mistake."""
    with psycopg.connect(test_database.url(OWNER)) as owner:
        owner.execute("CREATE TEMPORARY TABLE sample (id int)")

        assert not refused(owner, "UPDATE sample SET id = id")
        assert not refused(owner, "DELETE FROM sample")
        assert not refused(owner, "TRUNCATE sample")
        assert not refused(owner, "ALTER TABLE sample DISABLE TRIGGER ALL")
