"""The suite's own plumbing: whose login the tests use, and how ledgers are emptied between them."""

import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from tests.database import KEPT_TABLES


def count(superuser: psycopg.Connection, table: str) -> int:
    return superuser.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_apps_login():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")

        assert cursor.fetchone() == ("sammati_app", "sammati_app")


def test_the_suite_has_its_own_settings_whatever_the_environment_names(servers, worker_id):
    """Two workers on one database of the Valkey emptied each other's counters in the middle."""
    valkey = caches["default"]._cache.get_client()

    assert settings.SETTINGS_MODULE == "tests.settings"
    number = 14 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    assert valkey.connection_pool.connection_kwargs["db"] == number + 1


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_works_as_the_app_too():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == ("sammati_app",)


class TestTheFlush:
    @pytest.fixture
    def ledger(self, owner):
        owner.execute("CREATE TABLE flush_trial (id int, month int) PARTITION BY LIST (month)")
        owner.execute("CREATE TABLE flush_trial_1 PARTITION OF flush_trial FOR VALUES IN (1)")
        owner.execute("SELECT sammati_protect_ledger('flush_trial')")
        owner.execute("SELECT sammati_protect_partition('flush_trial_1')")
        owner.execute("INSERT INTO flush_trial VALUES (1, 1)")
        yield "flush_trial"
        owner.execute("DROP TABLE flush_trial")

    def test_empties_ledgers(self, ledger, superuser, test_database):
        test_database.flush()

        assert count(superuser, ledger) == 0

    def test_goes_on_after_every_connection_was_cut(self, ledger, superuser, test_database):
        test_database.flush()
        superuser.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid()"
        )
        superuser.execute("INSERT INTO flush_trial VALUES (3, 1)")

        test_database.flush()

        assert count(superuser, ledger) == 0

    @pytest.mark.parametrize("table", ["flush_trial", "flush_trial_1"])
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = 2", "TRUNCATE {}"])
    def test_leaves_ledgers_protected(
        self, ledger, owner, superuser, test_database, table, statement
    ):
        test_database.flush()
        owner.execute("INSERT INTO flush_trial VALUES (2, 1)")

        for login in (owner, superuser):
            with pytest.raises(psycopg.Error, match="append-only"):
                login.execute(statement.format(table))

        assert count(superuser, ledger) == 1

    @pytest.mark.parametrize("table", KEPT_TABLES)
    def test_keeps_what_migrations_and_the_start_filled(self, superuser, test_database, table):
        before = count(superuser, table)

        test_database.flush()

        assert count(superuser, table) == before > 0


def test_commits_of_a_durability_test_reach_the_disk(durable_commits, test_database):
    with psycopg.connect(test_database.superuser_dsn) as found:
        assert found.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert found.execute("SHOW fsync").fetchone() == ("on",)
