"""Turning eighteen: by the clock, once, and then the adult is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import EntryIndex
from consent import services
from consent.errors import GiverNotVerifiedError
from consent.models import ConsentEvent, ConsentState, ParentalCheck
from consent.transitions import State
from subjects import family, selectors
from subjects import services as subjects
from subjects.models import Subject
from tests.consent.families import house
from tests.portal.world import AUTHOR, MAPS, OFFERS, SURVEYS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-26")]


@pytest.fixture
def kid(company):
    return house.child(company)


@pytest.fixture
def mira(company):
    return house.mother(company)


@pytest.fixture
def agreed(company, kid, mira):
    """The mother was verified, and agreed to two purposes; the child said no to the third."""
    house.verified(company, kid, mira)
    for purpose in (OFFERS, MAPS):
        company.yes(kid, purpose, given_by="parent", guardian_id=mira.id)
    return kid


def birthday(person, days=0):
    """The day comes: what was said lies before it, as it would in life."""
    Subject.objects.filter(pk=person.pk).update(adult_on=house.day(days))


def states(person):
    rows = ConsentState.objects.filter(subject_id=person.pk).order_by("purpose__code")
    return dict(rows.values_list("purpose__code", "state"))


def test_ends_what_the_parent_agreed_to_and_asks_the_adult(company, agreed):
    birthday(agreed)

    assert services.come_of_age_due(by=AUTHOR) == 1

    assert states(agreed) == {OFFERS: "requested", MAPS: "requested"}
    ended = ConsentEvent.objects.filter(state="expired")
    assert set(ended.values_list("reason", flat=True)) == {"came_of_age"}
    found = selectors.subject(company.id, agreed.id)
    assert (found.age_state, found.adult_on) == ("adult", house.day())


def test_happens_once(company, agreed):
    birthday(agreed)
    services.come_of_age_due(by=AUTHOR)
    before = ConsentEvent.objects.count(), EntryIndex.objects.count()

    assert services.come_of_age_due(by=AUTHOR) == 0
    assert not services.come_of_age(by=AUTHOR, controller_id=company.id, subject_id=agreed.id)

    assert (ConsentEvent.objects.count(), EntryIndex.objects.count()) == before


def test_not_a_day_too_early(agreed):
    birthday(agreed, days=1)

    assert services.come_of_age_due(by=AUTHOR) == 0
    assert states(agreed) == {OFFERS: "given", MAPS: "given"}


def test_of_a_child_whose_day_is_not_known_never_comes(company, agreed):
    Subject.objects.filter(pk=agreed.pk).update(adult_on=None)

    assert services.come_of_age_due(by=AUTHOR) == 0


def test_the_parent_decides_no_more_from_that_very_day(company, agreed, mira):
    birthday(agreed)

    with pytest.raises(GiverNotVerifiedError):
        company.yes(agreed, SURVEYS, given_by="parent", guardian_id=mira.id)
    assert family.charges(company.id, mira.id) == []
    services.come_of_age_due(by=AUTHOR)
    assert not family.in_charge(company.id, agreed.id).exists()
    assert ParentalCheck.objects.get().state == "ended"


def test_what_the_adult_said_stays(company, agreed):
    birthday(agreed, days=-2)
    company.yes(agreed, SURVEYS)

    services.come_of_age_due(by=AUTHOR)

    assert states(agreed)[SURVEYS] == "given"


def test_what_the_child_said_before_ends(company, kid):
    birthday(kid)
    day = datetime.combine(house.day(), datetime.min.time(), tzinfo=UTC)
    company.yes(kid, event_at=day - timedelta(days=2))

    services.come_of_age_due(by=AUTHOR)

    assert states(kid) == {OFFERS: "requested"}


def test_a_no_stays_a_no(company, kid, mira):
    house.verified(company, kid, mira)
    company.answer(kid, OFFERS, State.REFUSED, given_by="parent", guardian_id=mira.id)
    birthday(kid)

    services.come_of_age_due(by=AUTHOR)

    assert states(kid) == {OFFERS: "refused"}


def test_nobody_is_asked_about_a_purpose_that_is_closed(company, agreed):
    services.close_purpose(by=AUTHOR, purpose=company.versions[OFFERS].purpose)
    birthday(agreed)

    services.come_of_age_due(by=AUTHOR)

    assert states(agreed) == {OFFERS: "expired", MAPS: "requested"}


def test_who_is_being_erased_is_not_asked(company, agreed):
    subjects.set_standing(by=AUTHOR, subject=agreed, state="erasing")
    birthday(agreed)

    services.come_of_age_due(by=AUTHOR)

    assert set(states(agreed).values()) == {"expired"}


def test_a_lawful_guardian_goes_on_deciding(company, kid):
    gita = house.mother(company, "gita@example.in")
    house.in_charge(company, kid, gita)
    company.yes(kid, given_by="guardian", guardian_id=gita.id)
    birthday(kid)

    services.come_of_age_due(by=AUTHOR)

    assert states(kid) == {OFFERS: "given"}
    assert company.yes(kid, MAPS, given_by="guardian", guardian_id=gita.id).guardian_verified


def test_under_the_gdpr_a_parents_authorisation_goes_on(other):
    kid, mira = house.child(other, residence="NL"), house.mother(other)
    house.verified(other, kid, mira)
    other.yes(kid, given_by="parent", guardian_id=mira.id)
    birthday(kid)

    assert services.come_of_age_due(by=AUTHOR) == 1
    assert states(kid) == {OFFERS: "given"}


class TestTheLetter:
    def test_is_written_once(self, company, agreed):
        birthday(agreed)
        services.come_of_age_due(by=AUTHOR)
        mail.outbox.clear()

        work.run_available(worker="test")
        work.run_available(worker="test")

        letters = [one for one in mail.outbox if "come of age" in one.body]
        assert [one.to for one in letters] == [["chitra@example.in"]]
        assert "/privacy/lotus/" in letters[0].body
        assert EntryIndex.objects.filter(event="identifier:revealed").exists()

    @pytest.mark.parametrize("standing", ["erasing", "erased", "deceased"])
    def test_is_not_written_to_who_is_gone(self, company, agreed, standing):
        subjects.set_standing(by=AUTHOR, subject=agreed, state=standing)
        birthday(agreed)
        services.come_of_age_due(by=AUTHOR)

        work.run_available(worker="test")

        assert [one for one in mail.outbox if "come of age" in one.body] == []


def test_the_schedule_does_it(company, agreed):
    birthday(agreed)
    work.keep_schedule(timezone.now())

    work.run_available(worker="test")

    assert set(states(agreed).values()) == {"requested"}
