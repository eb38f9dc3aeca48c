"""The illustrations to section 8(7) and rule 8(3): what stays once a purpose is over."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from erasure.planning.facts import Ask, Minimum, PersonFacts, SystemFacts, World
from erasure.planning.plans import plan

CLOSED = date(2027, 6, 1)
IDENTITY, LETTERS = "pd:OfficialID", "pd:EmailAddress"
BANK = SystemFacts(
    id="1", code="core-bank", holds=frozenset({IDENTITY, LETTERS}), by_category=True
)  # fmt: skip
OURS = SystemFacts(id="9", code="sammati", holds=None, by_category=True, is_own=True)
X = PersonFacts(packs=("IN",))
ERASE = Ask(verb="erase", scope_type="everything", scope="", categories=None, today=CLOSED)


def fates(person, *systems, on=CLOSED):
    world = World(systems=systems, universe=frozenset({IDENTITY, LETTERS}))
    found = plan(person, replace(ERASE, today=on), world)
    return {(one["system"], one["category"]): one for one in found.plan["elements"]}


@pytest.mark.req("ERA-02")
class TestSection8Subsection7:
    """X closes her account at the bank Y, which must know for ten years more who she was."""

    def test_the_record_of_identity_stays_as_long_as_the_law_says_and_the_rest_goes(self):
        until = CLOSED + timedelta(days=3653)
        duty = Minimum(
            category=IDENTITY, rule="kyc", pack="IN", citation="PMLA 2002 s.12", until=until
        )  # fmt: skip

        found = fates(replace(X, minima=(duty,)), BANK)

        kept, gone = found["core-bank", IDENTITY], found["core-bank", LETTERS]
        assert (kept["fate"], kept["citation"], kept["until"]) == (
            "keep", "PMLA 2002 s.12", until.isoformat(),
        )  # fmt: skip
        assert gone["fate"] == "erase"

    def test_after_the_ten_years_nothing_stays(self):
        until = CLOSED + timedelta(days=3653)
        duty = Minimum(
            category=IDENTITY, rule="kyc", pack="IN", citation="PMLA 2002 s.12", until=until
        )  # fmt: skip

        found = fates(replace(X, minima=(duty,)), BANK, on=until)

        assert {one["fate"] for one in found.values()} == {"erase"}


@pytest.mark.req("ERA-05")
def test_rule_8_what_an_e_book_shop_recorded_is_kept_for_a_year_and_used_by_nobody():
    """X buys an e-book from Y, which delivers it: order and logs stay a year, under lock."""
    found = fates(X, BANK, OURS)

    ours = [one for (system, _), one in found.items() if system == "sammati"]
    assert ours
    assert {(one["fate"], one["until"]) for one in ours} == {("vault", "2028-05-31")}
    assert {one["fate"] for (system, _), one in found.items() if system != "sammati"} == {"erase"}


@pytest.mark.req("ERA-05")
class TestRule8Case2:
    """Y, a travel agency, books through the cloud of Z; X, who flew, has her account deleted."""

    CLOUD = SystemFacts(
        id="2", code="cloud-of-z", holds=frozenset({IDENTITY, LETTERS}), by_category=True
    )
    YEAR = Minimum(
        category=IDENTITY, rule="bookings", pack="IN", citation="DPDP Rules 2025, r.8(3)",
        until=CLOSED + timedelta(days=365),
    )  # fmt: skip

    def test_y_has_z_keep_what_it_processed_for_the_year_and_no_more_than_that(self):
        found = fates(replace(X, minima=(self.YEAR,)), self.CLOUD)

        kept, gone = found["cloud-of-z", IDENTITY], found["cloud-of-z", LETTERS]
        assert (kept["fate"], kept["citation"], kept["until"]) == (
            "keep", "DPDP Rules 2025, r.8(3)", "2028-05-31",
        )  # fmt: skip
        assert gone["fate"] == "erase"

    def test_when_the_year_is_over_z_erases_it_too(self):
        found = fates(replace(X, minima=(self.YEAR,)), self.CLOUD, on=self.YEAR.until)

        assert {one["fate"] for one in found.values()} == {"erase"}
