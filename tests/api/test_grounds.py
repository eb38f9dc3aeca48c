"""Grounds other than consent through the API."""

import pytest

from consent.models import PersonalGround
from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import DELIVERY, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-21")]
PATH = "/grounds"


@pytest.fixture
def api(lotus):
    return house.caller(lotus, purposes=(DELIVERY, OFFERS))


def contract(person, **more):
    return {
        "subject": str(person.id), "purpose": DELIVERY, "ground": "6-1-b",
        "reference": "contract-77", **more,
    }  # fmt: skip


def test_it_works(api, asha, entries):
    response = api.post(PATH, contract(asha))

    assert response.status_code == 201, response.content
    shown = response.json()
    assert (shown["state"], shown["missing"], shown["pack"]) == ("active", [], "EU")
    assert [len(entries(f"ground:{one}")) for one in ("recorded", "activated")] == [1, 1]
    assert api.get(PATH, {"subject": str(asha.id)}).json()["items"] == [shown]


def test_without_its_evidence_nothing_is_recorded(api, asha, unchanged):
    unchanged()
    body = contract(asha)
    del body["reference"]

    problem(api.post(PATH, body), 422, "ground_evidence_missing")

    assert not PersonalGround.objects.exists()


def test_a_claim_says_what_it_lacks_and_is_completed(api, asha):
    body = contract(asha, claim=True)
    del body["reference"]
    claimed = api.post(PATH, body).json()

    assert (claimed["state"], claimed["missing"]) == ("claimed", ["reference"])
    whole = api.post(f"{PATH}/{claimed['id']}/evidence", {"reference": "contract-77"})

    assert whole.status_code == 200, whole.content
    assert (whole.json()["state"], whole.json()["missing"]) == ("active", [])


def test_it_ends(api, asha):
    made = api.post(PATH, contract(asha)).json()

    ended = api.post(f"{PATH}/{made['id']}/end", {"reason": "contract_ended"})

    assert ended.status_code == 200, ended.content
    assert ended.json()["state"] == "ended"


def test_a_voluntary_provision_is_recorded(api, asha):
    body = {
        "subject": str(asha.id), "purpose": DELIVERY, "ground": "s7a",
        "provided_at": "2026-03-14T09:30:00+05:30",
    }  # fmt: skip

    shown = api.post(PATH, body).json()

    assert (shown["state"], shown["provided_at"]) == ("active", "2026-03-14T04:00:00Z")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ground": "consent"}, "/ground"),
        ({"ground": 7}, "/ground"),
        ({"reference": "<script>"}, "/reference"),
        ({"assessment": "x"}, "/assessment"),
        ({"ends_on": "soon"}, "/ends_on"),
        ({"evidence": {}}, "/evidence"),
    ],
)
def test_what_is_malformed_is_pointed_at(api, asha, change, pointer):
    assert {where for where, _ in pointers(api.post(PATH, contract(asha, **change)))} == {pointer}


def test_a_ground_the_purpose_does_not_rest_on_is_refused(api, asha):
    problem(api.post(PATH, contract(asha, purpose=OFFERS)), 422, "ground_not_declared")


@pytest.mark.req("P9")
class TestOthers:
    def test_a_person_of_another_company_is_nobody(self, api, bela):
        problem(api.post(PATH, contract(bela)), 404, "subject_unknown")

    @pytest.mark.parametrize("verb", ["end", "evidence"])
    def test_another_companys_ground_is_none(self, api, asha, tulip, verb):
        made = api.post(PATH, contract(asha)).json()
        stranger = house.caller(tulip, purposes=(DELIVERY,))

        problem(stranger.post(f"{PATH}/{made['id']}/{verb}", {}), 404, "ground_missing")
