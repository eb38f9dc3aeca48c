"""The illustrations to sections 7 and 8: uses without consent, and how they end."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from consent import services as consent
from consent.models import Purpose
from erasure.models import Case
from erasure.services import causes
from keys.problems import DomainError
from tests.erasure.test_cases_deciding import policy
from tests.factories.company import AUTHOR
from tests.stories.town import opened

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPT, FLAT, BENEFIT, CAR = (
    "sales.receipt", "flats.search", "benefits.maternity", "market.car_sale",
)  # fmt: skip


def volunteered(http, slug, purpose):
    """A company that uses what people gave it of their own accord for this purpose."""
    house = opened(http, slug, purpose, "marketing.letters")
    house.made.purpose(purpose, grounds={"IN": "s7a"}, is_marketing=False)
    house.made.finds("s7a", purpose=purpose)
    house.asks_about("marketing.letters")
    return house


@pytest.mark.req("CON-21")
class TestSection7ClauseA:
    def test_a_pharmacy_sends_the_receipt_and_nothing_else(self, http):
        """X gives her number for the receipt of what she bought from Y."""
        pharmacy = volunteered(http, "pharmacy", RECEIPT)
        x = pharmacy.person()

        assert pharmacy.permits(x, RECEIPT)
        assert pharmacy.why(x, "marketing.letters") == "CONSENT_MISSING"

    def test_a_broker_stops_when_x_no_longer_wants_help(self, http):
        """X asks Y for a flat, and later tells Y that she needs no help any more."""
        broker = volunteered(http, "broker", FLAT)
        x = broker.person()
        assert broker.permits(x, FLAT)

        body = {
            "subject": str(x.id), "kind": "voluntary_use", "purpose": FLAT, "method": "phone",
        }  # fmt: skip
        answer = broker.api.post("/objections", body)

        assert answer.status_code in {200, 201}, answer.content
        assert not broker.permits(x, FLAT)


@pytest.mark.req("CON-21")
class TestSection7ClauseB:
    def test_what_the_state_may_do_for_a_benefit_a_company_may_not(self, http):
        """X enrols for a maternity benefit of the government; a company cannot lean on that."""
        company = opened(http, "company", BENEFIT)
        x = company.person()

        with suppress(DomainError):  # where such a purpose does not even come into being
            company.made.purpose(BENEFIT, grounds={"IN": "s7b"}, is_marketing=False)

        assert not company.permits(x, BENEFIT)


@pytest.mark.req("CON-02", "POL-05")
class TestSection8Subsection7:
    def test_when_the_car_is_sold_its_sellers_data_go(self, http):
        """X sells her car on Y's marketplace; the sale is concluded."""
        market = opened(http, "market", CAR)
        market.asks_about(CAR, data=("pd:Contact", "pd:Vehicle"))
        policy(market.made)
        x, z = market.person(), market.person("z@example.in")
        for seller in (x, z):
            market.says_yes(seller, CAR)
        assert market.permits(x, CAR)

        consent.revoke(
            by=AUTHOR, controller_id=market.id, subject_id=x.id, purpose=CAR,
            reason="purpose_ended",
        )  # fmt: skip
        causes.look(since=datetime.now(UTC) - timedelta(hours=1))

        case = Case.objects.get(controller_id=market.id)
        assert (case.subject_id, case.verb, case.scope) == (x.id, "erase", CAR)
        assert (market.permits(x, CAR), market.permits(z, CAR)) == (False, True)

    def test_a_seller_who_withdraws_before_is_erased_as_well(self, http):
        market = opened(http, "market", CAR)
        market.asks_about(CAR)
        policy(market.made)
        x = market.person()
        market.says_yes(x, CAR)

        market.withdraws(x, CAR)
        causes.look(since=datetime.now(UTC) - timedelta(hours=1))

        assert Case.objects.get(subject_id=x.id).trigger == "withdrawal"
        assert not market.permits(x, CAR)

    def test_a_purpose_that_is_over_serves_nobody(self, http):
        market = opened(http, "market", CAR)
        market.asks_about(CAR)
        x = market.person()
        market.says_yes(x, CAR)

        consent.close_purpose(by=AUTHOR, purpose=purpose_of(market))

        assert not market.permits(x, CAR)


def purpose_of(house):
    return Purpose.objects.get(controller_id=house.id, code=CAR)
