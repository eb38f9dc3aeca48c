"""From who decides for whom to what the decision point says: in the very next question."""

from datetime import UTC, datetime

import pytest

from consent import services as consent
from consent.models import PurposeVersion
from policies.law.ages import AGES, HIGHEST, consents_at
from subjects import age
from subjects.ages import Age
from subjects.jurisdiction import EEA
from subjects.models import Subject
from tests.consent.families import house
from tests.factories.company import APPROVER, AUTHOR, OFFERS, company

MIRA = {"age_state": "adult", "age_assurance": "verified"}
SCHOOL = "Part A, item 3: the attendance and safety of enrolled pupils"


def why(ask, lotus, person):
    return ask(lotus, person)["context"]["reason_code"]


@pytest.fixture
def kid(lotus):
    return house.child(lotus)


@pytest.fixture
def mira(lotus):
    return lotus.person("mira@example.in", **MIRA)


@pytest.mark.req("CON-22", "POL-08")
def test_a_verified_parents_yes_permits_and_ends_with_the_verification(lotus, ask, kid, mira):
    lotus.yes(kid)
    assert why(ask, lotus, kid) == "PARENTAL_CONSENT_REQUIRED"

    named = house.verified(lotus, kid, mira)
    lotus.yes(kid, given_by="parent", guardian_id=mira.id)
    assert ask(lotus, kid)["decision"] is True

    consent.end_parent(by=AUTHOR, controller_id=lotus.id, check_id=named.id, reason="found_wrong")
    assert why(ask, lotus, kid) == "PARENTAL_CONSENT_REQUIRED"


@pytest.mark.req("CON-26", "POL-08")
def test_on_the_birthday_reliance_ends_by_the_clock_and_then_on_record(lotus, ask, kid, mira):
    house.verified(lotus, kid, mira)
    lotus.yes(kid, given_by="parent", guardian_id=mira.id)
    assert ask(lotus, kid)["decision"] is True

    Subject.objects.filter(pk=kid.pk).update(adult_on=house.day())
    assert why(ask, lotus, kid) == "RECONSENT_MAJORITY"  # nobody has written anything yet

    consent.come_of_age_due(by=AUTHOR)
    assert why(ask, lotus, kid) == "CONSENT_MISSING"

    lotus.yes(kid)
    assert ask(lotus, kid)["decision"] is True


@pytest.mark.req("CON-23", "POL-08")
def test_with_a_lawful_guardian_only_that_ones_yes_permits(lotus, ask, mira):
    ravi = lotus.person("ravi@example.in")
    lotus.yes(ravi)
    assert ask(lotus, ravi)["decision"] is True

    found = house.in_charge(lotus, ravi, mira)
    assert why(ask, lotus, ravi) == "GUARDIAN_CONSENT_REQUIRED"

    lotus.yes(ravi, given_by="guardian", guardian_id=mira.id)
    assert ask(lotus, ravi)["decision"] is True

    consent.end_appointment(by=APPROVER, appointment=found, reason="order_ended")
    assert why(ask, lotus, ravi) == "CONSENT_MISSING"


@pytest.mark.req("CON-22", "P2")
def test_a_child_that_is_learnt_of_is_denied_at_the_next_question(lotus, ask, asha):
    assert ask(lotus, asha)["decision"] is True

    age.report(by=AUTHOR, subject=asha, age=Age("child", "declared", house.day(900)))

    assert why(ask, lotus, asha) == "PARENTAL_CONSENT_REQUIRED"


@pytest.mark.req("CON-24")
class TestTheFourthSchedule:
    def test_an_item_exempts_from_the_parent_and_the_ban_on_tracking(self, lotus, ask, kid):
        lotus.purpose(OFFERS, schedule_item=SCHOOL, is_tracking=True, is_marketing=False)
        lotus.publishes(introduction="We look after you.")
        lotus.yes(kid)

        assert ask(lotus, kid)["decision"] is True

    def test_nothing_exempts_from_harm(self, lotus, ask, kid):
        lotus.purpose(OFFERS, schedule_item=SCHOOL, is_detrimental_to_children=True)
        lotus.publishes(introduction="We look after you.")
        lotus.yes(kid)

        assert why(ask, lotus, kid) == "CHILD_DETRIMENT_PROHIBITED"

    def test_what_cites_no_item_exempts_from_nothing_even_if_it_stands_there(self, lotus, ask, kid):
        version = lotus.drafts(OFFERS)
        PurposeVersion.objects.filter(pk=version.pk).update(schedule_item="we are a school")
        consent.approve_purpose(by=APPROVER, version=version)
        lotus.publishes(introduction="We look after you.")
        lotus.yes(kid)

        assert why(ask, lotus, kid) == "PARENTAL_CONSENT_REQUIRED"


@pytest.mark.req("CON-25")
class TestAgesOfConsentOnline:
    """GDPR Art 8(1), by country, as the national laws have it."""

    EXPECTED = {
        "AT": 14, "BE": 13, "BG": 14, "CY": 14, "CZ": 15, "DE": 16, "DK": 15, "EE": 13, "ES": 14,
        "FI": 13, "FR": 15, "GR": 15, "HR": 16, "HU": 16, "IE": 16, "IS": 13, "IT": 14, "LI": 16,
        "LT": 14, "LU": 16, "LV": 13, "MT": 13, "NL": 16, "NO": 13, "PL": 16, "PT": 13, "RO": 16,
        "SE": 13, "SI": 15, "SK": 16,
    }  # fmt: skip

    def test_every_country_of_the_union_and_the_area_is_told_of(self):
        assert set(self.EXPECTED) == EEA
        assert set(AGES) <= EEA

    @pytest.mark.parametrize(("country", "years"), EXPECTED.items())
    def test_is_reached_on_that_birthday(self, country, years):
        grown = datetime(2030, 5, 1, tzinfo=UTC)

        reached = consents_at(country, int(grown.timestamp()) * 1_000_000)

        assert reached == int(datetime(2012 + years, 5, 1, tzinfo=UTC).timestamp()) * 1_000_000

    @pytest.mark.parametrize("country", ["", "XX", "IN", "US"])
    def test_of_any_other_country_is_sixteen(self, country):
        grown = int(datetime(2030, 5, 1, tzinfo=UTC).timestamp()) * 1_000_000

        assert AGES.get(country, HIGHEST) == 16
        assert consents_at(country, grown) == consents_at("DE", grown)

    def test_of_an_unknown_birthday_is_never(self):
        assert consents_at("SE", None) is None

    @pytest.mark.parametrize(("residence", "permits"), [("SE", True), ("DE", False), ("NL", False)])
    def test_counts_at_the_decision_point(self, ask, transactional_db, residence, permits):
        tulip = company("tulip", country="SE", name="Tulip")
        years = 14  # old enough in Sweden, not in Germany or the Netherlands
        born = house.day(-years * 366)
        kid = tulip.person(
            "kid@example.eu", residence=residence, age_state="child", age_assurance="declared",
            adult_on=born.replace(year=born.year + 18, day=1),
        )  # fmt: skip
        tulip.yes(kid)

        found = ask(tulip, kid)

        assert found["decision"] is permits
        if not permits:
            assert found["context"]["reason_code"] == "EU_PARENTAL_CONSENT_REQUIRED"
