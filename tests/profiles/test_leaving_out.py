"""Nothing is taken in that the company wants only for what is over for the person."""

import pytest

from consent import services as consent
from registry import services as registry
from subjects import services as subjects
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company
from tests.profiles.intake_world import DEFINITIONS, Intake, source

pytestmark = [pytest.mark.django_db, pytest.mark.req("P8", "PRO-01")]
CATEGORIES = ("pd:City", "pd:Income")


@pytest.fixture
def house(db):
    """Offers need the income and the e-mail address, surveys the city and that address."""
    made = company()
    for code in (*CATEGORIES, "pd:EmailAddress"):
        registry.record_category(by=AUTHOR, controller_id=made.id, code=code, name=code[3:])
    made.purpose(OFFERS, categories=("pd:Income", "pd:EmailAddress"))
    made.purpose(SURVEYS, categories=("pd:City", "pd:EmailAddress"), is_marketing=False)
    return made


@pytest.fixture
def lotus(house):
    made = Intake(house.controller, source(house.controller, "crm"))
    for code in ("city", "email"):
        kind, category, sensitivity, terms = DEFINITIONS[code]
        made.define(code, kind, category, sensitivity, **terms)
    made.define("income", "integer", "pd:Income")
    return made


@pytest.fixture
def asha(house):
    return house.person()


def take(lotus, person):
    return lotus.take(person, city="Pune", income=900, email="asha@example.in")


def erased(person, purpose):
    subjects.set_standing(
        by=AUTHOR, subject=person, state="erased", scope_type="purpose", scope=purpose
    )


def objects(lotus, person, **more):
    return consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=person.id, **more)


def test_all_is_taken_in_while_nothing_is_over(lotus, asha):
    assert take(lotus, asha).left_out == ()


def test_what_only_an_erased_purpose_needs_is_left_out(lotus, asha):
    erased(asha, OFFERS)

    assert take(lotus, asha).left_out == ("income",)
    assert lotus.known(asha) == {"city": "Pune", "email": "asha@example.in"}


def test_what_two_erased_purposes_need_is_left_out_with_the_second(lotus, asha):
    erased(asha, OFFERS)
    erased(asha, SURVEYS)

    assert take(lotus, asha).left_out == ("city", "income", "email")


def test_an_objection_to_marketing_leaves_out_what_only_marketing_needs(lotus, asha):
    objects(lotus, asha)

    assert take(lotus, asha).left_out == ("income",)


def test_an_objection_that_was_lifted_leaves_nothing_out(lotus, asha):
    objects(lotus, asha)
    consent.lift_objection(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)

    assert take(lotus, asha).left_out == ()


def test_an_objection_that_is_weighed_leaves_nothing_out_until_it_is_upheld(lotus, asha):
    found = objects(lotus, asha, kind="particular_situation", purpose=SURVEYS)
    assert take(lotus, asha).left_out == ()

    consent.decide_objection(by=AUTHOR, objection=found, state="upheld", grounds="None outweigh it")

    assert take(lotus, asha).left_out == ("city",)


def test_of_others_all_is_taken_in(lotus, house, asha):
    erased(asha, OFFERS)

    assert take(lotus, house.person("ben@example.in")).left_out == ()


def test_what_no_purpose_names_is_taken_in(lotus, house, asha):
    registry.record_category(by=AUTHOR, controller_id=house.id, code="pd:Birthday", name="Birthday")
    lotus.define("born_on", "date", "pd:Birthday")
    erased(asha, OFFERS)

    assert lotus.take(asha, born_on="1990-02-28").left_out == ()
