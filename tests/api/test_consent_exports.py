"""Exports of the ledger over the API."""

import json
import uuid

import pytest

from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import MAPS, OFFERS
from work import services as work

pytestmark = pytest.mark.req("POR-01", "P9")
PATH = "/consents/exports"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.CONSENT_EXPORT_FOLDER = str(tmp_path / "exports")


def finished(api, body=None):
    made = api.post(PATH, body or {}).json()
    while work.run_available(worker="w"):
        pass
    return api.get(f"{PATH}/{made['id']}").json()


def lines(api, export):
    response = api.get(f"{PATH}/{export['id']}/file")
    assert response.status_code == 200, response.content
    return [json.loads(one) for one in b"".join(response.streaming_content).splitlines()]


def test_it_works(api, lotus, asha, entries):
    event = lotus.yes(asha)

    asked = api.post(PATH, {"form": "ndjson"})
    ready = finished(api)

    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    assert (ready["state"], ready["lines"]) == ("ready", 1)
    assert [one["id"] for one in lines(api, ready)] == [str(event.id)]
    assert len(entries("ledger:export_taken")) == 1


def test_it_holds_only_what_the_service_is_registered_for(api, lotus, asha):
    lotus.yes(asha, MAPS)
    event = lotus.yes(asha)

    assert [one["id"] for one in lines(api, finished(api))] == [str(event.id)]


def test_a_purpose_the_service_is_not_registered_for_is_refused(api, lotus, unchanged):
    unchanged()

    problem(api.post(PATH, {"purpose": MAPS}), 403, "purpose_not_registered")


def test_another_service_does_not_find_it(api, lotus, tulip, asha):
    lotus.yes(asha)
    ready = finished(api, {"purpose": OFFERS})

    for other in (house.caller(lotus, code="sms"), house.caller(tulip)):
        problem(other.get(f"{PATH}/{ready['id']}"), 404, "export_missing")
        problem(other.get(f"{PATH}/{ready['id']}/file"), 404, "export_missing")


def test_a_file_that_is_not_there_yet_cannot_be_taken(api, lotus):
    made = api.post(PATH, {}).json()

    problem(api.get(f"{PATH}/{made['id']}/file"), 409, "export_not_ready")


def test_asking_twice_with_one_key_makes_one(api, lotus):
    first = api.post(PATH, {}, Idempotency_Key="k1").json()

    assert api.post(PATH, {}, Idempotency_Key="k1").json() == first


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"form": "xls"}, ("/form", "invalid_choice")),
        ({"since": "yesterday"}, ("/since", "form")),
        ({"people": "all"}, ("/people", "unknown_member")),
        ({"purpose": "No Such"}, ("/purpose", "invalid")),
    ],
)
def test_bad_input_is_pointed_at(api, lotus, unchanged, body, fault):
    unchanged()

    assert fault in pointers(api.post(PATH, body))


def test_a_span_that_ends_before_it_begins_is_refused(api, lotus, unchanged):
    unchanged()
    body = {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}

    problem(api.post(PATH, body), 422, "span_empty")


def test_an_unknown_one_is_not_there(api, lotus):
    problem(api.get(f"{PATH}/{uuid.UUID(int=7)}"), 404, "export_missing")
