"""Without its record nothing happens and nothing is shown."""

import pytest

from tests.api import house
from tests.api.house import least, problem

pytestmark = pytest.mark.req("P11")


@pytest.fixture
def reads(asha, lotus):
    event = lotus.yes(asha)
    return {
        "states": ("get", "/consents", {"subject": asha.id}),
        "history": ("get", "/consents/history", {"subject": asha.id}),
        "line": ("get", f"/consents/{event.id}", None),
        "receipt": ("get", f"/receipts/{event.id}", None),
        "facts": ("get", f"/subjects/{asha.id}", None),
        "search": ("post", "/subjects/find", {"scheme": "email", "value": "asha@example.in"}),
        "vain search": ("post", "/subjects/find", {"scheme": "email", "value": "a@example.in"}),
    }


@pytest.mark.parametrize(
    "name", ["states", "history", "line", "receipt", "facts", "search", "vain search"]
)
def test_what_cannot_be_recorded_is_not_shown(api, reads, name, broken_log):
    method, path, content = reads[name]

    with broken_log:
        response = getattr(api, method)(path, content)

    body = problem(response, 503, "read_not_recorded")
    assert response.headers["Retry-After"] == "5"
    assert not {"states", "items", "id", "signature"} & set(body)
    assert getattr(api, method)(path, content).status_code in {200, 404}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/consents", {"method": "checkbox"}),
        ("/consents/withdraw", {"method": "phone"}),
        ("/subjects", {"identifiers": [{"scheme": "crm", "value": "CRM-20417"}]}),
    ],
)
def test_what_cannot_be_recorded_does_not_happen(api, asha, lotus, path, body, broken_log):
    lotus.yes(asha)
    if path != "/subjects":
        body = least(asha, **body)
    before = house.everything()

    with broken_log:
        response = api.post(path, body, Idempotency_Key="case-7")

    problem(response, 500, "internal_error")
    assert house.everything() == before
    assert api.post(path, body, Idempotency_Key="case-7").status_code in {200, 201}
