"""The operations by which a system hands in what it knows of people."""

import json

import pytest
from django.core.cache import cache

from accounts import services as accounts
from audit.models import EntryIndex
from profiles.models import ProfileRecord
from registry import services_systems as systems
from subjects import services as subjects
from tests.api.house import Api, pointers, problem
from tests.profiles.intake_world import BY, make, source

pytestmark = pytest.mark.django_db
SAID = {"observed_at": "2026-03-01T10:00:00Z", "values": {"city": "Pune", "tier": "gold"}}


class Put(Api):
    def put(self, path, body, **headers):
        data = json.dumps(body).encode()
        return self.client.put(
            f"/api/v1{path}", data, "application/json", headers=self._with(headers)
        )


def caller(company, code="feed"):
    service = accounts.create_service(
        by=BY, controller_id=company.id, code=code, name=code, purposes=[]
    )
    return service, Put(accounts.issue_key(by=BY, service=service)[1])


@pytest.fixture(autouse=True)
def _fresh_pace(key_file):
    cache.clear()


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def api(lotus):
    """Calls as the service that hands in for `crm`."""
    service, found = caller(lotus)
    systems.change_system(by=BY, system=lotus.source, service_id=service.id)
    return found


def path(person, code="crm"):
    return f"/profiles/{person.id}/records/{code}"


class TestOnePerson:
    def test_values_are_taken_in(self, lotus, asha, api):
        response = api.put(path(asha), SAID)

        assert response.status_code == 200
        assert response.json() == {
            "subject": str(asha.id), "status": "recorded", "recorded": 2, "refreshed": 0,
            "removed": 0, "unchanged": 0, "older": 0, "left_out": [],
        }  # fmt: skip
        assert lotus.known(asha) == SAID["values"]

    def test_the_same_again_is_no_news(self, asha, api):
        api.put(path(asha), SAID)

        response = api.put(path(asha), SAID)

        assert (response.json()["status"], response.json()["unchanged"]) == ("unchanged", 2)

    def test_a_key_makes_repeating_safe(self, lotus, asha, api):
        first = api.put(path(asha), SAID, idempotency_key="k1")
        lotus.take(asha, city=None, at=lotus_time())

        again = api.put(path(asha), SAID, idempotency_key="k1")

        assert again.json() == first.json()

    def test_one_value_may_have_been_seen_at_another_time(self, lotus, asha, api):
        api.put(path(asha), SAID)

        seen = {"tier": {"observed_at": "2026-02-01T10:00:00Z", "verified_by": "kyc"}}
        response = api.put(
            path(asha),
            {
                "observed_at": "2026-03-02T10:00:00Z", "seen": seen,
                "values": {"city": "Agra", "tier": "silver"},
            },
        )  # fmt: skip

        assert (response.json()["recorded"], response.json()["older"]) == (1, 1)
        assert lotus.known(asha) == {"city": "Agra", "tier": "gold"}

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"values": {}}, ("/values", "size")),
            ({"values": []}, ("/values", "form")),
            ({"values": {f"a{n}": 1 for n in range(201)}}, ("/values", "size")),
            ({"values": None}, ("/values", "null")),
            ({"observed_at": "2026-03-01T10:00:00"}, ("/observed_at", "form")),
            ({"verified_by": "by hand"}, ("/verified_by", "invalid")),
            ({"seen": {"city": {"when": "x"}}}, ("/seen/city/when", "unknown_member")),
            ({"source": "crm"}, ("/source", "unknown_member")),
        ],
    )
    def test_a_body_that_is_malformed(self, asha, api, change, fault):
        assert fault in pointers(api.put(path(asha), {**SAID, **change}))

    @pytest.mark.parametrize(
        ("values", "status", "code", "pointer"),
        [
            ({"city": 12}, 422, "value_mistyped", "/values/city"),
            ({"city": "asha" * 99}, 422, "value_too_long", "/values/city"),
            ({"asha@example.in": "x"}, 422, "attribute_unknown", "/values"),
            ({"tier": "CRM-20417"}, 422, "value_not_a_choice", "/values/tier"),
            ({"tier": {"a": 1}}, 422, "value_mistyped", "/values/tier"),
        ],
    )
    def test_values_that_do_not_fit(self, asha, api, values, status, code, pointer):
        body = problem(api.put(path(asha), {"values": values}), status, code)

        assert body["errors"][0]["pointer"] == pointer
        assert not ProfileRecord.objects.exists()

    @pytest.mark.req("P8")
    def test_a_person_who_is_erased(self, asha, api):
        subjects.set_standing(by=BY, subject=asha, state="erased")

        problem(api.put(path(asha), SAID), 409, "subject_erased")

    @pytest.mark.req("P9")
    def test_another_companys_person_and_source(self, asha, api):
        tulip = make("tulip", "NL")
        source(tulip.controller, "web")

        problem(api.put(path(tulip.person()), SAID), 404, "subject_unknown")
        problem(api.put(path(asha, "web"), SAID), 404, "system_unknown")

    def test_another_service_learns_not_even_who_exists(self, lotus, asha, api):
        _, other = caller(lotus, "other")
        before = EntryIndex.objects.count()

        for person in (asha, make("tulip", "NL").person()):
            problem(other.put(path(person), SAID), 403, "source_not_yours")
        assert not ProfileRecord.objects.exists()
        assert EntryIndex.objects.filter(event="profile:recorded").count() == 0 < before

    def test_nobody_without_a_key(self, asha):
        problem(Put("").put(path(asha), SAID), 401, "not_authenticated")


class TestMany:
    def bulk(self, api, *items, code="crm"):
        return api.post("/profiles/records", {"source": code, "items": list(items)})

    def test_each_stands_for_itself(self, lotus, asha, api):
        gone = lotus.person("CRM-3")
        subjects.set_standing(by=BY, subject=gone, state="erasing")
        ravi = lotus.person("CRM-2")

        response = self.bulk(
            api,
            {"subject": str(asha.id), **SAID},
            {"subject": "CRM-9", "scheme": "crm", **SAID},
            {"subject": "CRM-2", "scheme": "crm", "values": {"city": "Agra"}},
            {"subject": "CRM-2", "scheme": "crm", "values": {"city": 7}},
            {"subject": str(gone.id), **SAID},
        )

        items = response.json()["items"]
        assert [one["status"] for one in items] == [
            "recorded", "refused", "recorded", "refused", "refused",
        ]  # fmt: skip
        assert [one.get("code") for one in items] == [
            None, "subject_unknown", None, "value_mistyped", "subject_erased",
        ]  # fmt: skip
        assert items[3]["field"] == "values.city"
        assert lotus.known(ravi) == {"city": "Agra"}

    def test_an_erased_category_is_left_out_and_said(self, lotus, asha, api):
        subjects.set_standing(
            by=BY, subject=asha, state="erased", scope_type="category", scope="pd:City"
        )

        response = self.bulk(api, {"subject": str(asha.id), **SAID})

        assert response.json()["items"][0]["left_out"] == ["city"]
        assert lotus.known(asha) == {"tier": "gold"}

    def test_no_more_than_a_thousand(self, api):
        item = {"subject": "CRM-1", "scheme": "crm", "values": {"city": "P"}}

        assert ("/items", "max_length") in pointers(self.bulk(api, *[item] * 1001))

    def test_a_malformed_item_refuses_the_request(self, asha, api):
        faults = pointers(
            self.bulk(api, {"subject": str(asha.id), **SAID}, {"subject": str(asha.id)})
        )

        assert faults == {("/items/1/values", "required")}
        assert not ProfileRecord.objects.exists()


def lotus_time():
    from tests.profiles.intake_world import LATER

    return LATER
