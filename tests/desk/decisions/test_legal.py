"""The legal tables as officers read them: each line with its source, its reviewer, its days."""

from datetime import date

import pytest
import time_machine

from desk.decisions import legal, words
from policies.law.tables import ADEQUATE, TABLES, read
from policies.rules import RULES
from tests.desk import house
from tests.desk.decisions.test_explorer import text

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08", "ADM-08")]
LAW = "/admin/law/"
LINES = """
checked_on = 2026-11-01

[[line]]
code = "XA"
effective_from = 2025-01-01
ends_on = 2026-01-01
source = "Notification 1"
reviewed_by = "counsel"

[[line]]
code = "XA"
effective_from = 2026-01-01
source = "Notification 2"
reviewed_by = "counsel"

[[line]]
code = "XB"
effective_from = 2027-01-01
source = "Notification 3"
reviewed_by = "counsel"
"""


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


@pytest.fixture
def listed(monkeypatch):
    """The list of restricted countries with a line that ended, one in force and one to come."""
    monkeypatch.setattr(legal, "TABLES", (read("restricted", LINES),))
    with time_machine.travel("2026-11-22T00:00:00Z", tick=False):
        yield


class TestThePage:
    def test_shows_each_line_with_source_reviewer_and_day(self, auditor):
        shown = {one.name: one for one in auditor.get(LAW).context["tables"]}
        said = text(auditor.get(LAW))

        assert shown.keys() == {table.name for table in TABLES}
        assert len(shown["adequate"].lines) == sum(map(len, ADEQUATE.lines.values()))
        assert "Japan JP Only recipients under the APPI. In force Jan. 23, 2019 –" in said
        assert "United Kingdom GB In force June 28, 2021 Dec. 28, 2031" in said
        assert all(line.source in said for line in ADEQUATE.lines["GB"])
        assert "the maintainers of this suite" in said

    def test_cites_the_law_and_leads_to_the_rule(self, auditor):
        body = auditor.get(LAW).content.decode()

        for ref in ("DPDP Act 2023 s.16(1)", "DPDP Rules 2025 r.13(4)", "GDPR Art 45(3)"):
            assert ref in body
        numbers = {rule.code: rule.number for rule in RULES}
        assert f'href="/admin/rules/#{numbers["TRANSFER_NO_BASIS"]}"' in body

    def test_says_of_an_empty_table_when_it_was_checked(self, auditor):
        assert "Last checked on Nov. 22, 2026 Nothing is listed" in text(auditor.get(LAW))

    def test_keeps_lines_that_ended_beside_those_to_come(self, listed):
        (table,) = legal.tables()

        told = [(line.code, line.source, line.standing, line.counts) for line in table.lines]
        assert told == [
            ("XA", "Notification 1", "Ended", False),
            ("XA", "Notification 2", "In force", True),
            ("XB", "Notification 3", "Not yet in force", False),
        ]
        assert table.lines[0].ends_on == date(2026, 1, 1)

    def test_is_reached_from_the_menu(self, auditor):
        assert f'href="{LAW}"' in auditor.get("/admin/").content.decode()

    def test_is_closed_to_who_may_not_view_the_audit(self, lotus):
        operator = house.signed_in(house.officer(lotus, "omar", "operator"))

        assert operator.get(LAW).status_code == 403
        assert f'href="{LAW}"' not in operator.get("/admin/").content.decode()

    def test_is_only_read(self, auditor):
        assert auditor.post(LAW).status_code == 405


class TestTheWords:
    def test_are_there_for_every_table_and_name_rules_that_exist(self):
        codes = {rule.code for rule in RULES}

        assert words.LEGAL_TABLES.keys() == {table.name for table in TABLES}
        for said in words.LEGAL_TABLES.values():
            assert said.rules
            assert codes.issuperset(said.rules)

    def test_are_there_for_every_country_and_for_whom_a_line_covers(self):
        lines = [line for found in ADEQUATE.lines.values() for line in found]

        assert {line.code for line in lines} <= words.PLACES.keys()
        assert {line.only for line in lines if line.only} == words.ONLY
