"""Commitments through the API, and what a check makes of them."""

from datetime import UTC, datetime, timedelta

import pytest

from consent.models import Commitment
from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import DELIVERY, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-17")]
PATH = "/commitments"


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def order(person, **more):
    return {
        "subject": str(person.id), "purpose": OFFERS, "reference": "order-1",
        "started_at": ago(days=1), **more,
    }  # fmt: skip


def test_it_works(api, asha, entries):
    response = api.post(PATH, order(asha))

    assert response.status_code == 201, response.content
    shown = response.json()
    assert (shown["reference"], shown["subject"], shown["ends_at"]) == (
        "order-1", str(asha.id), None,
    )  # fmt: skip
    (entry,) = entries("commitment:recorded")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)
    assert api.get(PATH, {"subject": str(asha.id)}).json()["items"] == [shown]
    assert entries("record:read")


def test_it_ends(api, asha):
    made = api.post(PATH, order(asha)).json()

    ended = api.post(f"{PATH}/{made['id']}/end", {})

    assert ended.status_code == 200, ended.content
    assert ended.json()["ends_at"]


def test_a_repeat_with_its_key_has_one_effect(api, asha):
    body = order(asha)

    first, second = (api.post(PATH, body, Idempotency_Key="k-1") for _ in range(2))

    assert first.json() == second.json()
    assert Commitment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"started_at": "2199-01-01T00:00:00Z"}, 422, "commitment_time_invalid"),
        ({"ends_at": "2001-01-01T00:00:00Z"}, 422, "commitment_time_invalid"),
        ({"purpose": DELIVERY}, 403, "purpose_not_registered"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(api, asha, unchanged, change, status, code):
    unchanged()

    problem(api.post(PATH, order(asha, **change)), status, code)

    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reference": ""}, "/reference"),
        ({"reference": "=cmd"}, "/reference"),
        ({"reference": "x" * 81}, "/reference"),
        ({"started_at": "yesterday"}, "/started_at"),
        ({"started_at": None}, "/started_at"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_is_malformed_is_pointed_at(api, asha, change, pointer):
    assert {where for where, _ in pointers(api.post(PATH, order(asha, **change)))} == {pointer}


@pytest.mark.req("P9")
class TestOthers:
    def test_a_person_of_another_company_is_nobody(self, api, bela):
        problem(api.post(PATH, order(bela)), 404, "subject_unknown")

    def test_another_companys_commitment_is_none(self, api, asha, tulip):
        made = api.post(PATH, order(asha)).json()
        stranger = house.caller(tulip)

        problem(stranger.post(f"{PATH}/{made['id']}/end", {}), 404, "commitment_missing")

        assert Commitment.objects.get().ends_at is None

    def test_one_of_a_purpose_that_is_not_the_services_is_none(self, api, asha, lotus):
        made = api.post(PATH, order(asha)).json()
        limited = house.caller(lotus, code="limited", purposes=(DELIVERY,))

        problem(limited.post(f"{PATH}/{made['id']}/end", {}), 404, "commitment_missing")
