"""Putting data right: asked for, decided by an officer, and told to whoever holds them."""

import pytest

from audit.actors import Actor
from audit.models import EntryIndex
from erasure import sealing
from erasure.errors import CorrectionEmptyError
from erasure.models import Case
from erasure.services import correcting, deciding
from profiles.errors_intake import AttributeUnknownError, ValueRefusedError
from registry import services as registry
from rights import asking, selectors, services, values
from rights.errors import (
    CorrectionUnderWayError,
    RequestStateError,
    RequestUnknownKindError,
)
from rights.models import Request
from rights.services import NewRequest
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import IdentifiersSeveralError
from subjects.models import DataKey
from subjects.schemes import MalformedIdentifierError
from tests.erasure.cases_world import ADDRESS, EMAIL, OFFICER, step, system
from tests.factories.company import company as factory
from tests.profiles import intake_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-17", "POR-06")]


@pytest.fixture
def lotus():
    made = factory()
    registry.record_category(by=OFFICER, controller_id=made.id, code=EMAIL, name="E-mail address")
    return made


@pytest.fixture
def asha(lotus):
    return lotus.person()


def ask(company, person, attribute="email", value="asha.r@example.in", **more):
    new = NewRequest(
        subject_id=person.id, kind="correction", channel="portal", attribute=attribute,
        value=value, identified_how="signed_in", **more,
    )  # fmt: skip
    by = Actor("subject", str(person.id))
    return services.receive(by=by, controller_id=company.id, new=new)


def accept(company, found):
    return services.accept(by=OFFICER, controller_id=company.id, request_id=found.id)


def addresses(person):
    return {one.text for one in subjects.reveal(person)}


def test_what_a_person_says_waits_for_an_officer_under_their_own_key(lotus, asha):
    found = ask(lotus, asha)

    assert (found.state, found.case_id) == ("working", None)
    assert (found.scope_type, found.scope) == ("category", EMAIL)
    assert b"asha.r@" not in bytes(found.asked)
    assert asking.opened(found) == "asha.r@example.in"
    assert "asha.r@example.in" not in addresses(asha)
    assert services.may_be_accepted(found)


def test_asked_again_it_is_the_same_request_and_another_attribute_is_another(lotus, asha):
    first = ask(lotus, asha)

    assert ask(lotus, asha).id == first.id
    assert ask(lotus, asha, "phone", "+919876543210").id != first.id


def test_asked_again_with_another_value_the_later_one_counts(lotus, asha):
    """Who mistyped the first time must not be put right to that."""
    first = ask(lotus, asha)
    later = ask(lotus, asha, value="asha.rao2@example.in")
    first.refresh_from_db()

    assert (first.state, later.state) == ("taken_back", "working")
    assert asking.opened(later) == "asha.rao2@example.in"
    accept(lotus, later)
    assert addresses(asha) >= {"asha.rao2@example.in"}
    assert "asha.r@example.in" not in addresses(asha)


def test_what_is_being_put_right_is_not_asked_for_anew_until_it_is_answered(lotus, asha):
    system(lotus, "crm", holds=[EMAIL])
    first = accept(lotus, ask(lotus, asha))

    with pytest.raises(CorrectionUnderWayError):
        ask(lotus, asha, value="asha.rao2@example.in")

    first.refresh_from_db()
    assert first.state == "working"
    assert Request.objects.count() == 1


def test_accepted_it_is_right_here_at_once_and_who_holds_it_is_told(lotus, asha):
    crm = system(lotus, "crm", holds=[EMAIL])
    shop = system(lotus, "shop", holds=[ADDRESS])
    found = accept(lotus, ask(lotus, asha))

    case = Case.objects.get(pk=found.case_id)
    assert (case.verb, case.scope, case.trigger) == ("correct", EMAIL, "request")
    assert step(case.plan, crm.id)["verb"] == "correct"
    assert step(case.plan, shop.id) is None
    assert "asha.r@example.in" in addresses(asha)
    assert "asha.rao@example.in" not in addresses(asha)
    assert not services.may_be_accepted(found)
    with pytest.raises(RequestStateError):
        accept(lotus, found)


def test_systems_are_told_of_who_was_known_by_what_was_wrong(lotus, asha):
    system(lotus, "crm", holds=[EMAIL])
    found = accept(lotus, ask(lotus, asha))

    kept = sealing.opened([found.case_id])[found.case_id]
    assert kept.identifiers["email"] == ("asha.rao@example.in",)
    assert kept.values == {"email": "asha.r@example.in"}


def test_an_attribute_is_put_right_wherever_a_source_said_it():
    crm = world.make()
    ravi = crm.person()
    crm.take(ravi, city="Pun", tier="gold")

    correcting.put_right(
        by=OFFICER, controller_id=crm.id, subject_id=ravi.id, values={"city": "Pune"},
        trigger_ref="letter-7",
    )  # fmt: skip

    assert crm.known(ravi) == {"city": "Pune", "tier": "gold"}
    case = Case.objects.get(subject_id=ravi.id)
    assert (case.verb, case.scope_type, case.scope) == ("correct", "category", "pd:City")
    assert "Pune" not in str(case.plan)


def test_each_category_has_a_case_of_its_own_and_told_twice_it_is_one():
    crm = world.make()
    ravi = crm.person()
    crm.take(ravi, city="Pun", tier="gold")
    given = {
        "by": OFFICER, "controller_id": crm.id, "subject_id": ravi.id, "trigger_ref": "letter-8",
        "values": {"city": "Pune", "tier": "silver"},
    }  # fmt: skip

    correcting.put_right(**given)
    again = correcting.put_right(**given)

    assert [one.is_new for one in again] == [False, False]
    assert set(Case.objects.values_list("scope", flat=True)) == {"pd:City", "pd:LoyaltyCard"}


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("shoe", "42", AttributeUnknownError), ("city", "", ValueRefusedError),
        ("phone", "nine", ValueRefusedError), ("account", "", MalformedIdentifierError),
    ],
)  # fmt: skip
def test_what_cannot_be_a_value_is_refused_when_it_is_asked_for(attribute, value, error):
    crm = world.make()

    with pytest.raises(error):
        ask(crm, crm.person(), attribute, value)


def test_a_correction_names_what_it_is_about_and_nothing_else_does(lotus, asha):
    for kind, attribute in (("correction", ""), ("erasure", "email")):
        new = NewRequest(subject_id=asha.id, kind=kind, channel="portal", attribute=attribute)
        with pytest.raises(RequestUnknownKindError):
            services.receive(by=OFFICER, controller_id=lotus.id, new=new)
    with pytest.raises(CorrectionEmptyError):
        correcting.check(lotus.id, {})


def test_of_several_addresses_nobody_can_say_which_is_wrong(lotus, asha):
    subject_services.add_identifier(
        by=OFFICER, subject=asha, scheme="email", value="asha@work.example.in"
    )
    found = ask(lotus, asha)

    with pytest.raises(IdentifiersSeveralError):
        accept(lotus, found)

    assert not Case.objects.filter(subject_id=asha.id).exists()


def test_it_is_answered_when_its_case_is_closed(lotus, asha):
    found = accept(lotus, ask(lotus, asha))
    Case.objects.filter(pk=found.case_id).update(state="closed")

    services.cases_closed(controller_id=lotus.id, case_ids=[found.case_id])

    found.refresh_from_db()
    assert (found.state, found.answer_code) == ("answered", "done")


def test_what_was_called_off_can_be_accepted_again(lotus, asha):
    system(lotus, "crm", holds=[EMAIL])
    found = accept(lotus, ask(lotus, asha))
    deciding.cancel(
        by=OFFICER, controller_id=lotus.id, case_id=found.case_id, reason="A wrong turn."
    )
    services.cases_called_off(controller_id=lotus.id, case_ids=[found.case_id])
    found.refresh_from_db()

    assert selectors.was_returned(found)
    assert accept(lotus, found).case_id != found.case_id


def test_what_is_held_can_be_put_right_and_nothing_else(lotus, asha):
    crm = world.make("rose")
    ravi = crm.person()
    crm.take(ravi, city="Pun")

    assert [one.code for one in values.correctable(lotus.id, asha.id)] == ["email"]
    assert [one.code for one in values.correctable(crm.id, ravi.id)] == ["city"]
    assert values.correctable(lotus.id, ravi.id) == []
    assert values.from_text(crm.id, "points", " 12 ") == 12
    assert values.from_text(crm.id, "address", "{nothing") == "{nothing"


def compare(company, found):
    return services.compare(controller_id=company.id, request_id=found.id)


def test_the_person_compares_what_is_stored_with_what_they_say_is_right():
    crm = world.make("rose")
    world.source(crm.controller, "app")
    ravi = crm.person()
    crm.take(ravi, city="Pun", tier="gold")
    crm.take(ravi, source="app", city="Poona")
    before = EntryIndex.objects.filter(subject_id=ravi.id, event="record:viewed").count()

    seen = compare(crm, ask(crm, ravi, "city", "Pune"))

    assert (seen.title, set(seen.stored), seen.asked) == ("City", {"Pun", "Poona"}, "Pune")
    after = EntryIndex.objects.filter(subject_id=ravi.id, event="record:viewed").count()
    assert after == before + 1


def test_put_right_both_are_the_same_and_of_the_erased_nothing_is_shown(lotus, asha):
    found = ask(lotus, asha)
    assert compare(lotus, found).stored == ("asha.rao@example.in",)

    accept(lotus, found)
    assert compare(lotus, found).stored == ("asha.r@example.in",)

    DataKey.objects.filter(subject_id=asha.id).delete()
    assert compare(lotus, found) is None


@pytest.mark.req("P11")
def test_without_its_record_nothing_is_compared(lotus, asha, monkeypatch):
    found = ask(lotus, asha)
    monkeypatch.setattr("audit.services.record_many", broken)

    with pytest.raises(ConnectionError):
        compare(lotus, found)


def broken(*_):
    raise ConnectionError
