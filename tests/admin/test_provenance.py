"""Officers set and end flags that say where a person's data come from."""

import pytest

from subjects.models import Provenance, Subject
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-09")]

ADD = "/admin/subjects/provenance/add/"


@pytest.fixture
def ben(lotus):
    return house.new_person(lotus, "ben@lotus.example")


def form(lotus, person, **more):
    return {
        "controller": str(lotus.id), "subject": str(person.id), "kind": "published",
        "category": "pd:EmailAddress", "reference": "Gazette 7", "confirmed": "yes", **more,
    }  # fmt: skip


def standing(person):
    return Provenance.objects.filter(subject=person, ended_at=None)


def test_a_flag_is_set_and_shown_on_the_persons_page(desk, lotus, ben, officer, entries):
    answer = desk.post(ADD, form(lotus, ben), follow=True)

    assert "It is on record" in answer.content.decode()
    row = standing(ben).get()
    assert (row.set_by_type, row.set_by) == ("officer", str(officer.pk))
    assert entries("provenance:set")[0].subject_id == ben.id
    page = desk.get(f"/admin/people/{ben.id}/").content.decode()
    assert f"/admin/subjects/provenance/{row.id}/change/" in page
    assert "Gazette 7" in page
    assert ADD in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reference": ""}, "required"),
        ({"reference": "   "}, "required"),
        ({"kind": "bought"}, "Select a valid choice"),
        ({"category": "pd:Nothing"}, "Select a valid choice"),
        ({"category": ""}, "named by a data category"),
        ({"kind": "outsourced"}, "an outsourcing names none"),
        ({"valid_until": "2020-01-01"}, "has passed already"),
        ({"subject": "ben@lotus.example"}, "valid UUID"),
    ],
)
def test_what_cannot_be_is_refused(desk, lotus, ben, more, words):
    answer = desk.post(ADD, form(lotus, ben, **more))

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not standing(ben).exists()


def test_an_outsourcing_of_a_resident_of_india_is_refused(desk, lotus, ben):
    Subject.objects.filter(pk=ben.pk).update(residence="IN")

    answer = desk.post(ADD, form(lotus, ben, kind="outsourced", category=""))

    assert answer.status_code == 422
    assert "lives in India" in answer.content.decode()


def test_it_ends_once(desk, lotus, ben):
    desk.post(ADD, form(lotus, ben))
    row = standing(ben).get()
    address = f"/admin/subjects/provenance/{row.id}/act/end/"

    first = desk.post(address, {"confirmed": "yes"}, follow=True)
    again = desk.post(address, {"confirmed": "yes"})

    assert "It has ended" in first.content.decode()
    assert again.status_code == 422
    assert Subject.objects.get(pk=ben.pk).provenance == ""


def test_is_for_those_who_manage_purposes(lotus, ben):
    client = house.signed_in(house.officer(lotus, "oskar", "operator"))

    assert client.get("/admin/subjects/provenance/").status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, form(lotus, ben)).status_code == 403
    assert ADD not in client.get(f"/admin/people/{ben.id}/").content.decode()
    assert not standing(ben).exists()


@pytest.mark.req("P9")
def test_knows_nobody_of_another_company(desk, lotus, tulip):
    answer = desk.post(ADD, form(lotus, tulip.person))

    assert answer.status_code == 422
    assert not standing(tulip.person).filter(reference="Gazette 7").exists()
