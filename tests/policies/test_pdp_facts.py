"""From what the services record to what the decision point says of it."""

from datetime import date

import pytest

from accounts import services as accounts
from consent import services as consent
from consent.models import Purpose
from registry import services as registry
from tests.factories.company import (
    AUTHOR,
    DELIVERY,
    EVALUATION,
    EVALUATIONS,
    OFFERS,
    SURVEYS,
    company,
)
from tests.policies.stories import STORIES, withdrawn, withdrawn_with_an_order_nobody_mentions


@pytest.mark.req("POL-08", "CON-12")
@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_in_its_reason(lotus, ask, name):
    happens, reason, about = STORIES[name]
    person = lotus.person(**about)
    happens(lotus, person)

    made = ask(lotus, person)

    assert made["context"]["reason_code"] == reason
    assert made["decision"] is reason.startswith("PERMIT")


@pytest.mark.req("POL-08")
class TestACommitment:
    def test_older_than_the_withdrawal_may_be_met(self, lotus, ask):
        person = lotus.person()
        withdrawn_with_an_order_nobody_mentions(lotus, person)

        made = ask(lotus, person, commitment="ORDER-1")

        assert (made["decision"], made["context"]["reason_code"]) == (True, "PERMIT_COMMITMENT")

    @pytest.mark.parametrize("reference", ["ORDER-2", "order-1", ""])
    def test_that_is_not_on_record_is_none(self, lotus, ask, reference):
        person = lotus.person()
        withdrawn_with_an_order_nobody_mentions(lotus, person)

        made = ask(lotus, person, commitment=reference)

        assert made["context"]["reason_code"] == "CONSENT_WITHDRAWN"

    def test_of_somebody_else_is_none(self, lotus, ask):
        person, other = lotus.person(), lotus.person("other@example.in")
        withdrawn_with_an_order_nobody_mentions(lotus, person)
        withdrawn(lotus, other)

        assert ask(lotus, other, commitment="ORDER-1")["decision"] is False


@pytest.mark.req("POL-15")
def test_a_purpose_that_nobody_approved_is_none(lotus, ask):
    person = lotus.person()
    lotus.drafts(SURVEYS)

    assert ask(lotus, person, purpose=SURVEYS)["context"]["reason_code"] == "PURPOSE_UNKNOWN"


@pytest.mark.req("POL-12")
def test_a_use_the_law_lists_needs_no_consent_but_stops_for_an_erasure(lotus, ask):
    person = lotus.person()
    lotus.purpose(DELIVERY, grounds={"IN": "s7a"}, is_marketing=False)
    lotus.finds("s7a", DELIVERY)
    before = ask(lotus, person, purpose=DELIVERY)

    lotus.stands(person, "erasing", scope_type="purpose", scope=OFFERS)
    during = ask(lotus, person, purpose=DELIVERY)
    lotus.stands(person, "erasing")
    after = ask(lotus, person, purpose=DELIVERY)

    assert before["context"]["reason_code"] == "PERMIT_IN:s7a"
    assert during["decision"] is True
    assert after["context"]["reason_code"] == "ERASURE_PENDING"


@pytest.mark.req("POL-12")
def test_both_laws_must_permit_where_both_apply(lotus, ask):
    person = lotus.person(residence="DE")
    lotus.yes(person)
    both = ask(lotus, person)

    lotus.purpose(SURVEYS, grounds={"IN": "s7a"}, is_marketing=False)
    lotus.finds("s7a", SURVEYS)
    one = ask(lotus, person, purpose=SURVEYS)

    assert both["context"]["packs"] == ["IN", "EU"]
    assert both["context"]["basis"] == {"IN": "consent", "EU": "6-1-a"}
    assert one["context"]["reason_code"] == "NO_LEGAL_BASIS_EU"


@pytest.mark.req("POL-12")
def test_where_the_company_is_counts_too(transactional_db, ask):
    berlin = company("berlin", country="DE")
    person = berlin.person(residence="US")

    assert ask(berlin, person)["context"]["packs"] == ["EU"]


@pytest.mark.req("POL-07", "CON-19")
class TestTheVeryNextCall:
    """Each change is made while the server holds the catalogue of the call before."""

    def changes(self, lotus):
        return [
            lambda: accounts.change_service(
                by=AUTHOR, service=lotus.service, is_active=True, purposes=[SURVEYS]
            ),
            lambda: registry.end_contract(by=AUTHOR, party=lotus.party, on=date(2026, 1, 1)),
            lambda: consent.close_purpose(by=AUTHOR, purpose=Purpose.objects.get(code=OFFERS)),
            lambda: lotus.purpose(OFFERS),
            lotus.publishes,
            lambda: accounts.change_service(
                by=AUTHOR, service=lotus.service, is_active=False, purposes=[OFFERS]
            ),
        ]

    @pytest.mark.parametrize("number", range(6))
    def test_sees_a_change(self, lotus, asha, http, number):
        one, many = lotus.question(asha), {"evaluations": [lotus.question(asha)] * 21}
        assert http.post(EVALUATION, json=one, headers=lotus.headers).json()["decision"]
        assert http.post(EVALUATIONS, json=many, headers=lotus.headers).status_code == 200

        self.changes(lotus)[number]()
        single = http.post(EVALUATION, json=one, headers=lotus.headers)
        bulk = http.post(EVALUATIONS, json=many, headers=lotus.headers)

        assert single.json()["decision"] is False
        assert not any(each["decision"] for each in bulk.json()["evaluations"])

    def test_knows_a_key_a_purpose_and_a_service_that_are_new(self, lotus, asha, http, ask):
        ask(lotus, asha)

        for number in range(5):
            rival = company(f"rival{number}")
            person = rival.person()
            rival.yes(person)
            assert ask(rival, person)["decision"] is True
