"""One customer, many lawful views: a bank, a shop, an airline and a clinic, through the doors."""

from uuid import UUID

import pytest

from accounts import selectors as accounts
from config.places import BASE_DIR
from consent import services as consent
from profiles import services as profiles
from profiles.examples import sector as sectors
from profiles.examples.bringing import bring
from profiles.examples.entering import enter
from registry import selectors_systems as systems
from registry.services_systems import change_system
from subjects import selectors as subjects
from tests.factories.company import APPROVER, AUTHOR
from tests.stories.town import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-01")]
ACCOUNTS, LOANS, OFFERS = "accounts.servicing", "loans.servicing", "bank.offers"


class Sector:
    """A company of a sector, and its programs at their units."""

    def __init__(self, http, named):
        self.sector = sectors.read(BASE_DIR / "examples" / "profiles" / named)
        codes = [one.code for one in self.sector.definitions.purposes]
        self.house = opened(http, named, *codes)
        enter(author=AUTHOR, approver=APPROVER, controller_id=self.house.id, sector=self.sector)

    def people_come(self):
        bring(by=AUTHOR, controller_id=self.house.id, sector=self.sector)

    def program(self, code, role, unit, *purposes, feeds=""):
        """A program in a seat; `feeds`: the system whose data it hands in."""
        found = self.house.app(code, *purposes)
        service = accounts.services_of(self.house.id).get(code=code)
        profiles.grant_seat(
            by=APPROVER, controller_id=self.house.id, role=role, holder_type="service",
            holder_id=str(service.pk), unit=unit,
        )  # fmt: skip
        if feeds:
            system = systems.system_by_code(self.house.id, feeds)
            change_system(by=AUTHOR, system=system, service_id=service.pk)
        return Program(found)

    def who(self, crm):
        return str(subjects.find(self.house.id, "crm", crm).id)


class Program:
    """What one program does by the API."""

    def __init__(self, house):
        self.house, self.api = house, house.api

    def hands_in(self, person, source, **values):
        body = {"items": [{"subject": person, "values": values}], "source": source}
        answer = self.api.post("/profiles/records", body)
        assert answer.status_code == 200, answer.content
        (item,) = answer.json()["items"]
        assert item["status"] == "recorded", item

    def relates(self, person, related, kind, unit):
        body = {
            "subject": person, "related": related, "kind": kind, "unit": unit,
            "verified_by": "account-opening",
        }  # fmt: skip
        return self.api.post("/relationships", body)

    def sees(self, person, purpose, **reading):
        answer = self.api.get(f"/profiles/{person}", {"purpose": purpose, **reading})
        assert answer.status_code == 200, answer.content
        return {one["code"]: one for one in answer.json()["fields"]}

    def values(self, person, purpose, **reading):
        seen = self.sees(person, purpose, **reading)
        return {code: one["value"] for code, one in seen.items() if one["value"] is not None}

    def finds_nobody(self, person, purpose, **reading):
        answer = self.api.get(f"/profiles/{person}", {"purpose": purpose, **reading})
        return (answer.status_code, answer.json()["code"]) == (404, "profile_not_found")

    def related(self, person, purpose):
        answer = self.api.get(f"/profiles/{person}/related", {"purpose": purpose})
        assert answer.status_code == 200, answer.content
        return [(one["subject_id"], one["relation"]) for one in answer.json()["items"]]


class TestBank:
    """X has savings and a card at the retail bank and a loan at the lending unit."""

    @pytest.fixture
    def bank(self, http):
        return Sector(http, "banking")

    @pytest.fixture
    def branch(self, bank):
        return bank.program(
            "branch", "branch-officer", "retail-bank", ACCOUNTS, LOANS, feeds="core-banking"
        )

    @pytest.fixture
    def lender(self, bank):
        return bank.program("lender", "loan-officer", "lending", ACCOUNTS, LOANS, feeds="loan-book")

    @pytest.fixture
    def x(self, bank, branch, lender):
        person = bank.house.person("x@example.in")
        bank.house.says_yes(person, ACCOUNTS)
        bank.house.says_yes(person, LOANS)
        branch.hands_in(
            str(person.id), "core-banking", savings_account="SB-1", savings_balance="1200.50",
            card_number_end="4417",
        )  # fmt: skip
        lender.hands_in(
            str(person.id), "loan-book", loan_number="HL-7", loan_outstanding="90000",
            credit_score=764,
        )  # fmt: skip
        return str(person.id)

    def test_each_unit_sees_its_own(self, branch, lender, x):
        assert branch.values(x, ACCOUNTS) == {
            "savings_account": "SB-1", "savings_balance": "1200.50", "card_number_end": "4417",
        }  # fmt: skip
        assert lender.values(x, LOANS) == {
            "loan_number": "HL-7", "loan_outstanding": "90000", "credit_score": "700-799",
        }  # fmt: skip

    def test_neither_sees_what_is_the_others_whatever_it_asks(self, branch, lender, x):
        assert branch.values(x, LOANS) == {}
        assert lender.values(x, ACCOUNTS) == {}

    def test_not_even_a_rule_for_both_opens_the_other_units_source(self, bank, branch, x):
        draft = profiles.draft_view(by=AUTHOR, controller_id=bank.house.id, note="One desk")
        rule = profiles.NewRule(
            role="branch-officer", purpose=LOANS, category="pd:LoanRecord", treatment="show"
        )
        draft = profiles.put_rules(by=AUTHOR, version=draft, rules=[rule])
        profiles.approve_view(
            by=APPROVER, version=profiles.note_previewed(by=APPROVER, version=draft)
        )

        loan = branch.sees(x, LOANS)["loan_number"]

        assert (loan["value"], loan["why"]) == (None, "unit")

    def test_a_unit_cannot_sit_in_the_others_seat(self, branch, x):
        answer = branch.api.get(f"/profiles/{x}", {"purpose": LOANS, "unit": "lending"})

        assert (answer.status_code, answer.json()["code"]) == (403, "no_seat")

    def test_a_withdrawal_closes_one_unit_and_not_the_other(self, bank, branch, lender, x):
        bank.house.api.post(
            "/consents/withdraw", {"subject": x, "purpose": LOANS, "method": "button"}
        )

        loan = lender.sees(x, LOANS)["loan_number"]
        assert (loan["value"], loan["why"], loan["reason_code"]) == (
            None, "denied", "CONSENT_WITHDRAWN",
        )  # fmt: skip
        assert loan["since"]
        assert branch.values(x, ACCOUNTS)["savings_account"] == "SB-1"

    def test_the_joint_holder_of_the_savings_is_nobody_to_the_lender(self, bank, branch, lender, x):
        y = bank.house.person("y@example.in")
        bank.house.says_yes(y, ACCOUNTS)
        bank.house.says_yes(y, LOANS)
        told = branch.relates(str(y.id), x, "joint_holder", "retail-bank")
        assert told.status_code == 201, told.content

        assert branch.related(x, ACCOUNTS) == [(str(y.id), "joint")]
        assert branch.sees(str(y.id), ACCOUNTS, relation="joint")
        assert lender.related(x, LOANS) == []
        assert lender.finds_nobody(str(y.id), LOANS, relation="joint")

    def test_the_lender_cannot_make_somebody_a_joint_holder_of_the_savings(self, bank, lender, x):
        y = bank.house.person("y@example.in")

        for unit in ("retail-bank", ""):
            told = lender.relates(str(y.id), x, "joint_holder", unit)
            assert (told.status_code, told.json()["code"]) == (403, "unit_not_yours")

    def test_once_the_account_is_closed_they_stand_to_each_other_no_more(self, bank, branch, x):
        y = bank.house.person("y@example.in")
        bank.house.says_yes(y, ACCOUNTS)
        branch.relates(str(y.id), x, "joint_holder", "retail-bank")
        tie = {"subject": x, "related": str(y.id), "kind": "joint_holder", "unit": "retail-bank"}

        ended = branch.api.post("/relationships/end", tie)

        assert ended.json() == {"ended": 1}
        assert branch.related(x, ACCOUNTS) == []
        assert branch.finds_nobody(str(y.id), ACCOUNTS, relation="joint")

    def test_a_restricted_joint_holder_is_told_of_to_nobody(self, bank, branch, x):
        y = bank.house.person("y@example.in")
        bank.house.says_yes(y, ACCOUNTS)
        branch.relates(str(y.id), x, "joint_holder", "retail-bank")

        bank.house.made.stands(y, "restricted")

        assert branch.related(x, ACCOUNTS) == []

    def test_the_same_customer_under_a_second_number_is_one_and_then_two_again(
        self, bank, branch, x
    ):
        other = bank.house.person("x.second@example.in")
        bank.house.says_yes(other, ACCOUNTS)
        branch.hands_in(str(other.id), "core-banking", card_limit="5000", card_number_end="9999")
        before = branch.values(x, ACCOUNTS)

        merge = consent.merge(
            by=APPROVER, controller_id=bank.house.id, kept_id=UUID(x), absorbed_id=other.id,
            reason="duplicate",
        )  # fmt: skip
        joined = branch.sees(x, ACCOUNTS)
        consent.split(by=APPROVER, controller_id=bank.house.id, merge_id=merge.id, reason="mistake")

        assert joined["card_limit"]["value"] == "5000"
        assert joined["card_number_end"]["why"] == "contested"
        assert branch.values(x, ACCOUNTS) == before
        assert branch.values(str(other.id), ACCOUNTS)["card_number_end"] == "9999"


class TestShop:
    """X shops on the web and in the stores, and agreed to offers, not to suggestions."""

    def test_the_recommender_sees_ranges_and_tokens_of_its_own_channel(self, http):
        shop = Sector(http, "retail")
        shop.people_come()
        purpose = "personalisation.recommendations"
        on_the_web = shop.program("web", "recommender", "online", purpose)
        in_stores = shop.program("stores", "recommender", "stores", purpose)
        x = shop.who("RT-2001")

        web, stores = on_the_web.sees(x, purpose), in_stores.sees(x, purpose)

        assert (web["orders_year"]["value"], web["spend_year"]["value"]) == ("10-19", "40000-49999")
        assert web["loyalty_number"]["why"] == "unit"
        assert stores["loyalty_number"]["value"].startswith("t_")
        assert (stores["orders_year"]["why"], stores["diet"]["why"]) == ("unit", "role")

    def test_whoever_withdrew_is_in_no_campaign(self, http):
        shop = Sector(http, "retail")
        shop.people_come()
        campaign = shop.program("campaign", "campaign-tool", "online", "marketing.email.offers")

        assert campaign.values(shop.who("RT-2002"), "marketing.email.offers") == {}


class TestAirline:
    """X flies for an employer, whose account somebody else holds."""

    def test_the_travel_desk_finds_the_account_of_the_employer(self, http):
        airline = Sector(http, "travel")
        airline.people_come()
        desk = airline.program("desk", "travel-desk", "", "service.desk")
        x, holder = airline.who("TR-3003"), airline.who("TR-3001")

        assert desk.related(x, "service.desk") == [(holder, "employer")]
        assert desk.values(holder, "service.desk", relation="employer") == {
            "full_name": "Freja Norrsken", "email": "freja.norrsken@example.org",
            "employer_account": "Norrsken Works",
        }  # fmt: skip
        assert desk.finds_nobody(x, "service.desk", relation="employer")

    def test_the_gate_knows_no_room_and_the_hotel_no_flight(self, http):
        airline = Sector(http, "travel")
        airline.people_come()
        gate = airline.program("gate", "gate-agent", "air", "service.desk")
        hotel = airline.program("hotel", "front-desk", "hotels", "service.desk")
        x = airline.who("TR-3001")

        at_gate, at_hotel = gate.sees(x, "service.desk"), hotel.sees(x, "service.desk")

        assert (at_gate["flyer_tier"]["value"], at_gate["room_number"]["why"]) == ("gold", "unit")
        assert (at_hotel["room_number"]["value"], at_hotel["flyer_tier"]["why"]) == ("508", "unit")


class TestClinic:
    """X is treated at a clinic that also bills her insurer."""

    def test_each_desk_sees_what_it_needs_and_no_desk_sees_all(self, http):
        clinic = Sector(http, "health")
        clinic.people_come()
        care = ("care.treatment", "care.reception", "care.billing")
        ward = clinic.program("ward", "physician", "clinic", *care)
        front = clinic.program("front", "reception", "", *care)
        bills = clinic.program("bills", "accounts-clerk", "accounts", *care)
        x = clinic.who("HC-4001")

        treated = ward.values(x, "care.treatment")
        met = front.values(x, "care.reception")
        billed = bills.values(x, "care.billing")

        assert treated["diagnosis"] == "Type 2 diabetes"
        assert met["birth_date"] == "1968"
        assert billed["policy_number"] == "SM-553010"
        assert not {"diagnosis", "medicines", "allergies"} & (met.keys() | billed.keys())
        assert not {"bill_open", "policy_number"} & (treated.keys() | met.keys())
