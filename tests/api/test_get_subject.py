import uuid

import pytest

from tests.api.house import problem


@pytest.mark.req("P11")
def test_it_works(api, asha, entries):
    response = api.get(f"/subjects/{asha.id}")

    assert response.status_code == 200
    assert response.json() == {
        "id": str(asha.id), "residence": "IN", "region": "", "time_zone": "Asia/Kolkata",
        "language": "en", "age_state": "unknown", "age_assurance": "unknown", "adult_on": None,
        "has_guardian": False, "created_at": asha.created_at.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    (entry,) = entries("record:read")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


@pytest.mark.req("P10")
def test_no_identifier_goes_out(api, asha):
    assert b"example.in" not in api.get(f"/subjects/{asha.id}").content
    assert str(asha.pseudonym).encode() not in api.get(f"/subjects/{asha.id}").content


def test_an_unknown_person_is_not_found(api, unchanged):
    unchanged()

    problem(api.get(f"/subjects/{uuid.UUID(int=7)}"), 404, "subject_unknown")
