import uuid

import pytest

from tests.api.house import least, pointers, problem
from tests.portal.world import MAPS


@pytest.mark.req("P11")
def test_it_works(api, asha, lotus, entries):
    written = api.post("/consents", least(asha)).json()

    response = api.get(f"/consents/{written['id']}")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {k: v for k, v in written.items() if k != "receipt"}
    (entry,) = entries("record:read")
    assert entry.subject_id == asha.id


def test_a_line_about_another_services_purpose_is_not_there(api, asha, lotus, unchanged):
    event = lotus.yes(asha, MAPS)
    unchanged()

    problem(api.get(f"/consents/{event.id}"), 404, "consent_missing")


def test_an_unknown_line_is_not_there(api, unchanged):
    unchanged()

    problem(api.get(f"/consents/{uuid.UUID(int=7)}"), 404, "consent_missing")


def test_what_is_no_id_is_not_there(api, unchanged):
    unchanged()

    problem(api.get("/consents/asha"), 404, "not_found")


def test_it_takes_no_parameters(api, asha, lotus):
    event = lotus.yes(asha)

    assert pointers(api.get(f"/consents/{event.id}", {"asha@example.in": "1"})) == {
        ("/-", "unknown_member")
    }
