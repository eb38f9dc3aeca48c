"""Rows as COPY reads them are the values that went in."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.copyform import HEAD, TAIL, form_of

ID = UUID("01900000-0000-7000-8000-000000000001")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 (what is to be refused)
MOMENT = st.datetimes(timezones=st.just(UTC))


class Word(StrEnum):
    GIVEN = "given"


NAMES = {
    "integer": "int4", "smallint": "int2", "bigint": "int8", "boolean": "bool", "text[]": "_text",
    "varchar[]": "_varchar", "uuid[]": "_uuid",
}  # fmt: skip


def read(database, kinds, rows):
    """The rows as PostgreSQL reads them."""
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds))
    names = ", ".join(f"c{number}" for number in range(len(kinds)))
    with database.transaction(force_rollback=True), database.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE copied (place serial, {columns})")
        with cursor.copy(f"COPY copied ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(HEAD + form_of([NAMES.get(kind, kind) for kind in kinds], rows) + TAIL)
        return cursor.execute(f"SELECT {names} FROM copied ORDER BY place").fetchall()


KINDS = (
    "uuid", "text", "integer", "boolean", "bytea", "timestamptz", "date", "varchar", "uuid",
    "smallint", "bigint", "text[]", "varchar[]", "uuid[]",
)  # fmt: skip
ROW = (
    ID, "a\tb\\n\r\nc", -7, True, b"\0\\x", datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
    date(2026, 1, 2), Word.GIVEN, None, -3, 2**40, ["a", "{b}", ""], [], [ID, ID],
)  # fmt: skip
OTHER = (
    None, "", 2**31 - 1, False, b"", datetime(1969, 12, 31, tzinfo=UTC), date(1999, 2, 28), "", ID,
    7, -1, [], ["x"], [],
)  # fmt: skip


@pytest.mark.parametrize("rows", [[ROW], [ROW, ROW], [ROW, OTHER], [ROW, OTHER, ROW, ROW]])
def test_each_kind_of_value(superuser, rows):
    assert read(superuser, KINDS, rows) == rows


def test_columns_of_one_value_stand_where_they_stood(superuser):
    rows = [("a", number, "b", "c", str(number), "d") for number in range(5)]

    assert read(superuser, ("text", "integer", "text", "text", "text", "text"), rows) == rows


def test_json(superuser):
    assert read(superuser, ("jsonb",), [('{"a": "b"}',), ("[]",)]) == [({"a": "b"},), ([],)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(TEXT, st.none() | TEXT), min_size=1))
def test_any_text(superuser, rows):
    assert read(superuser, ("text", "text"), rows) == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(MOMENT, st.dates(date(1, 1, 1))), min_size=1))
def test_any_time(superuser, rows):
    assert read(superuser, ("timestamptz", "date"), rows) == rows


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uuid", str(ID)), ("text", 7), ("integer", "7"), ("boolean", "true"), ("boolean", 1),
        ("timestamptz", "2026-01-01T00:00:00Z"), ("timestamptz", NAIVE),
        ("date", "2026-01-01"), ("bytea", "00"), ("smallint", 2**15), ("integer", 2**31),
        ("jsonb", {}), ("text[]", [1]),
    ],
)  # fmt: skip
@pytest.mark.req("P10")
def test_a_value_of_another_kind_is_refused_and_not_quoted(kind, value):
    for rows in ([(value,)], [(None,), (value,)]):
        with pytest.raises(TypeError) as caught:
            form_of([NAMES.get(kind, kind)], rows)

        assert str(value) not in str(caught.value)


def test_a_kind_that_no_column_has_is_refused():
    with pytest.raises(TypeError, match="numeric"):
        form_of(["numeric"], [(Decimal(1),)])
