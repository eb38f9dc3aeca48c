"""Reading one profile: which fields, why not the others, and what the log keeps of it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from accounts import services as accounts
from accounts.errors import ReadNotRecordedError
from accounts.models import User
from audit.actors import Actor
from audit.models import EntryIndex, Payload
from consent.transitions import State
from profiles import services as profiles
from profiles.errors import (
    CaseMalformedError,
    NoSeatError,
    PurposeMissingError,
    SeatAmbiguousError,
    SubjectNotFoundError,
)
from profiles.fields import Why
from profiles.models import AttributeDefinition, ProfileRecord, Relation
from registry import services as registry
from registry.services_systems import set_state
from subjects import services as subjects
from subjects.sealing import Keyring
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

EVERYTHING = (
    rule("show"), rule("show", sensitivity="child"), rule("show", category=MONEY),
    rule("show", category=HEALTH, sensitivity="special"),
)  # fmt: skip
CLAIM = "sys.legal_claim"
HIDING = ("restricted", "erasing", "erased", "vault")


@pytest.fixture
def lotus(transactional_db):
    """A company whose branch sees everything for offers."""
    found = house()
    found.seat(found.service)
    found.shows(*EVERYTHING)
    return found


def fields(shown):
    return {one.code: one for one in shown.fields}


def values(shown):
    return {one.code: one.value for one in shown.fields if one.value is not None}


def whys(shown):
    return {one.code: one.why for one in shown.fields}


def entries(event="record:viewed"):
    """The entries of that event with what their payloads say, oldest first."""
    found = EntryIndex.objects.filter(event=event).order_by("id")
    bodies = {row.id: json.loads(bytes(row.body)) for row in Payload.objects.all()}
    return [(row, bodies[row.id]) for row in found]


def officer(found, name="olga", role="profile_reader"):
    made = User.objects.filter(username=name).first() or accounts.create_officer(
        by=AUTHOR, username=name, email=f"{name}@staff.example", password="one-two-Aa7!"
    )
    accounts.assign_role(by=AUTHOR, officer=made, controller=found.company.controller, role=role)
    return Actor("officer", str(made.id))


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


class TestSeats:
    @pytest.mark.req("PRO-01")
    def test_without_a_seat_nobody_reads(self, lotus):
        person = lotus.person()
        strangers = [officer(lotus), Actor("subject", str(person.id)), Actor.system("keeper")]

        for one in strangers:
            with pytest.raises(NoSeatError):
                lotus.reads(person, by=one)

    @pytest.mark.req("P9")
    def test_a_seat_at_another_company_is_none_here(self, lotus):
        tulip = house("tulip", name="Tulip Stores")
        tulip.seat(tulip.service)

        with pytest.raises(NoSeatError):
            lotus.reads(lotus.person(), by=tulip.service)

    def test_a_seat_that_has_ended_is_none(self, lotus):
        olga = officer(lotus)
        profiles.end_seat(by=AUTHOR, seat=lotus.seat(olga))

        with pytest.raises(NoSeatError):
            lotus.reads(lotus.person(), by=olga)

    def test_of_several_seats_one_is_to_be_named(self, lotus):
        lotus.seat(lotus.service, CAMPAIGN)
        person = lotus.person()

        with pytest.raises(SeatAmbiguousError):
            lotus.reads(person)
        assert lotus.reads(person, role=CAMPAIGN).role == CAMPAIGN

    @pytest.mark.parametrize("purpose", ["", " ", "No Such", "a@b.example", "x" * 101, "a..b"])
    def test_the_purpose_must_be_said_as_a_code(self, lotus, purpose):
        with pytest.raises(PurposeMissingError):
            lotus.reads(lotus.person(), purpose=purpose)

    @pytest.mark.parametrize("case", ["x" * 81, "a\nb"])
    def test_a_case_is_a_short_reference(self, lotus, case):
        with pytest.raises(CaseMalformedError):
            lotus.reads(lotus.person(), case=case)


@pytest.mark.req("PRO-06")
class TestWhoIsNotThere:
    @pytest.mark.parametrize("state", HIDING)
    def test_the_hidden_are_nobody(self, lotus, state):
        person = lotus.person()
        lotus.company.stands(person, state, reason="contested")

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(person)

    def test_the_hidden_for_this_purpose_are_nobody_for_it_alone(self, lotus):
        lotus.asks_for(SURVEYS)
        lotus.shows(rule("show", purpose=SURVEYS))
        person = lotus.person()
        lotus.company.yes(person, purpose=SURVEYS)
        lotus.company.stands(person, "restricted", scope_type="purpose", scope=OFFERS)

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(person)
        assert "email" in values(lotus.reads(person, purpose=SURVEYS))

    def test_nobody_and_another_companys_are_alike(self, lotus):
        tulip = house("tulip", name="Tulip Stores")

        for one in (uuid.UUID(int=7), tulip.person("bela@example.in"), uuid.UUID(int=0)):
            with pytest.raises(SubjectNotFoundError):
                lotus.reads(one)

    def test_whose_key_is_destroyed_is_nobody(self, lotus):
        person = lotus.person()
        lotus.company.stands(person, "erasing")
        subjects.destroy_key(by=AUTHOR, subject=person)

        for by in (lotus.service, self.seated(lotus, "privacy_officer")):
            with pytest.raises(SubjectNotFoundError):
                lotus.reads(person, by=by)

    def test_whoever_does_not_stand_in_the_capacity_is_nobody(self, lotus):
        lotus.shows(rule("show", relation="joint"))

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(lotus.person(), relation=Relation.JOINT)

    def test_who_may_see_the_restricted_sees_that_they_are(self, lotus):
        person = lotus.person()
        lotus.company.stands(person, "erasing")

        found = lotus.reads(person, by=self.seated(lotus, "privacy_officer"))

        assert set(whys(found).values()) == {Why.RESTRICTED}
        with pytest.raises(SubjectNotFoundError):
            lotus.reads(person, by=self.seated(lotus, "profile_reader", "nina"))

    def test_the_attempt_is_on_record_and_names_nobody(self, lotus):
        person = lotus.person()
        lotus.company.stands(person, "restricted", reason="contested")

        for one in (person, uuid.UUID(int=7)):
            with pytest.raises(SubjectNotFoundError):
                lotus.reads(one)

        found = entries("list:viewed")
        assert [row.subject_id for row, _ in found] == [None, None]
        bodies = [{**body, "id": "", "at": 0} for _, body in found]
        assert bodies[0] == bodies[1]
        assert bodies[0]["data"]["shown"] == 0

    def seated(self, lotus, role, name="olga"):
        found = officer(lotus, name, role)
        lotus.seat(found)
        return found


@pytest.mark.req("P11", "PRO-03")
class TestRecord:
    def test_says_who_read_what_for_which_purpose_and_no_value(self, lotus):
        lotus.shows(rule("token", attribute="email"), rule("hide", category=MONEY))
        person = lotus.person()

        lotus.reads(person)

        ((row, body),) = entries()
        assert (row.actor_type, row.actor_id) == ("service", lotus.service.id)
        assert (row.subject_id, row.purpose, row.outcome) == (person.id, OFFERS, "permit")
        assert body["subject"] == str(person.pseudonym)
        said = body["data"]
        assert (said["role"], said["unit"], said["relation"]) == (BRANCH, "", "self")
        assert said["shown_as"] == {
            "show": ["diagnosis", "home", "school"], "token": ["email"],
            "role": ["born_on", "income"],
        }  # fmt: skip
        text = json.dumps(body)
        assert str(person.id) not in text
        assert not [value for value in VALUES.values() if str(value) in text]

    def test_of_a_denied_reading_says_the_reason(self, lotus):
        person = lotus.person()
        lotus.company.withdraws(person)

        lotus.reads(person)

        ((row, body),) = entries()
        assert (row.outcome, row.reason_code) == ("deny", "CONSENT_WITHDRAWN")
        assert set(body["data"]["shown_as"]) == {"denied"}

    def test_what_cannot_be_recorded_is_not_shown(self, lotus, broken_log):
        person = lotus.person()
        broken_log.breaks()

        with pytest.raises(ReadNotRecordedError):
            lotus.reads(person)
        assert entries() == []

    def test_what_was_read_in_a_transaction_that_fails_is_no_record(self, lotus):
        person = lotus.person()
        with transaction.atomic():
            lotus.reads(person)
            transaction.set_rollback(True)

        assert entries() == []

    def test_the_case_is_named(self, lotus):
        lotus.reads(lotus.person(), case="CLAIM-7")

        assert entries()[0][1]["data"]["case"] == "CLAIM-7"


@pytest.mark.req("PRO-07")
class TestOpening:
    def test_what_a_role_does_not_see_is_never_opened(self, lotus, monkeypatch):
        opened = []

        real = Keyring.unseal

        def watched(self, subject_id, sealed, *, context):
            opened.append(context)
            return real(self, subject_id, sealed, context=context)

        monkeypatch.setattr(Keyring, "unseal", watched)
        lotus.shows(
            rule("hide", category=HEALTH, sensitivity="special"), rule("hide", sensitivity="child")
        )

        lotus.reads(lotus.person())

        assert [context[-8:] for context in opened] == [b"ordinary"]

    def test_a_document_that_cannot_be_read_is_unavailable(self, lotus):
        person = lotus.person()
        lotus.stores(person, "crm", "ordinary", {"email": "a@example.in"})
        other = lotus.person("bela@example.in")

        of_other = ProfileRecord.objects.get(subject=other, sensitivity="ordinary")
        ProfileRecord.objects.filter(subject=person, sensitivity="ordinary").update(
            sealed=of_other.sealed
        )

        assert whys(lotus.reads(person))["email"] is Why.UNAVAILABLE

    def test_a_value_taken_in_before_its_attribute_became_sensitive_follows_the_attribute(
        self, lotus
    ):
        person = lotus.person()
        lotus.stores(person, "crm", "ordinary", {"email": "a@example.in", "diagnosis": "asthma"})
        lotus.shows(rule("hide", category=HEALTH, sensitivity="special"))

        assert whys(lotus.reads(person))["diagnosis"] is Why.ROLE


def test_a_reading_takes_few_statements_however_many_fields(lotus, django_assert_max_num_queries):
    person = lotus.person()
    lotus.reads(person)

    with django_assert_max_num_queries(16):
        lotus.reads(person)


def test_a_value_from_the_future_is_fresh(lotus):
    AttributeDefinition.objects.filter(code="home").update(fresh_for_days=30)
    person = lotus.person()
    lotus.holds(person, home=VALUES["home"], at=datetime.now(UTC) + timedelta(minutes=3))

    assert "home" in values(lotus.reads(person))
