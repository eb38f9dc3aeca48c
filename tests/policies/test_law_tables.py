"""The legal tables: each line says on whose word and from when; a faulty one is refused."""

from datetime import UTC, date, datetime

import pytest

from policies.law import tables
from policies.law.tables import TableError, read

pytestmark = pytest.mark.req("POL-17")
LINE = """
[[line]]
code = "XX"
effective_from = 2026-01-01
ends_on = 2026-06-01
source = "S.O. 1"
reviewed_by = "counsel"
"""


def at(*day):
    return int(datetime(*day, tzinfo=UTC).timestamp()) * 1_000_000


def table(*lines):
    return read("test", "checked_on = 2026-01-01\n" + "".join(lines))


@pytest.mark.parametrize("each", tables.TABLES, ids=lambda each: each.name)
def test_every_line_names_its_source_and_who_reviewed_it(each):
    for lines in each.lines.values():
        for line in lines:
            assert line.source
            assert line.reviewed_by
            assert line.effective_from <= each.checked_on


def test_a_line_counts_from_its_day_until_its_end():
    found = table(LINE)
    moments = [at(2025, 12, 31), at(2026, 1, 1), at(2026, 5, 31), at(2026, 6, 1)]

    assert [bool(found.line("XX", moment)) for moment in moments] == [False, True, True, False]
    assert found.codes(at(2026, 2, 1)) == {"XX"}
    assert found.codes(at(2027, 2, 1)) == frozenset()


def test_a_line_may_follow_another():
    found = table(LINE, LINE.replace("2026-01-01", "2026-06-01").replace("ends_on", "#"))

    line = found.line("XX", at(2030, 1, 1))
    assert line is not None
    assert line.effective_from == date(2026, 6, 1)


def test_adequate_is_what_the_commission_decided_on_that_day():
    assert tables.ADEQUATE.line("JP", at(2026, 11, 22)).only
    assert tables.ADEQUATE.line("GB", at(2031, 12, 27))
    assert tables.ADEQUATE.line("GB", at(2031, 12, 28)) is None
    assert tables.ADEQUATE.line("BR", at(2025, 12, 1)) is None
    assert tables.ADEQUATE.line("BR", at(2026, 11, 22))
    assert tables.ADEQUATE.line("SE", at(2026, 11, 22)) is None  # inside, so never listed


@pytest.mark.parametrize(
    "faulty",
    [
        LINE.replace('source = "S.O. 1"', ""),
        LINE.replace('source = "S.O. 1"', 'source = ""'),
        LINE.replace("reviewed_by", "seen_by"),
        LINE.replace("2026-01-01", '"2026-01-01"'),
        LINE.replace("2026-06-01", "2026-06-01T00:00:00"),
        LINE + LINE,
        LINE + "\n[other]\nname = 1",
        "line = 1",
        "not toml",
    ],
)
def test_a_faulty_table_is_refused(faulty):
    with pytest.raises(TableError):
        table(faulty)


def test_a_table_says_when_it_was_checked():
    with pytest.raises(TableError):
        read("test", LINE)
