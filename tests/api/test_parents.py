"""Naming and verifying parents, and reporting ages, as services do it."""

import pytest

from audit.models import EntryIndex
from consent.models import ParentalCheck
from subjects.models import Subject
from tests.api.house import least, pointers, problem
from tests.consent.families import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-22")]


@pytest.fixture
def kid(lotus):
    return house.child(lotus)


@pytest.fixture
def mira(lotus):
    return house.mother(lotus)


def naming(kid, mother, **more):
    return {
        "child": str(kid.id), "parent": str(mother.id), "begun_by": "child", "registered": True,
        **more,
    }  # fmt: skip


@pytest.fixture
def named(api, kid, mira):
    return api.post("/parents", naming(kid, mira)).json()["id"]


def check(api, named, method="existing_details", **more):
    return api.post(f"/parents/{named}/check", {"method": method, **more})


class TestNaming:
    def test_answers_with_where_it_stands(self, api, kid, mira):
        response = api.post("/parents", naming(kid, mira))

        assert response.status_code == 201
        body = response.json()
        assert (body["child"], body["state"], body["case"]) == (str(kid.id), "named", 1)
        assert str(mira.id) not in response.content.decode()

    def test_takes_identifiers_of_ones_own(self, api, kid, mira):
        body = naming(kid, mira, parent={"scheme": "email", "value": "mira@example.in"})

        assert api.post("/parents", body).status_code == 201

    def test_repeats_under_its_key(self, api, kid, mira):
        first = api.post("/parents", naming(kid, mira), Idempotency_Key="one")

        assert api.post("/parents", naming(kid, mira), Idempotency_Key="one").json() == first.json()
        assert ParentalCheck.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"begun_by": "aunt"}, ("/begun_by", "invalid_choice")),
            ({"registered": "yes"}, ("/registered", "invalid")),
            ({"parent": "mira"}, ("/parent", "subject_form")),
            ({"document": "scan"}, ("/document", "unknown_member")),
        ],
    )
    def test_of_a_wrong_form_is_refused(self, api, kid, mira, change, fault, unchanged):
        unchanged()

        assert fault in pointers(api.post("/parents", naming(kid, mira, **change)))

    def test_for_an_adult_is_refused(self, api, asha, mira):
        problem(api.post("/parents", naming(mira, asha)), 409, "parent_not_needed")

    @pytest.mark.req("P9")
    def test_of_people_elsewhere_is_refused(self, api, kid, mira, bela, unchanged):
        unchanged()

        for body in (naming(bela, mira), naming(kid, bela)):
            problem(api.post("/parents", body), 404, "subject_unknown")


class TestChecking:
    def test_verifies_and_the_parent_may_agree(self, api, named, kid, mira):
        found = check(api, named).json()
        assert (found["state"], found["outcome"]) == ("verified", "adult_confirmed")

        body = api.post("/consents", least(kid, given_by="parent", guardian=str(mira.id))).json()

        assert body["guardian_verified"] is True
        assert check(api, named).json() == found

    def test_without_details_is_an_answer_and_no_error(self, api, named, mira):
        Subject.objects.filter(pk=mira.pk).update(age_assurance="declared")

        response = check(api, named)

        assert (response.status_code, response.json()["state"]) == (200, "refused")

    def test_by_a_token_keeps_none(self, api, named, settings):
        settings.PARENT_TOKEN_ISSUER = house.ISSUER

        response = check(api, named, "virtual_token", token=house.GOOD)

        assert response.json()["state"] == "verified"
        assert house.GOOD not in response.content.decode()

    def test_without_an_issuer_is_trouble_of_ours(self, api, named):
        response = check(api, named, "virtual_token", token=house.GOOD)

        problem(response, 503, "verifier_unavailable")
        assert house.GOOD not in response.content.decode()

    @pytest.mark.parametrize(
        ("body", "fault"),
        [
            ({"method": "voluntary_details"}, ("/method", "invalid_choice")),
            ({}, ("/method", "required")),
            (
                {"method": "existing_details", "passport": "Z1234567"},
                ("/passport", "unknown_member"),
            ),
            ({"method": "virtual_token", "token": "x" * 4001}, ("/token", "max_length")),
            ({"method": "virtual_token", "token": 7}, ("/token", "invalid")),
        ],
    )
    def test_of_a_wrong_form_is_refused(self, api, named, body, fault):
        assert fault in pointers(api.post(f"/parents/{named}/check", body))
        assert ParentalCheck.objects.get().state == "named"

    def test_of_one_that_is_over_is_refused(self, api, named):
        ParentalCheck.objects.update(lapses_at="2026-01-01T00:00Z")

        problem(check(api, named), 409, "parent_check_closed")

    @pytest.mark.req("P9")
    def test_elsewhere_is_not_found(self, api, lotus, tulip, mira):
        foreign = house.name(tulip, house.child(tulip), house.mother(tulip))

        problem(check(api, foreign.id), 404, "parent_check_missing")
        problem(api.get(f"/parents/{foreign.id}"), 404, "parent_check_missing")

    @pytest.mark.req("P11")
    def test_reading_one_is_recorded(self, api, named, kid):
        reads = EntryIndex.objects.filter(event="record:read", subject_id=kid.id)
        before = reads.count()

        assert api.get(f"/parents/{named}").json()["id"] == named

        assert (
            EntryIndex.objects.filter(event="record:read", subject_id=kid.id).count() == before + 1
        )


class TestAges:
    def report(self, api, person, **said):
        given = {"age_state": "child", "age_assurance": "declared", **said}
        return api.post("/ages", {"subject": str(person.id), **given})

    def test_a_day_of_birth_is_reckoned_with_and_not_kept(self, api, asha):
        body = self.report(api, asha, born_on="2012-02-29").json()

        assert body["adult_on"] == "2030-03-01"
        assert Subject.objects.get(pk=asha.pk).age_state == "child"

    def test_a_childs_word_makes_no_adult(self, api, kid):
        response = self.report(api, kid, age_state="adult")

        problem(response, 409, "age_step_refused")
        assert self.report(api, kid, age_state="adult", age_assurance="verified").status_code == 200

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"age_state": "unknown"}, ("/age_state", "invalid_choice")),
            ({"age_assurance": "sure"}, ("/age_assurance", "invalid_choice")),
            ({"born_on": "2012-02-30"}, ("/born_on", "form")),
            ({"born_on": "2012-02-01", "adult_on": "2030-02-01"}, ("/born_on", "twice")),
            ({"passport": "Z1234567"}, ("/passport", "unknown_member")),
        ],
    )
    def test_of_a_wrong_form_is_refused(self, api, asha, said, fault, unchanged):
        unchanged()

        assert fault in pointers(self.report(api, asha, **said))

    @pytest.mark.req("P9")
    def test_of_people_elsewhere_is_refused(self, api, bela, unchanged):
        unchanged()

        problem(self.report(api, bela), 404, "subject_unknown")
