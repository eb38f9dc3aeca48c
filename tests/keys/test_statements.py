"""Statements sent past Django's cursors behave as if they were not."""

from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from keys import statements

WHO = "SELECT pg_backend_pid()"


@pytest.mark.django_db
class TestRows:
    def test_answer_what_was_asked(self):
        assert statements.rows("SELECT %s::int + 1, %s::text", [1, "a'b"]) == [(2, "a'b")]

    def test_are_seen_by_whoever_listens(self, django_assert_num_queries):
        with django_assert_num_queries(1) as seen:
            statements.rows("SELECT %s::int", [7])

        assert seen.captured_queries[0]["sql"] == "SELECT $1::int"

    def test_are_refused_with_errors_of_django(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            statements.rows("INSERT INTO keys_keyversion (id) VALUES (%s) RETURNING 1", [None])

    def test_are_part_of_the_transaction(self):
        with transaction.atomic():
            connection.set_rollback(True)

            with pytest.raises(transaction.TransactionManagementError):
                statements.rows("SELECT 1", [])

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            ("uuid", [UUID(int=1), UUID(int=2**128 - 1)]),
            ("bytea", [b"", b'\0\\"{}']),
            ("text", ["crm", "e-mail"]),
            ("uuid", []),
        ],
    )
    def test_take_arrays(self, kind, values):
        assert statements.rows(f"SELECT %s::{kind}[]", [statements.array(values)]) == [(values,)]


@pytest.mark.django_db(transaction=True)
class TestFirstRows:
    @pytest.fixture(autouse=True)
    def with_checks(self, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
        connection.close()
        connection.ensure_connection()
        connection.health_check_enabled = True
        connection.health_check_done = False

    def test_replace_a_connection_that_has_died(self, superuser):
        ((died,),) = statements.rows(WHO, [])
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [died])

        ((lives,),) = statements.first_rows(WHO, [])

        assert lives != died

    def test_spare_the_connection_a_question_whether_it_lives(self):
        statements.first_rows(WHO, [])

        assert connection.health_check_done

    def test_do_not_go_on_with_a_transaction_elsewhere(self, superuser):
        with pytest.raises(OperationalError), transaction.atomic():  # its end fails, too
            self.ask_within(superuser)

    def ask_within(self, superuser):
        ((died,),) = statements.rows(WHO, [])
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [died])
        with pytest.raises(OperationalError):
            statements.first_rows(WHO, [])
        with pytest.raises(OperationalError):
            statements.rows(WHO, [])
