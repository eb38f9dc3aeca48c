"""Rows as COPY reads them are the values that went in."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.copytext import text_of

ID = UUID("01900000-0000-7000-8000-000000000001")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


class Word(StrEnum):
    GIVEN = "given"


def read(database, kinds, rows):
    """The rows as PostgreSQL reads them."""
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds))
    names = ", ".join(f"c{number}" for number in range(len(kinds)))
    with database.transaction(force_rollback=True), database.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE copied (place serial, {columns})")
        with cursor.copy(f"COPY copied ({names}) FROM STDIN") as copy:
            copy.write(text_of(rows))
        return cursor.execute(f"SELECT {names} FROM copied ORDER BY place").fetchall()


def test_each_kind_of_value(superuser):
    kinds = ("uuid", "text", "integer", "boolean", "bytea", "timestamptz", "date", "text", "uuid")
    row = (
        ID, "a\tb\\n\r\nc", -7, True, b"\0\\x", datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
        date(2026, 1, 2), Word.GIVEN, None,
    )  # fmt: skip

    assert read(superuser, kinds, [row, row]) == [row, row]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(TEXT, st.none() | TEXT), min_size=1))
def test_any_text(superuser, rows):
    assert read(superuser, ("text", "text"), rows) == rows


def test_a_value_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="Decimal"):
        text_of([(Decimal(1),)])
