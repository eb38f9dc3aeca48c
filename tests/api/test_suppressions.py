import pytest

from subjects.models import Subject
from subjects.suppression import read
from tests.api.house import pointers, problem

pytestmark = pytest.mark.req("POL-08")
PATH = "/suppressions"
SMS = {"channel": "sms", "reason": "register"}


def closed(person):
    return read(Subject.objects.get(pk=person.pk).suppressed)


def test_it_works(api, asha, entries):
    response = api.post(PATH, {"subject": str(asha.id), **SMS})

    assert response.status_code == 201, response.content
    assert response.json() == SMS
    assert closed(asha) == {"sms": "register"}
    (entry,) = entries("channel:suppressed")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


def test_every_channel_is_closed_at_once(api, asha):
    api.post(PATH, {"subject": str(asha.id), "channel": "*", "reason": "complaint"})

    assert closed(asha) == {"*": "complaint"}


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"channel": "SMS"}, "/channel"),
        ({"channel": ""}, "/channel"),
        ({"channel": "a=b"}, "/channel"),
        ({"channel": "x" * 31}, "/channel"),
        ({"channel": None}, "/channel"),
        ({"reason": "they asked"}, "/reason"),
        ({"reason": ""}, "/reason"),
    ],
)
def test_what_is_no_channel_or_reason_is_refused(api, asha, unchanged, more, pointer):
    unchanged()

    answer = api.post(PATH, {"subject": str(asha.id), **SMS, **more})

    assert {where for where, _ in pointers(answer)} == {pointer}
    assert closed(asha) == {}


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_nobody(api, bela):
    answer = api.post(PATH, {"subject": str(bela.id), **SMS})

    assert problem(answer, 404, "subject_unknown")
    assert closed(bela) == {}
