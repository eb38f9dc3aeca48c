"""Attributes that persons offer, reported by services."""

import pytest

from audit.selectors import payload
from policies.wishes import selectors as wishes
from tests.api.house import pointers, problem
from tests.portal.world import DELIVERY, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14")]
PATH = "/attributes"


def offer(person, **more):
    return {
        "subject": str(person.id), "purpose": OFFERS, "attributes": ["diet.vegetarian"], **more,
    }  # fmt: skip


def test_it_works(api, asha, lotus, entries):
    response = api.post(PATH, offer(asha))

    assert (response.status_code, response.json()) == (201, {"purpose": OFFERS, "changed": 1})
    assert wishes.volunteered(lotus.id, asha.id) == [(OFFERS, "diet.vegetarian")]
    (entry,) = entries("attribute:volunteered")
    assert "vegetarian" not in str(payload(entry.id))


def test_is_read_and_taken_back(api, asha, entries):
    api.post(PATH, offer(asha))

    shown = api.get(PATH, {"subject": str(asha.id)}).json()
    taken = api.post(f"{PATH}/take-back", offer(asha))

    assert shown["items"] == [{"purpose": OFFERS, "attribute": "diet.vegetarian"}]
    assert (taken.status_code, taken.json()["changed"]) == (200, 1)
    assert api.get(PATH, {"subject": str(asha.id)}).json()["items"] == []
    assert entries("record:read")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"attributes": []}, "/attributes"),
        ({"attributes": "diet"}, "/attributes"),
        ({"attributes": ["a b"]}, "/attributes/0"),
        ({"attributes": [7]}, "/attributes/0"),
        ({"attributes": ["x"] * 51}, "/attributes"),
        ({"values": {}}, "/values"),
    ],
)
def test_what_is_malformed_is_pointed_at(api, asha, unchanged, change, pointer):
    unchanged()

    answer = api.post(PATH, offer(asha, **change))

    assert {where for where, _ in pointers(answer)} == {pointer}


def test_a_purpose_that_is_not_the_services_is_refused(api, asha):
    problem(api.post(PATH, offer(asha, purpose=DELIVERY)), 403, "purpose_not_registered")


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_nobody(api, bela):
    problem(api.post(PATH, offer(bela)), 404, "subject_unknown")
