"""Reading one profile: from which seat, about whom, what is opened for it and what is recorded."""

import json
import uuid

import pytest
from django.db import transaction

from accounts.errors import ReadNotRecordedError
from audit.actors import Actor
from profiles import services as profiles
from profiles.errors import (
    CaseMalformedError,
    NoSeatError,
    PurposeMissingError,
    SeatAmbiguousError,
    SubjectNotFoundError,
)
from profiles.fields import Why
from profiles.models import ProfileRecord, Relation
from subjects import services as subjects
from subjects.sealing import Keyring
from tests.factories.company import AUTHOR, OFFERS, SURVEYS
from tests.factories.profiles import (
    BRANCH,
    CAMPAIGN,
    HEALTH,
    MONEY,
    VALUES,
    house,
    rule,
)
from tests.profiles.reading import (
    HIDING,
    company,
    entries,
    officer,
    values,
    whys,
)


@pytest.fixture
def lotus(transactional_db):
    return company()


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
