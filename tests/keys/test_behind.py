"""What is stored behind is stored in order, seen by whoever asks, and fails aloud."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from keys.behind import behind
from keys.bulk import copy_in
from tests.keys.test_bulk import COLUMNS, TABLE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 1, tzinfo=UTC)


def rows(*versions):
    return [
        (UUID(f"01900000-0000-7000-8000-{number:012}"), "wrapping", number, "words", AT)
        for number in versions
    ]


def versions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM keys_keyversion WHERE version > 70 ORDER BY version")
        return [row[0] for row in cursor.fetchall()]


def handed_over(*parts):
    with transaction.atomic(), behind():
        for part in parts:
            copy_in(TABLE, COLUMNS, part)


def test_all_is_stored_once_the_block_is_left():
    with transaction.atomic(), behind():
        for begin in range(71, 91, 2):
            copy_in(TABLE, COLUMNS, rows(begin, begin + 1))

    assert versions() == list(range(71, 91))


def test_a_question_in_between_sees_what_was_handed_over():
    with transaction.atomic(), behind():
        copy_in(TABLE, COLUMNS, rows(71, 72))
        seen = versions()
        copy_in(TABLE, COLUMNS, rows(73, 74))

    assert (seen, versions()) == ([71, 72], [71, 72, 73, 74])


def test_what_is_refused_is_told_when_the_block_is_left_and_nothing_stays():
    with pytest.raises(IntegrityError) as caught:
        handed_over(rows(71, 72), rows(72, 73), rows(74, 75))

    assert versions() == []
    assert "SQLSTATE 23505" in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_refused_is_told_by_the_next_question():
    with transaction.atomic(), behind():
        copy_in(TABLE, COLUMNS, rows(71, 71))
        with pytest.raises(IntegrityError):
            versions()
        transaction.set_rollback(True)

    assert versions() == []


def test_an_error_of_the_block_is_its_own_and_nothing_stays():
    with pytest.raises(TypeError):
        handed_over(rows(71, 72), 7)

    assert versions() == []


def test_a_block_within_another_is_part_of_it_and_threads_switch_as_before():
    usual = sys.getswitchinterval()

    with transaction.atomic(), behind():
        with behind():
            copy_in(TABLE, COLUMNS, rows(71, 72))
        copy_in(TABLE, COLUMNS, rows(73, 74))

    assert versions() == [71, 72, 73, 74]
    assert sys.getswitchinterval() == usual
