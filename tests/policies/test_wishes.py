"""What persons let guardrails know: recorded without names of attributes, once, and taken back."""

import pytest

from audit.models import EntryIndex
from audit.selectors import payload
from consent.errors import PurposeUnknownError
from policies.wishes import errors, selectors, services
from subjects.errors import SubjectUnknownError
from subjects.news import PERMITS_ENDED
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14")]


@pytest.fixture
def lotus(db):
    return company()


@pytest.fixture
def told(lotus):
    """Who says it, where, and about whom."""
    return {"by": AUTHOR, "controller_id": lotus.id, "subject_id": lotus.person().id}


def entries(event):
    return list(EntryIndex.objects.filter(event=event))


def test_an_attribute_is_offered_for_one_purpose_and_once(told):
    offer = {**told, "purpose": OFFERS, "attributes": ["health.diet", "health.diet"]}

    assert services.volunteer(**offer) == ["health.diet"]
    assert services.volunteer(**offer) == []

    assert selectors.volunteered(told["controller_id"], told["subject_id"]) == [
        (OFFERS, "health.diet")
    ]
    assert len(entries("attribute:volunteered")) == 1


@pytest.mark.req("P10")
def test_the_record_does_not_name_the_attribute(told):
    services.volunteer(**told, purpose=OFFERS, attributes=["health.diet"])

    (entry,) = entries("attribute:volunteered")

    assert "health" not in str(payload(entry.id))


def test_taken_back_it_is_gone_and_permits_are_recalled(told):
    services.volunteer(**told, purpose=OFFERS, attributes=["health.diet", "taste"])

    assert services.take_back(**told, purpose=OFFERS, attributes=["health.diet", "x"]) == 1

    assert selectors.volunteered(told["controller_id"], told["subject_id"]) == [(OFFERS, "taste")]
    assert Job.objects.filter(kind=PERMITS_ENDED).count() == 1


@pytest.mark.parametrize("attribute", ["", "a b", "x" * 101, "ä", "a\n"])
def test_what_is_no_attribute_is_refused(told, attribute):
    with pytest.raises(errors.AttributeUnreadableError):
        services.volunteer(**told, purpose=OFFERS, attributes=["taste", attribute])

    assert selectors.volunteered(told["controller_id"], told["subject_id"]) == []


def test_a_purpose_that_does_not_exist_is_refused(told):
    with pytest.raises(PurposeUnknownError):
        services.volunteer(**told, purpose=SURVEYS, attributes=["taste"])


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_unknown(told):
    other = company("other", name="Other")

    with pytest.raises(SubjectUnknownError):
        services.switch_off(**{**told, "controller_id": other.id})


def test_personalisation_is_switched_off_and_on_again(told):
    who = (told["controller_id"], told["subject_id"])

    first = services.switch_off(**told)
    second = services.switch_off(**told)
    assert (first.since_at, selectors.is_switched_off(*who)) == (second.since_at, True)
    assert services.switch_on(**told) is True
    assert services.switch_on(**told) is False

    assert selectors.is_switched_off(*who) is False
    assert len(entries("personalisation:switched_off")) == 1
    assert len(entries("personalisation:switched_on")) == 1
    assert Job.objects.filter(kind=PERMITS_ENDED).count() == 1
