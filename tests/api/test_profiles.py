"""Reading profiles through the management API."""

import uuid

import pytest

from audit.models import EntryIndex
from tests.api.house import Api, problem
from tests.factories.company import OFFERS
from tests.factories.profiles import BRANCH, CAMPAIGN, VALUES, house, rule


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.seat(found.service)
    found.shows(rule("show", attribute="email"), rule("region", attribute="home"))
    return found


@pytest.fixture
def api(lotus):
    return Api(lotus.company.secret)


def get(api, person, **query):
    return api.get(f"/profiles/{getattr(person, 'id', person)}", {"purpose": OFFERS, **query})


class TestOne:
    @pytest.mark.req("PRO-01", "P11")
    def test_it_works(self, api, lotus):
        person = lotus.person()

        response = get(api, person)

        assert response.status_code == 200, response.content
        found = response.json()
        fields = {one["code"]: one for one in found["fields"]}
        assert (found["role"], found["decision"]["permit"]) == (BRANCH, True)
        assert fields["email"]["value"] == VALUES["email"]
        assert (fields["home"]["value"], fields["home"]["why"]) == ("Kerala", "masked")
        assert (fields["income"]["value"], fields["income"]["why"]) == (None, "role")
        assert response.headers["Cache-Control"] == "no-store"
        entry = EntryIndex.objects.get(event="record:viewed")
        assert (entry.subject_id, entry.purpose) == (person.id, OFFERS)

    def test_the_purpose_must_be_said(self, api, lotus):
        problem(api.get(f"/profiles/{lotus.person().id}"), 400, "invalid")

    def test_a_purpose_the_service_is_not_registered_for_is_refused(self, api, lotus):
        found = get(api, lotus.person(), purpose="health.research")

        problem(found, 403, "purpose_not_registered")

    def test_without_a_seat_nothing_is_read(self, api, lotus):
        problem(get(api, lotus.person(), role=CAMPAIGN), 403, "no_seat")

    @pytest.mark.req("PRO-06")
    def test_absent_and_restricted_are_the_same_bytes(self, api, lotus):
        hidden = lotus.person()
        lotus.company.stands(hidden, "restricted", reason="contested")

        answers = [get(api, one) for one in (hidden, uuid.UUID(int=7))]

        bodies = [{**one.json(), "request_id": ""} for one in answers]
        assert [one.status_code for one in answers] == [404, 404]
        assert bodies[0] == bodies[1]
        problem(answers[0], 404, "profile_not_found")

    @pytest.mark.parametrize(
        "query",
        [
            {"relation": "stranger"}, {"unit": "no such"}, {"role": "a b"}, {"nonsense": "1"},
            {"case": "Asha Rao\n"}, {"purpose": "No Such"},
        ],
    )  # fmt: skip
    def test_a_malformed_query_is_refused(self, api, lotus, query):
        problem(get(api, lotus.person(), **query), 400, "invalid")


class TestSeveral:
    @pytest.mark.req("PRO-01", "PRO-06")
    def test_who_is_absent_is_left_out(self, api, lotus):
        one, other = lotus.person(), lotus.person("bela@example.in")
        hidden = lotus.person("cara@example.in")
        lotus.company.stands(hidden, "erasing")
        asked = [str(each.id) for each in (other, hidden, one)] + [str(uuid.UUID(int=7))]

        response = api.post("/profiles/list", {"purpose": OFFERS, "subjects": asked})

        assert response.status_code == 200, response.content
        assert [each["subject_id"] for each in response.json()["items"]] == [asked[0], asked[2]]
        assert EntryIndex.objects.filter(event="list:viewed").count() == 2

    @pytest.mark.parametrize("subjects", [[], [str(uuid.UUID(int=7))] * 101, ["x"], "x"])
    def test_a_list_is_of_one_to_a_hundred_ids(self, api, subjects):
        response = api.post("/profiles/list", {"purpose": OFFERS, "subjects": subjects})

        problem(response, 400, "invalid")

    def test_nobody_there_is_an_empty_list_on_record(self, api):
        body = {"purpose": OFFERS, "subjects": [str(uuid.UUID(int=7))]}

        response = api.post("/profiles/list", body)

        assert response.json() == {"items": []}
        assert EntryIndex.objects.get(event="list:viewed").subject_id is None
