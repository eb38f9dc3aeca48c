"""Scope, transfers, models, children and reserved purposes, from the registry to the answer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts import services as accounts
from registry import ai
from registry import services as registry
from subjects import services as subjects
from tests.factories.company import APPROVER, AUTHOR, OFFERS, SURVEYS, company

TODAY = datetime.now(UTC).date()
CARD = {"code": "prop-7", "version": "1", "name": "Propensity", "risk": "minimal"}


def code(answer):
    return answer["context"]["reason_code"]


def duties(answer):
    return {each["id"]: each for each in answer["context"]["obligations"]}


def model(house, *, approves=True, **parts):
    card = ai.ModelCard(**{**CARD, **parts})
    made = ai.record_model(by=AUTHOR, controller_id=house.id, card=card)
    return ai.approve_model(by=APPROVER, model=made) if approves else made


def party(house, name, country, tool="none", **more):
    return registry.record_party(
        by=AUTHOR, controller_id=house.id, code=name, name=name, kind="processor",
        country=country, contract_reference="C-2", transfer_tool=tool, **more,
    )  # fmt: skip


@pytest.fixture
def berlin(transactional_db):
    """A German company."""
    return company("berlin", country="DE", name="Berlin Bazar")


@pytest.fixture
def lena(berlin):
    person = berlin.person("lena@example.de", residence="DE")
    berlin.yes(person)
    return person


@pytest.mark.req("POL-16")
class TestScope:
    def test_what_the_purpose_does_not_need_is_denied_or_masked(self, lotus, asha, ask):
        wanted = lotus.question(asha, data=["pd:EmailAddress", "pd:Age"])

        plain = ask(lotus, wanted)
        masking = ask(lotus, {**wanted, "context": {"supported_obligations": ["mask"]}})

        assert code(plain) == "DATA_NOT_NECESSARY"
        assert masking["decision"] is True
        assert duties(masking)["mask"]["properties"] == {"data": ["pd:Age"]}

    def test_operations_and_recipients_are_those_of_the_purpose(self, lotus, asha, ask):
        party(lotus, "printer", "IN")

        used = ask(lotus, asha, operations=["Use"])
        sold = ask(lotus, asha, operations=["Sell"])
        printed = ask(lotus, asha, recipients=["printer"])

        assert used["decision"] is True
        assert [code(sold), code(printed)] == ["OPERATION_NOT_COVERED", "RECIPIENT_NOT_DISCLOSED"]


@pytest.mark.req("POL-17")
class TestTransfers:
    def test_a_declared_recipient_abroad_needs_a_tool(self, berlin, ask):
        party(berlin, "cloud", "US")
        berlin.purpose(OFFERS, recipients=("cloud",))
        lena = berlin.person("lena@example.de", residence="DE")
        berlin.yes(lena)

        assert code(ask(berlin, lena)) == "TRANSFER_NO_BASIS"

    def test_a_tool_counts_until_it_ends(self, berlin, ask):
        party(berlin, "cloud", "US", "scc", transfer_tool_ends_on=TODAY + timedelta(days=1))
        party(berlin, "late", "US", "scc", transfer_tool_ends_on=TODAY - timedelta(days=1))
        berlin.purpose(OFFERS, recipients=("cloud", "late"))
        lena = berlin.person("lena@example.de", residence="DE")
        berlin.yes(lena)

        assert ask(berlin, lena, recipients=["cloud"])["decision"] is True
        assert code(ask(berlin, lena, recipients=["late"])) == "TRANSFER_NO_BASIS"

    def test_a_foreign_state_needs_an_order(self, lotus, asha, ask):
        embassy = party(lotus, "embassy", "FR")
        lotus.purpose(OFFERS, recipients=("embassy",))
        lotus.yes(asha)
        registry.set_foreign_state(by=AUTHOR, party=embassy, is_foreign_state=True)
        without = ask(lotus, asha)
        registry.set_foreign_state(
            by=AUTHOR, party=embassy, is_foreign_state=True, state_order="G.S.R. 1(E)"
        )

        assert code(without) == "IN_FOREIGN_STATE_CONDITION"
        assert ask(lotus, asha)["decision"] is True


@pytest.mark.req("POL-18")
class TestAModel:
    AI = {"model": "prop-7", "automation": "PartialAutomation", "significant": True}  # noqa: RUF012

    def test_takes_part_once_approved_and_until_retired(self, lotus, asha, ask):
        lotus.purpose(OFFERS, uses_ai=True)
        lotus.yes(asha)
        made = model(lotus, approves=False)
        recorded = ask(lotus, asha, ai=self.AI)
        ai.approve_model(by=APPROVER, model=made)
        approved = ask(lotus, asha, ai=self.AI)
        ai.retire_model(by=AUTHOR, model=made)

        assert code(recorded) == code(ask(lotus, asha, ai=self.AI)) == "OPERATION_NOT_COVERED"
        assert approved["decision"] is True
        assert duties(approved)["human_review_before_effect"]["type"] == "custom"

    def test_the_newest_approved_version_counts(self, berlin, lena, ask):
        berlin.purpose(OFFERS, uses_ai=True)
        berlin.yes(lena)
        model(berlin, risk="minimal", is_significant=False)
        light = {**self.AI, "significant": False}
        before = ask(berlin, lena, ai=light)

        model(berlin, version="2", risk="high")

        assert before["decision"] is True
        assert code(ask(berlin, lena, ai=light)) == "AI_OVERSIGHT_MISSING"

    def test_a_prohibited_practice_is_denied_at_once(self, berlin, lena, ask):
        berlin.purpose(OFFERS, uses_ai=True)
        berlin.yes(lena)
        model(berlin)
        model(berlin, version="2", approves=False, risk="prohibited")

        assert code(ask(berlin, lena, ai=self.AI)) == "AI_PRACTICE_PROHIBITED"


@pytest.mark.req("POL-18")
def test_contested_data_are_used_but_neither_decided_on_nor_disclosed(lotus, asha, ask):
    party(lotus, "printer", "IN")
    lotus.purpose(OFFERS, uses_ai=True, recipients=("printer",))
    lotus.yes(asha)
    model(lotus)
    lotus.stands(asha, "inaccurate")

    asked = ({}, {"recipients": ["printer"]}, {"ai": {"model": "prop-7"}})

    assert [code(ask(lotus, asha, **more)) for more in asked] == [
        "PERMIT_IN:consent", "ACCURACY_NOT_ASSURED", "ACCURACY_NOT_ASSURED",
    ]  # fmt: skip


@pytest.mark.req("POL-08")
def test_a_german_child_may_not_agree_alone_before_sixteen(berlin, ask):
    about = {"residence": "DE", "age_state": "child", "age_assurance": "declared"}
    adult_on = [date(TODAY.year + years, 1, 1) for years in (3, 1)]
    young = berlin.person("a@example.de", adult_on=adult_on[0], **about)
    older = berlin.person("b@example.de", adult_on=adult_on[1], **about)
    for person in (young, older):
        berlin.yes(person)

    assert code(ask(berlin, young)) == "EU_PARENTAL_CONSENT_REQUIRED"
    assert ask(berlin, older)["decision"] is True


@pytest.mark.req("POL-11")
def test_an_obligation_the_caller_cannot_fulfil_denies(lotus, asha, ask):
    party(lotus, "printer", "IN")
    lotus.purpose(OFFERS, recipients=("printer",))
    lotus.yes(asha)
    wanted = lotus.question(asha, recipients=["printer"])

    unsaid = ask(lotus, wanted)
    unable = ask(lotus, {**wanted, "context": {"supported_obligations": []}})

    assert (unsaid["decision"], list(duties(unsaid))) == (True, ["no_onward_transfer"])
    assert (unable["decision"], code(unable)) == (False, "OBLIGATION_NOT_SUPPORTED")


@pytest.mark.req("POL-11")
def test_a_denial_that_asking_would_cure_says_where_to_ask(lotus, ask):
    person = lotus.person()

    asked = duties(ask(lotus, person))["capture_consent"]

    assert asked["mandatory"] is False
    assert asked["properties"]["url"].endswith("/privacy/")


@pytest.mark.req("POL-08")
def test_a_reserved_purpose_passes_by_a_restriction_with_its_case_alone(berlin, lena, ask):
    grants_claims(berlin)
    subjects.set_standing(by=AUTHOR, subject=lena, state="restricted")

    without = ask(berlin, lena, purpose="sys.legal_claim")
    named = ask(berlin, lena, purpose="sys.legal_claim", case="M-2026-7")
    offers = ask(berlin, lena)

    assert [code(each) for each in (without, named, offers)] == [
        "RESERVED_CASE_REQUIRED", "PERMIT_RESERVED", "PROCESSING_RESTRICTED",
    ]  # fmt: skip
    assert named["context"]["basis"] == {"EU": "6-1-c"}


def grants_claims(house):
    """The purpose of legal claims, and the service's right to ask for it."""
    house.purpose(
        "sys.legal_claim", grounds={"IN": "s7d", "EU": "6-1-c"}, is_marketing=False,
        dpv_purpose="dpv:LegalCompliance",
    )  # fmt: skip
    accounts.change_service(
        by=AUTHOR,
        service=house.service,
        is_active=True,
        purposes=[OFFERS, SURVEYS, "sys.legal_claim"],
    )
