from datetime import UTC, datetime, timedelta

import pytest

from subjects.models import Trigger
from tests.api.house import pointers, problem

PATH = "/triggers"


def said(person, hours=1, **more):
    at = datetime.now(UTC) - timedelta(hours=hours)
    subject = str(getattr(person, "id", person))
    return {"subject": subject, "trigger": "basket_left", "at": at.isoformat(), **more}


def test_it_works(api, asha, entries):
    body = said(asha)

    response = api.post(PATH, body)

    assert response.status_code == 201, response.content
    trigger = Trigger.objects.get()
    assert (trigger.subject_id, trigger.code) == (asha.id, "basket_left")
    assert trigger.last_at == datetime.fromisoformat(body["at"])
    assert response.json()["trigger"] == "basket_left"
    (entry,) = entries("behaviour:reported")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_only_the_latest_time_is_kept(api, asha, order):
    bodies = {hours: said(asha, hours) for hours in order}

    for hours in order:
        response = api.post(PATH, bodies[hours])

    latest = datetime.fromisoformat(bodies[1]["at"])
    assert [one.last_at for one in Trigger.objects.all()] == [latest]
    assert datetime.fromisoformat(response.json()["last_at"]) == latest


def test_a_person_is_found_by_the_companys_own_identifier(api, asha):
    body = said({"scheme": "email", "value": "asha@example.in"})
    body["subject"] = {"scheme": "email", "value": "asha@example.in"}

    assert api.post(PATH, body).status_code == 201
    assert Trigger.objects.get().subject_id == asha.id


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"trigger": "a b"}, "/trigger"),
        ({"trigger": ""}, "/trigger"),
        ({"trigger": "x" * 101}, "/trigger"),
        ({"trigger": 5}, "/trigger"),
        ({"trigger": ".start"}, "/trigger"),
        ({"at": "yesterday"}, "/at"),
        ({"at": "2026-03-14T03:56:50"}, "/at"),
        ({"at": None}, "/at"),
    ],
)
def test_what_is_no_behaviour_is_refused(api, asha, unchanged, more, pointer):
    unchanged()

    assert {where for where, _ in pointers(api.post(PATH, said(asha, **more)))} == {pointer}
    assert not Trigger.objects.exists()


def test_what_has_not_happened_yet_is_refused(api, asha, unchanged):
    unchanged()

    problem(api.post(PATH, said(asha, hours=-1)), 422, "trigger_in_future")
    assert not Trigger.objects.exists()


def test_another_companys_people_are_nobody(api, bela, unchanged):
    unchanged()

    problem(api.post(PATH, said(bela)), 404, "subject_unknown")
    assert not Trigger.objects.exists()


def test_a_repeat_with_a_key_has_one_effect(api, asha, entries):
    body = said(asha)

    first, second = (api.post(PATH, body, Idempotency_Key="k-1") for _ in range(2))

    assert first.json() == second.json()
    assert len(entries("behaviour:reported")) == 1
