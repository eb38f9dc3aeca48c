import pytest

from audit.actors import Actor
from registry import services as registry
from subjects.models import Provenance, Subject
from tests.api.house import pointers, problem

pytestmark = pytest.mark.req("PRO-09")
PATH, END = "/provenance", "/provenance/end"
PUBLIC = {"kind": "published", "category": "pd:Odd", "reference": "Gazette 7"}
NAMED = {"kind": "published", "category": "pd:Odd"}


@pytest.fixture(autouse=True)
def known(lotus):
    registry.record_category(
        by=Actor.system("test"), controller_id=lotus.id, code="pd:Odd", name="Odd"
    )


def kept(person):
    return Subject.objects.get(pk=person.pk).provenance


def test_it_works(api, asha, entries):
    response = api.post(PATH, {"subject": str(asha.id), **PUBLIC, "valid_until": "2099-01-31"})

    assert response.status_code == 201, response.content
    assert response.json() == {**PUBLIC, "valid_until": "2099-01-31"}
    assert kept(asha).startswith("published/pd:Odd=")
    (entry,) = entries("provenance:set")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


def test_it_ends(api, asha, entries):
    api.post(PATH, {"subject": str(asha.id), **PUBLIC})

    response = api.post(END, {"subject": str(asha.id), **NAMED})

    assert response.status_code == 200, response.content
    assert response.json()["kind"] == "published"
    assert kept(asha) == ""
    assert entries("provenance:ended")


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"reference": ""}, "/reference"),
        ({"reference": "x" * 201}, "/reference"),
        ({"reference": None}, "/reference"),
        ({"kind": "bought"}, "/kind"),
        ({"category": "a b"}, "/category"),
        ({"valid_until": "soon"}, "/valid_until"),
    ],
)
def test_what_is_no_flag_is_refused(api, asha, unchanged, more, pointer):
    unchanged()

    answer = api.post(PATH, {"subject": str(asha.id), **PUBLIC, **more})

    assert {where for where, _ in pointers(answer)} == {pointer}


def test_without_a_reference_it_is_refused(api, asha, unchanged):
    unchanged()

    answer = api.post(PATH, {"subject": str(asha.id), **NAMED})

    assert {where for where, _ in pointers(answer)} == {"/reference"}
    assert not Provenance.objects.exists()


def test_a_resident_of_india_is_refused(api, asha):
    answer = api.post(PATH, {"subject": str(asha.id), "kind": "outsourced", "reference": "M-1"})

    assert problem(answer, 409, "provenance_resident")
    assert kept(asha) == ""


@pytest.mark.parametrize(
    ("path", "body", "code", "status"),
    [
        (PATH, {**PUBLIC, "reference": "  "}, "provenance_reference_missing", 422),
        (PATH, {**PUBLIC, "category": "pd:Nothing"}, "provenance_category", 422),
        (PATH, {**PUBLIC, "valid_until": "2020-01-01"}, "provenance_over", 422),
        (END, NAMED, "provenance_ended", 409),
    ],
)
def test_what_cannot_be_is_refused(api, asha, path, body, code, status):
    assert problem(api.post(path, {"subject": str(asha.id), **body}), status, code)


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_nobody(api, bela):
    answer = api.post(PATH, {"subject": str(bela.id), **PUBLIC})

    assert problem(answer, 404, "subject_unknown")
    assert kept(bela) == ""
