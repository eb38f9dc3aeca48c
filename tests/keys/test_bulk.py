from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from keys.bulk import copy_in
from keys.ids import uuid7

pytestmark = pytest.mark.django_db
TABLE, COLUMNS = "keys_keyversion", ("id", "purpose", "version", "fingerprint", "created_at")
ID = UUID("01900000-0000-7000-8000-000000000001")
ROW = (ID, "wrapping", 77, "a\tb\\n", datetime(2026, 1, 1, tzinfo=UTC))


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT fingerprint FROM keys_keyversion WHERE version = 77")
        return cursor.fetchall()


def test_rows_are_stored_as_they_are():
    copy_in(TABLE, COLUMNS, [ROW])

    assert stored() == [("a\tb\\n",)]


def test_nothing_to_store_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        copy_in(TABLE, COLUMNS, [])


def test_a_duplicate_is_an_integrity_error_and_leaves_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(TABLE, COLUMNS, [ROW, ROW])

    assert stored() == []


@pytest.mark.req("P10")
def test_an_error_does_not_quote_the_row():
    told = "asha.rao@example.in" * 20
    rows = [ROW, (uuid7(), "wrapping", 78, told, ROW[4])]

    with pytest.raises(DataError) as caught, transaction.atomic():
        copy_in(TABLE, COLUMNS, rows)

    assert str(caught.value) == "COPY into keys_keyversion failed (SQLSTATE 22001)."
    assert caught.value.__cause__ is None
    for one in (rows[1], ("asha.rao@example.in", *ROW[1:])):
        with pytest.raises((DataError, TypeError)) as caught, transaction.atomic():
            copy_in(TABLE, COLUMNS, [one])

        assert "asha" not in str(caught.value)


@pytest.fixture
def arrays(superuser):
    superuser.execute("CREATE TABLE arrays (id int, words text[])")
    superuser.execute("GRANT SELECT, INSERT ON arrays TO sammati_app")
    yield "arrays"
    superuser.execute("DROP TABLE arrays")


@pytest.mark.django_db(transaction=True)
def test_arrays_are_stored_as_they_are(arrays, superuser):
    """Of texts that look like an array's own signs, and of nothing."""
    hard = ['a"b', "c\\d", "{e,f}", "NULL", "", "g\th", "i,j"]

    copy_in(arrays, ("id", "words"), [(1, hard), (2, [])])

    found = superuser.execute("SELECT words FROM arrays ORDER BY id").fetchall()
    assert found == [(hard,), ([],)]
