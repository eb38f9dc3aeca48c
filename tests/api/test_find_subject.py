import pytest

from audit.models import EntryIndex
from tests.api.house import pointers, problem

PATH = "/subjects/find"


@pytest.mark.req("P11")
def test_it_works(api, asha, entries):
    response = api.post(PATH, {"scheme": "email", "value": " ASHA@example.in"})

    assert response.status_code == 200
    assert response.json() == {"id": str(asha.id)}
    (entry,) = entries("person:searched")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


@pytest.mark.req("P11")
def test_a_search_that_finds_nobody_is_recorded_too(api, asha, entries):
    response = api.post(PATH, {"scheme": "email", "value": "asha9@example.in"})

    problem(response, 404, "subject_unknown")
    (entry,) = entries("person:searched")
    assert entry.subject_id is None


def test_a_wrong_identifier_is_refused(api, unchanged):
    unchanged()

    problem(api.post(PATH, {"scheme": "mind", "value": "asha"}), 422, "unknown_scheme")
    problem(api.post(PATH, {"scheme": "email", "value": "asha"}), 422, "malformed_identifier")


@pytest.mark.req("P10")
def test_no_identifier_is_kept_in_the_log(api, asha, superuser):
    api.post(PATH, {"scheme": "email", "value": "asha@example.in"})

    rows = EntryIndex.objects.values()
    assert "example.in" not in str(list(rows))


@pytest.mark.parametrize("body", [{}, {"scheme": "email"}, {"value": "asha@example.in"}])
def test_both_parts_are_needed(api, body, unchanged):
    unchanged()

    assert {code for _, code in pointers(api.post(PATH, body))} == {"required"}


def test_identifiers_never_go_into_a_url(api):
    response = api.get(PATH, {"scheme": "email", "value": "asha@example.in"})

    problem(response, 405, "method_not_allowed")
