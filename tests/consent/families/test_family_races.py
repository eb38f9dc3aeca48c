"""Two at once about one child, and a log that cannot be written: nothing is left half done."""

import pytest
from django.db import DatabaseError, transaction

from consent import services
from consent.models import ConsentState, GuardianAppointment, ParentalCheck
from subjects import family
from subjects.models import Relationship, Subject
from tests.consent.families import house
from tests.consent.test_races import broken_log
from tests.portal.world import APPROVER, AUTHOR
from tests.subjects.people import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kid(company):
    return house.child(company)


@pytest.fixture
def mira(company):
    return house.mother(company)


def says_yes(company, kid, mira):
    return company.yes(kid, given_by="parent", guardian_id=mira.id)


def ends(company, named):
    return services.end_parent(
        by=AUTHOR, controller_id=company.id, check_id=named.id, reason="found_wrong"
    )


@pytest.mark.req("CON-22", "P2")
@pytest.mark.parametrize("_again", range(5))
def test_a_yes_beside_the_end_of_its_verification_never_counts_afterwards(
    company, kid, mira, _again
):
    named = house.verified(company, kid, mira)

    at_once(lambda: says_yes(company, kid, mira), lambda: ends(company, named))

    assert not family.in_charge(company.id, kid.id).exists()
    assert not ConsentState.objects.filter(state__in=["given", "renewed"]).exists()


@pytest.mark.req("CON-26", "P2")
@pytest.mark.parametrize("_again", range(5))
def test_a_yes_beside_the_birthday_never_counts_afterwards(company, kid, mira, _again):
    house.verified(company, kid, mira)
    Subject.objects.filter(pk=kid.pk).update(adult_on=house.day())

    at_once(
        lambda: says_yes(company, kid, mira), lambda: services.come_of_age_due(by=AUTHOR),
        lambda: services.come_of_age_due(by=AUTHOR),
    )  # fmt: skip

    assert not ConsentState.objects.filter(state__in=["given", "renewed"]).exists()
    assert Subject.objects.get(pk=kid.pk).age_state == "adult"


@pytest.mark.req("CON-22")
def test_two_checks_at_once_verify_once(company, kid, mira):
    named = house.name(company, kid, mira)

    found = at_once(*[lambda: house.check(company, named)] * 2)

    assert {one.state for one in found} == {"verified"}
    assert Relationship.objects.count() == 1


@pytest.mark.req("CON-23")
def test_two_officers_at_once_verify_once(company, kid, mira):
    recorded = house.appointed(company, kid, mira)

    answers = at_once(*[lambda: services.verify_appointment(by=APPROVER, appointment=recorded)] * 2)

    assert sum(isinstance(one, GuardianAppointment) for one in answers) == 1
    assert Relationship.objects.count() == 1


CALLS = {
    "name": (lambda c, k, m: None, lambda c, k, m, _: house.name(c, k, m)),
    "check": (house.name, lambda c, k, m, made: house.check(c, made)),
    "end": (house.verified, lambda c, k, m, made: ends(c, made)),
    "appoint": (lambda c, k, m: None, lambda c, k, m, _: house.appointed(c, k, m)),
    "verify": (
        house.appointed,
        lambda c, k, m, made: services.verify_appointment(by=APPROVER, appointment=made),
    ),
    "end appointment": (
        house.in_charge,
        lambda c, k, m, made: services.end_appointment(
            by=APPROVER, appointment=made, reason="replaced"
        ),
    ),
    "come of age": (
        lambda c, k, m: Subject.objects.filter(pk=k.pk).update(adult_on=house.day()),
        lambda c, k, m, _: services.come_of_age_due(by=AUTHOR),
    ),
}  # fmt: skip
TABLES = (ParentalCheck, GuardianAppointment, Relationship, Subject, ConsentState)


def everything():
    return [sorted(map(str, model.objects.values_list())) for model in TABLES]


@pytest.mark.req("AUD-01", "P5")
@pytest.mark.parametrize("name", CALLS)
def test_what_cannot_be_recorded_does_not_happen(name, company, kid, mira, superuser):
    first, call = CALLS[name]
    made = first(company, kid, mira)
    before = everything()

    with broken_log(superuser), pytest.raises(DatabaseError, match="no more entries"):
        call(company, kid, mira, made)

    assert everything() == before
    call(company, kid, mira, made)
    assert everything() != before


def test_what_its_caller_rolled_back_was_none(company, kid, mira):
    with transaction.atomic():
        house.verified(company, kid, mira)
        transaction.set_rollback(True)

    assert not ParentalCheck.objects.exists()
    assert not Relationship.objects.exists()
