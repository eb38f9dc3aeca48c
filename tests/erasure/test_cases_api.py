"""Erasure cases over the management API."""

import pytest
from django.test import Client

from accounts import services as accounts
from audit.models import EntryIndex
from erasure.models import Case
from subjects import readable
from subjects import selectors as subjects
from tests.erasure import cases_world
from tests.factories.company import AUTHOR, OFFERS, company

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-01")]
URL = "/api/v1/erasure-cases"


def served(slug="lotus"):
    """A company with a service that deals with people's rights, and one system."""
    found = company(slug)
    service = accounts.create_service(
        by=AUTHOR, controller_id=found.id, code="helpdesk", name="Help desk",
        purposes=["sys.rights"],
    )  # fmt: skip
    _key, secret = accounts.issue_key(by=AUTHOR, service=service)
    found.rights = {"Authorization": f"Bearer {secret}"}
    cases_world.system(found, "crm", holds=["pd:EmailAddress"])
    return found


@pytest.fixture
def lotus(db):
    return served()


@pytest.fixture
def asha(lotus):
    found = lotus.person()
    lotus.yes(found)
    return found


def post(house, path="", key=None, headers=None, **said):
    sent = {**(headers or house.rights), **({"Idempotency-Key": key} if key else {})}
    return Client().post(f"{URL}{path}", said, content_type="application/json", headers=sent)


def get(house, path="", **query):
    return Client().get(f"{URL}{path}", query, headers=house.rights)


def opened(house, person, **more):
    return post(house, subject=str(person.id), **{"reference": "letter-1", **more})


class TestOpening:
    def test_opens_a_case_and_denies_at_once(self, lotus, asha):
        made = opened(lotus, asha)

        assert (made.status_code, made.json()["state"]) == (201, "running")
        assert readable.stands_so(lotus.id, asha.id, ["erasing"])

    def test_twice_under_one_reference_is_one_case(self, lotus, asha):
        first, again = opened(lotus, asha), opened(lotus, asha)

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]

    def test_what_another_case_does_is_joined_to_it(self, lotus, asha):
        first, other = opened(lotus, asha).json(), opened(lotus, asha, reference="other").json()

        assert other["joined_into"] == first["id"]

    def test_with_one_key_it_has_one_effect(self, lotus, asha):
        said = {"subject": str(asha.id), "reference": "letter-9"}

        first, again = (post(lotus, key="k", **said) for _ in range(2))

        assert first.json() == again.json()
        assert Case.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"scope_type": "purpose", "scope": "no.such"}, "case_scope_unknown"),
         ({"verb": "correct"}, "correction_empty"), ({"verb": "burn"}, "malformed"),
         ({"reference": ""}, "malformed"), ({"extra": 1}, "malformed"),
         ({"received_at": "2199-01-01T00:00:00Z"}, "case_received_in_future")],
    )  # fmt: skip
    def test_bad_input_opens_nothing(self, lotus, asha, change, code):
        found = opened(lotus, asha, **change)

        assert found.status_code in (400, 422)
        assert code in (found.json()["code"], "malformed")
        assert not Case.objects.exists()

    @pytest.mark.req("ERA-17")
    def test_a_correction_is_right_here_at_once(self, lotus, asha):
        given = {"verb": "correct", "values": {"email": "asha.r@example.in"}}

        found, again = opened(lotus, asha, **given), opened(lotus, asha, **given)

        assert (found.status_code, again.status_code) == (201, 200)
        assert {one.text for one in subjects.reveal(asha)} == {"asha.r@example.in"}
        assert Case.objects.get().verb == "correct"

    def test_a_service_without_the_purpose_may_not(self, lotus, asha):
        found = post(lotus, headers=lotus.headers, subject=str(asha.id), reference="r")

        assert (found.status_code, found.json()["code"]) == (403, "purpose_not_registered")
        assert not Case.objects.exists()


class TestRehearsing:
    def test_says_what_would_happen_and_changes_nothing(self, lotus, asha):
        found = post(lotus, "/dry-run", subject=str(asha.id)).json()

        assert {one["system"] for one in found["elements"]} == {"crm", "sammati"}
        assert "erase" in {one["fate"] for one in found["elements"]}
        assert found["review"] == ""
        assert not Case.objects.exists()

    @pytest.mark.req("ERA-06")
    def test_says_who_would_be_told_by_whom(self, lotus, asha):
        cases_world.system(lotus, "club", verbs=["erase"], holds=["pd:EmailAddress"])

        found = post(lotus, "/dry-run", subject=str(asha.id), verb="restrict").json()

        ways = {one["system"]: one["how"] for one in found["told"]}
        assert ways == {"crm": "call", "club": "by_hand", "sammati": "call"}
        assert {one["fate"] for one in found["elements"]} == {"restrict"}

    def test_of_one_purpose_too(self, lotus, asha):
        found = post(lotus, "/dry-run", subject=str(asha.id), scope_type="purpose", scope=OFFERS)

        assert found.status_code == 200

    @pytest.mark.req("P11")
    def test_is_recorded(self, lotus, asha):
        post(lotus, "/dry-run", subject=str(asha.id))

        assert EntryIndex.objects.get(event="record:read").subject_id == asha.id


class TestLooking:
    def test_one_case_is_shown_with_its_steps(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]

        found = get(lotus, f"/{made}").json()

        assert [one["system"] for one in found["steps"]] == ["crm", "sammati"]
        assert len(found["plan_sha256"]) == 64

    def test_cases_are_listed_page_by_page(self, lotus):
        people = [lotus.person(f"p{number}@example.in") for number in range(3)]
        made = [opened(lotus, one).json()["id"] for one in people]

        first = get(lotus, limit=2).json()
        rest = get(lotus, limit=2, before=first["next_before"]).json()

        listed = [one["id"] for page in (first, rest) for one in page["items"]]
        assert listed == sorted(made, reverse=True)
        assert rest["next_before"] is None

    @pytest.mark.req("P11")
    def test_the_reading_is_recorded_about_each(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]

        get(lotus)
        get(lotus, f"/{made}")

        entries = EntryIndex.objects.filter(event="record:read")
        assert {one.subject_id for one in entries} == {asha.id}
        assert entries.count() == 2

    @pytest.mark.req("P9")
    def test_of_another_company_nothing_is_known(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]
        rose = served("rose")

        assert get(rose).json()["items"] == []
        assert get(rose, f"/{made}").status_code == 404
        assert get(rose, f"/{made}/certificate").status_code == 404
        assert post(rose, f"/{made}/cancel", reason="No").status_code == 404
        assert opened(rose, asha).status_code == 404
        assert post(rose, "/dry-run", subject=str(asha.id)).status_code == 404


class TestCallingOff:
    def test_ends_a_case_nobody_was_told_of(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]

        found = post(lotus, f"/{made}/cancel", reason="The wrong person.")

        assert (found.status_code, found.json()["state"]) == (200, "cancelled")

    def test_needs_a_reason(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]

        assert post(lotus, f"/{made}/cancel", reason=" ").status_code == 422

    def test_there_is_no_certificate_before_the_end(self, lotus, asha):
        made = opened(lotus, asha).json()["id"]

        assert get(lotus, f"/{made}/certificate").json()["code"] == "certificate_missing"
