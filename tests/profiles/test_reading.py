"""Reading one profile: which fields, why not the others, and what the log keeps of it."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from consent.transitions import State
from profiles import selectors
from profiles.fields import Why
from profiles.models import AttributeDefinition
from registry import ours
from registry import services as registry
from registry.models import System
from registry.services_systems import set_state
from tests.factories.company import AUTHOR, OFFERS, SURVEYS
from tests.factories.profiles import (
    BRANCH,
    CAMPAIGN,
    CONTACT,
    HEALTH,
    LONG_AGO,
    MONEY,
    VALUES,
    house,
    rule,
)
from tests.profiles.reading import CLAIM, EVERYTHING, company, fields, officer, values, whys


@pytest.fixture
def lotus(transactional_db):
    return company()


class TestWhatIsShown:
    @pytest.mark.req("PRO-01")
    def test_what_the_matrix_shows_with_source_and_age(self, lotus):
        found = lotus.reads(lotus.person())

        assert values(found) == VALUES
        assert (found.role, found.unit, found.relation) == (BRANCH, "", "self")
        assert (found.decision.permit, found.decision.since) == (True, None)
        email = fields(found)["email"]
        assert (email.source, email.verified_by, email.why) == ("crm", "kyc", None)
        assert [(one.code, one.state) for one in found.sources] == [("crm", "ok")]
        newest = max(one.observed_at for one in found.fields)
        assert found.sources[0].observed_at == newest

    def test_systems_that_are_only_told_what_must_go_are_no_sources(self, lotus):
        ours.ensure(lotus.id)
        System.objects.create(
            controller_id=lotus.id, code="letters", name="Letters", kind="silent", created_by="a"
        )

        found = lotus.reads(lotus.person())

        assert [one.code for one in found.sources] == ["crm"]
        assert [one.name for one in selectors.sources(lotus.id).values() if one.is_live] == []

    def test_masks(self, lotus):
        lotus.shows(
            rule("token", attribute="email"), rule("region", attribute="home"),
            rule("bucket", category=MONEY, attribute="income"),
            rule("year", category=MONEY, attribute="born_on"),
        )  # fmt: skip
        one, other = lotus.person(), lotus.person("bela@example.in")

        found, same = (values(lotus.reads(each)) for each in (one, other))

        assert found["home"] == "Kerala"
        assert (found["income"], found["born_on"]) == ("800000-899999", "1990")
        assert found["email"].startswith("t_")
        assert found["email"] == same["email"] != VALUES["email"]

    @pytest.mark.req("P9")
    def test_tokens_of_two_companies_tell_nothing_together(self, lotus):
        tulip = house("tulip", name="Tulip Stores")
        tulip.seat(tulip.service)
        for each in (lotus, tulip):
            each.shows(rule("token", attribute="email"))

        tokens = {fields(each.reads(each.person()))["email"].value for each in (lotus, tulip)}

        assert len(tokens) == 2

    @pytest.mark.req("PRO-01")
    def test_no_matrix_shows_nothing(self, transactional_db):
        bare = house()
        bare.seat(bare.service)

        found = bare.reads(bare.person())

        assert set(whys(found).values()) == {Why.ROLE}

    def test_an_attribute_that_is_retired_is_no_field(self, lotus):
        AttributeDefinition.objects.filter(code="income").update(is_active=False)

        assert "income" not in fields(lotus.reads(lotus.person()))

    @pytest.mark.req("PRO-04")
    def test_a_stale_value_is_withheld_and_told_to_be(self, lotus):
        AttributeDefinition.objects.filter(code="home").update(fresh_for_days=30)
        person = lotus.person()
        lotus.holds(person, home=VALUES["home"], at=LONG_AGO)

        home = fields(lotus.reads(person))["home"]

        assert (home.value, home.why, home.observed_at) == (None, Why.STALE, LONG_AGO)
        assert home.reason_code == "ACCURACY_NOT_ASSURED"

    def test_the_newest_of_two_sources_counts(self, lotus):
        lotus.source("cdp")
        person = lotus.person()
        lotus.holds(person, "cdp", income=1, at=datetime.now(UTC))

        found = fields(lotus.reads(person))["income"]

        assert (found.value, found.source) == (1, "cdp")


class TestUnits:
    def test_each_unit_sees_its_own_and_what_is_of_none(self, transactional_db):
        bank = house()
        bank.source("loans", unit="loans")
        bank.source("cards", unit="cards")
        for unit in ("loans", "cards", ""):
            bank.seat(bank.service, unit=unit)
        bank.shows(*EVERYTHING)
        person = bank.company.person()
        bank.company.yes(person)
        bank.holds(person, email="a@example.in")
        bank.holds(person, "loans", income=10)
        bank.holds(person, "cards", born_on="1990-01-01")

        found = {unit: bank.reads(person, unit=unit) for unit in ("loans", "cards", "")}

        assert {unit: set(values(shown)) for unit, shown in found.items()} == {
            "loans": {"email", "income"}, "cards": {"email", "born_on"}, "": {"email"},
        }  # fmt: skip
        assert whys(found["cards"])["income"] is Why.UNIT
        assert [one.code for one in found["loans"].sources] == ["crm", "loans"]


class TestSources:
    def test_a_paused_source_is_unavailable(self, lotus):
        set_state(by=AUTHOR, system=lotus.sources["crm"], state="paused")

        found = lotus.reads(lotus.person())

        assert whys(found)["email"] is Why.UNAVAILABLE
        assert found.sources[0].state == "unavailable"

    def test_a_frozen_source_is_unavailable(self, lotus):
        registry.freeze(
            by=AUTHOR, controller_id=lotus.id, kind="system", code="crm", incident="INC-7"
        )

        found = lotus.reads(lotus.person())

        assert whys(found)["email"] is Why.UNAVAILABLE
        assert found.sources[0].state == "frozen"

    def test_a_retired_source_says_nothing(self, lotus):
        set_state(by=AUTHOR, system=lotus.sources["crm"], state="retired")

        found = lotus.reads(lotus.person())

        assert (whys(found)["email"], found.sources) == (Why.UNKNOWN, ())


class TestDecision:
    @pytest.mark.req("P2")
    def test_a_withdrawal_takes_everything_at_once_and_says_since_when(self, lotus):
        person = lotus.person()
        event = lotus.company.withdraws(person)

        found = lotus.reads(person)

        assert values(found) == {}
        assert {(one.why, one.reason_code, one.since) for one in found.fields} == {
            (Why.DENIED, "CONSENT_WITHDRAWN", event.event_at)
        }
        assert found.decision.reason_code == "CONSENT_WITHDRAWN"

    def test_a_category_the_purpose_does_not_need_is_denied_alone(self, lotus):
        lotus.company.purpose(OFFERS, categories=(CONTACT,))

        found = lotus.reads(lotus.person())

        assert set(values(found)) == {"email", "home", "school"}
        assert fields(found)["income"].reason_code == "DATA_NOT_NECESSARY"

    def test_a_restricted_category_is_closed_alone(self, lotus):
        person = lotus.person()
        lotus.company.stands(person, "restricted", scope_type="category", scope=MONEY)

        found = lotus.reads(person)

        assert set(values(found)) == {"email", "home", "school", "diagnosis"}
        assert whys(found)["income"] is Why.RESTRICTED
        assert fields(found)["income"].since is not None

    def test_a_purpose_the_service_is_not_registered_for_shows_nothing(self, lotus):
        lotus.asks_for("finance.review")
        lotus.shows(rule("show", purpose="finance.review"))

        found = lotus.reads(lotus.person(), purpose="finance.review")

        assert fields(found)["email"].reason_code == "CALLER_NOT_AUTHORISED"

    def test_staff_read_for_any_purpose_of_the_company(self, lotus):
        lotus.asks_for("finance.review")
        lotus.shows(rule("show", purpose="finance.review"))
        olga = officer(lotus)
        lotus.seat(olga)
        person = lotus.person()
        lotus.company.yes(person, purpose="finance.review")

        found = lotus.reads(person, by=olga, purpose="finance.review")

        assert set(values(found)) == {"email", "home"}

    def test_a_reserved_purpose_serves_its_case_and_outranks_a_withdrawal(self, lotus):
        lotus.company.purpose(
            CLAIM, grounds={"IN": "s7d", "EU": "6-1-c"}, is_marketing=False, valid_days=None,
            categories=(CONTACT, MONEY, HEALTH),
        )  # fmt: skip
        lotus.company.finds("s7d", CLAIM)
        lotus.shows(rule("show", purpose=CLAIM))
        olga = officer(lotus, role="privacy_officer")
        lotus.seat(olga)
        person = lotus.person()
        lotus.company.withdraws(person)
        lotus.company.stands(person, "restricted", reason="contested")

        without = lotus.reads(person, by=olga, purpose=CLAIM)
        named = lotus.reads(person, by=olga, purpose=CLAIM, case="CLAIM-7")

        assert not values(without)
        assert fields(without)["email"].reason_code == "RESERVED_CASE_REQUIRED"
        assert set(values(named)) == {"email", "home"}


def chooses(company, person, purpose, state):
    """The person's choice, after a yes where only that can be followed by it."""
    if state in {State.WITHDRAWN, State.INVALIDATED}:
        company.yes(person, purpose=purpose)
    if state is State.WITHDRAWN:
        company.withdraws(person, purpose=purpose)
    elif state is not None:
        company.records(person, state, purpose=purpose)


@pytest.mark.req("PRO-01", "PRO-07")
def test_the_matrix_of_roles_purposes_consents_and_sensitivities(transactional_db):
    """A field is shown where a rule of that sensitivity shows it and the consent permits."""
    lotus = house()
    lotus.asks_for(SURVEYS)
    for role in (BRANCH, CAMPAIGN):
        lotus.seat(lotus.service, role)
    rules = {
        (BRANCH, OFFERS, "ordinary"): CONTACT, (BRANCH, OFFERS, "special"): HEALTH,
        (CAMPAIGN, OFFERS, "ordinary"): CONTACT, (CAMPAIGN, SURVEYS, "child"): CONTACT,
        (BRANCH, SURVEYS, "ordinary"): CONTACT,
    }  # fmt: skip
    lotus.shows(*(
        rule("show", role=role, purpose=purpose, sensitivity=sensitivity, category=category)
        for (role, purpose, sensitivity), category in rules.items()
    ))  # fmt: skip
    states = [None, State.REQUESTED, State.REFUSED, State.GIVEN, State.WITHDRAWN, State.INVALIDATED]
    codes = {"ordinary": "email", "special": "diagnosis", "child": "school"}
    seen, expected = {}, {}
    for number, state in enumerate(states):
        person = lotus.company.person(f"person{number}@example.in")
        lotus.holds(person, **VALUES)
        for purpose in (OFFERS, SURVEYS):
            chooses(lotus.company, person, purpose, state)
        for role, purpose in product((BRANCH, CAMPAIGN), (OFFERS, SURVEYS)):
            shown = fields(lotus.reads(person, role=role, purpose=purpose))
            for sensitivity, code in codes.items():
                case = (role, purpose, state, sensitivity)
                seen[case] = shown[code].value is not None
                expected[case] = (role, purpose, sensitivity) in rules and state is State.GIVEN

    assert seen == expected
    assert len(seen) == 2 * 2 * len(states) * 3


def test_a_value_from_the_future_is_fresh(lotus):
    AttributeDefinition.objects.filter(code="home").update(fresh_for_days=30)
    person = lotus.person()
    lotus.holds(person, home=VALUES["home"], at=datetime.now(UTC) + timedelta(minutes=3))

    assert "home" in values(lotus.reads(person))
