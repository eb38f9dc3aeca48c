"""Records that are joined are read as one person's, and as two again after a split (CON-31)."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import services as accounts
from audit.actors import Actor
from consent import services as consent
from profiles import services as profiles
from profiles.errors import SubjectNotFoundError
from profiles.fields import Why
from profiles.models import ProfileRecord
from profiles.services import ingesting
from subjects import services as subjects
from subjects.errors import SubjectMergedError, SubjectUnknownError
from tests.factories.company import APPROVER, AUTHOR, OFFERS
from tests.factories.profiles import HEALTH, MONEY, VALUES, house, rule

pytestmark = pytest.mark.req("CON-31")


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.source("web")
    found.seat(found.service)
    found.shows(
        rule(), rule(category=MONEY), rule(category=HEALTH, sensitivity="special"),
    )  # fmt: skip
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def guest(lotus):
    found = lotus.company.person("asha.guest@example.in")
    lotus.company.yes(found)
    return found


def join(lotus, kept, absorbed):
    return consent.merge(
        by=APPROVER, controller_id=lotus.id, kept_id=kept.id, absorbed_id=absorbed.id,
        reason="duplicate",
    )  # fmt: skip


def split(lotus, merge):
    consent.split(by=APPROVER, controller_id=lotus.id, merge_id=merge.id, reason="mistake")


def fields(lotus, person, **more):
    return {one.code: one for one in lotus.reads(person, **more).fields}


def values(lotus, person):
    return {code: one.value for code, one in fields(lotus, person).items() if one.value is not None}


class TestJoined:
    def test_what_either_record_has_is_the_persons(self, lotus, guest):
        asha = lotus.company.person()
        lotus.company.yes(asha)
        lotus.holds(asha, income=845_000)
        lotus.holds(guest, home={"lines": "4 Lake Road", "region": "Kerala"})

        join(lotus, asha, guest)

        assert values(lotus, asha) == {
            "income": 845_000, "home": {"lines": "4 Lake Road", "region": "Kerala"},
        }  # fmt: skip

    def test_the_other_record_is_nobody_any_more(self, lotus, asha, guest):
        join(lotus, asha, guest)

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(guest)

    def test_what_one_source_says_differently_is_not_shown(self, lotus, asha, guest):
        lotus.holds(guest, income=1)

        join(lotus, asha, guest)

        found = fields(lotus, asha)["income"]
        assert (found.value, found.why) == (None, Why.CONTESTED)

    def test_until_the_source_says_it_anew(self, lotus, asha, guest):
        lotus.holds(guest, income=1)
        join(lotus, asha, guest)

        lotus.holds(asha, at=datetime.now(UTC) + timedelta(seconds=1), **VALUES)

        assert fields(lotus, asha)["income"].value == VALUES["income"]

    def test_another_source_may_say_something_else(self, lotus, asha, guest):
        lotus.holds(guest, "web", at=datetime.now(UTC), income=1)

        join(lotus, asha, guest)

        assert fields(lotus, asha)["income"].value == 1

    def test_the_no_of_either_closes_the_values_of_both(self, lotus, asha, guest):
        lotus.holds(guest, "web", income=1)
        lotus.company.withdraws(guest)

        join(lotus, asha, guest)

        assert values(lotus, asha) == {}
        assert fields(lotus, asha)["income"].reason_code == "CONSENT_WITHDRAWN"

    def test_the_restriction_of_either_hides_the_person(self, lotus, asha, guest):
        lotus.company.stands(guest, "restricted")

        join(lotus, asha, guest)

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha)

    def test_nothing_is_taken_in_about_the_record_that_is_gone(self, lotus, asha, guest):
        join(lotus, asha, guest)

        with pytest.raises((SubjectUnknownError, SubjectMergedError)):
            ingesting.record(
                by=AUTHOR, controller_id=lotus.id, subject_id=guest.id, source="crm", values={}
            )

    def test_erasing_the_person_leaves_neither_record_readable(self, lotus, asha, guest):
        lotus.holds(guest, "web", income=1)
        join(lotus, asha, guest)

        subjects.destroy_key(by=APPROVER, subject=asha)

        for someone in (asha, guest):
            with pytest.raises(SubjectNotFoundError):
                lotus.reads(someone)


class TestParted:
    def test_each_has_its_own_again_at_once_and_nothing_of_the_other(self, lotus, asha, guest):
        lotus.holds(guest, "web", income=1)
        before = values(lotus, asha), values(lotus, guest)
        rows = list(ProfileRecord.objects.order_by("id").values())

        split(lotus, join(lotus, asha, guest))

        assert (values(lotus, asha), values(lotus, guest)) == before
        assert list(ProfileRecord.objects.order_by("id").values()) == rows

    def test_what_was_contested_is_each_ones_own_again(self, lotus, asha, guest):
        lotus.holds(guest, income=1)

        split(lotus, join(lotus, asha, guest))

        assert fields(lotus, asha)["income"].value == VALUES["income"]
        assert fields(lotus, guest)["income"].value == 1


@pytest.fixture
def officer(lotus):
    person = accounts.create_officer(
        by=AUTHOR, username="mira", email="mira@lotus.example", password="long enough to be one"
    )
    accounts.assign_role(
        by=AUTHOR, officer=person, controller=lotus.company.controller, role="profile_reader"
    )
    found = Actor("officer", str(person.pk))
    lotus.seat(found)
    return found


class TestBeyondTheView:
    def test_what_was_revealed_before_the_joining_is_not_revealed_of_the_other_record(
        self, lotus, asha, guest, officer
    ):
        lotus.shows(rule("partial"))
        asked = {"by": officer, "purpose": OFFERS}
        profiles.reveal(
            controller_id=lotus.id, subject_id=asha.id, attribute="email",
            reason="The parcel came back.", **asked,
        )  # fmt: skip
        assert fields(lotus, asha, **asked)["email"].is_beyond_view

        merge = join(lotus, asha, guest)
        joined = fields(lotus, asha, **asked)["email"]
        split(lotus, merge)

        assert (joined.is_beyond_view, joined.why) == (False, Why.MASKED)
        assert fields(lotus, asha, **asked)["email"].is_beyond_view
