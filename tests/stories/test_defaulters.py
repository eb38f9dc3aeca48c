"""The illustration to section 17(1)(f): what a lender may find out about whoever did not pay."""

import pytest

from policies.rules.law import act
from tests.stories.town import opened

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM, LETTERS = "sys.legal_claim", "marketing.letters"
DEFAULT = "LOAN-4711"


@pytest.fixture
def bank(http):
    """Y, a bank that lends; its collections look into what defaulters own."""
    bank = opened(http, "bank", CLAIM, LETTERS)
    bank.made.purpose(
        CLAIM, grounds={"IN": "s7d"}, is_marketing=False, categories=("pd:Financial",),
        dpv_purpose="dpv:LegalCompliance",
    )  # fmt: skip
    bank.made.finds("s7d", purpose=CLAIM)
    bank.asks_about(LETTERS)
    return bank


@pytest.mark.req("POL-08", "CON-21")
class TestSection17Subsection1ClauseF:
    """X takes a loan from Y and misses the instalment on the day it falls due."""

    def test_y_may_ascertain_her_finances_without_her_consent(self, bank):
        x = bank.person()

        answer = bank.may(x, CLAIM, case=DEFAULT, data=["pd:Financial"])

        assert answer["decision"] is True
        assert answer["context"]["reason_code"] == "PERMIT_RESERVED"
        assert set(act("17(1)(f)")) <= set(answer["context"]["legal_refs"])

    def test_not_even_her_withdrawal_and_a_restriction_stop_it(self, bank):
        x = bank.person()
        bank.says_yes(x, LETTERS)
        bank.withdraws(x, LETTERS)
        bank.made.stands(x, "restricted")

        assert bank.permits(x, CLAIM, case=DEFAULT)

    def test_it_needs_the_default_by_its_reference(self, bank):
        x = bank.person()

        assert bank.why(x, CLAIM) == "RESERVED_CASE_REQUIRED"

    def test_it_opens_nothing_beyond_her_finances(self, bank):
        x = bank.person()

        assert bank.why(x, CLAIM, case=DEFAULT, data=["pd:Health"]) == "DATA_NOT_NECESSARY"
        assert bank.why(x, LETTERS, case=DEFAULT) == "CONSENT_MISSING"
