"""Requests of people over the management API."""

import pytest
from django.test import Client

from accounts import services as accounts
from audit.models import EntryIndex
from rights.models import Request
from tests.factories.company import AUTHOR, company

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-15")]
URL = "/api/v1/rights-requests"


def served(slug="lotus"):
    """A company with a service that deals with people's rights."""
    found = company(slug)
    service = accounts.create_service(
        by=AUTHOR, controller_id=found.id, code="helpdesk", name="Help desk",
        purposes=["sys.rights"],
    )  # fmt: skip
    _key, secret = accounts.issue_key(by=AUTHOR, service=service)
    found.rights = {"Authorization": f"Bearer {secret}"}
    return found


@pytest.fixture
def lotus(db):
    return served()


@pytest.fixture
def asha(lotus):
    return lotus.person()


def post(house, path="", key=None, headers=None, **said):
    sent = {**(headers or house.rights), **({"Idempotency-Key": key} if key else {})}
    return Client().post(f"{URL}{path}", said, content_type="application/json", headers=sent)


def get(house, path="", **query):
    return Client().get(f"{URL}{path}", query, headers=house.rights)


def asks(house, person, **more):
    return post(house, subject=str(person.id), **{"kind": "erasure", **more})


def test_one_who_is_known_is_erased_at_once(lotus, asha):
    made = asks(lotus, asha, identified_how="service").json()

    assert made["state"] == "working"
    assert made["erasure_case"]


def test_without_knowing_who_asks_nothing_is_done(lotus, asha):
    made = asks(lotus, asha).json()

    assert (made["state"], made["erasure_case"]) == ("received", None)


def test_the_same_asked_twice_is_one(lotus, asha):
    first, again = asks(lotus, asha).json(), asks(lotus, asha).json()

    assert first["id"] == again["id"]


def test_with_one_key_it_has_one_effect(lotus, asha):
    said = {"subject": str(asha.id), "kind": "access"}

    first, again = (post(lotus, key="k", **said) for _ in range(2))

    assert first.json() == again.json()
    assert Request.objects.count() == 1


def test_is_taken_back(lotus, asha):
    made = asks(lotus, asha).json()["id"]

    assert post(lotus, f"/{made}/take-back").json()["state"] == "taken_back"
    assert post(lotus, f"/{made}/take-back").status_code == 409


@pytest.mark.parametrize(
    ("change", "statuses"),
    [({"kind": "nothing"}, {400}), ({"scope_type": "purpose", "scope": "no.such"}, {422}),
     ({"received_at": "2199-01-01T00:00:00Z"}, {422}), ({"extra": 1}, {400}),
     ({"channel": "portal"}, {400})],
)  # fmt: skip
def test_bad_input_takes_nothing_in(lotus, asha, change, statuses):
    assert asks(lotus, asha, **change).status_code in statuses
    assert not Request.objects.exists()


def test_a_service_without_the_purpose_may_not(lotus, asha):
    found = post(lotus, headers=lotus.headers, subject=str(asha.id), kind="erasure")

    assert (found.status_code, found.json()["code"]) == (403, "purpose_not_registered")


@pytest.mark.req("P9")
def test_of_another_company_nothing_is_known(lotus, asha):
    made = asks(lotus, asha).json()["id"]
    rose = served("rose")

    assert get(rose).json()["items"] == []
    assert get(rose, f"/{made}").status_code == 404
    assert post(rose, f"/{made}/take-back").status_code == 404
    assert asks(rose, asha).status_code == 404


@pytest.mark.req("P11")
def test_each_reading_is_recorded(lotus, asha):
    made = asks(lotus, asha).json()["id"]

    get(lotus)
    get(lotus, f"/{made}")

    entries = EntryIndex.objects.filter(event="record:read")
    assert {one.subject_id for one in entries} == {asha.id}
    assert entries.count() == 2


def test_they_are_listed_page_by_page(lotus):
    people = [lotus.person(f"p{number}@example.in") for number in range(3)]
    made = [asks(lotus, one).json()["id"] for one in people]

    first = get(lotus, limit=2).json()
    rest = get(lotus, limit=2, before=first["next_before"]).json()

    listed = [one["id"] for page in (first, rest) for one in page["items"]]
    assert listed == sorted(made, reverse=True)


@pytest.mark.req("ERA-17", "POR-06")
def test_a_correction_is_taken_in_and_its_value_is_not_answered(lotus, asha):
    said = {"subject": str(asha.id), "kind": "correction", "identified_how": "service"}

    answer = post(lotus, attribute="email", value="asha.r@example.in", **said)
    refused = post(lotus, attribute="email", value="nobody", **said)

    assert answer.status_code == 201
    assert answer.json()["attribute"] == "email"
    assert "asha.r@example.in" not in answer.content.decode()
    assert Request.objects.get().kind == "correction"
    assert refused.status_code == 422
