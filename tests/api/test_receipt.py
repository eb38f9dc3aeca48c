import uuid

import pytest

from tests.api.house import least, problem
from tests.portal.world import MAPS


@pytest.mark.req("CON-14", "P11")
def test_it_works(api, asha, lotus, entries):
    written = api.post("/consents", least(asha)).json()

    response = api.get(f"/receipts/{written['id']}")

    assert response.status_code == 200
    assert response.json() == written["receipt"]
    (entry,) = entries("record:read")
    assert entry.subject_id == asha.id


def test_a_receipt_about_another_services_purpose_is_not_there(api, asha, lotus, unchanged):
    event = lotus.yes(asha, MAPS)
    unchanged()

    problem(api.get(f"/receipts/{event.id}"), 404, "consent_missing")


def test_an_unknown_receipt_is_not_there(api, unchanged):
    unchanged()

    problem(api.get(f"/receipts/{uuid.UUID(int=7)}"), 404, "consent_missing")
