from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import MAPS, OFFERS, SURVEYS

PATH = "/consents"


@pytest.mark.req("P11")
def test_it_works(api, asha, lotus, entries):
    event = lotus.yes(asha)

    response = api.get(PATH, {"subject": asha.id})

    assert response.status_code == 200
    body = response.json()
    assert body["subject"] == str(asha.id)
    offers, surveys = body["states"]
    assert (offers["purpose"], offers["state"], offers["is_valid"]) == (OFFERS, "given", True)
    assert (offers["event"], offers["notice"]) == (str(event.id), str(lotus.notice.id))
    assert (surveys["purpose"], surveys["state"], surveys["event"]) == (SURVEYS, "unknown", None)
    (entry,) = entries("record:read")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


def test_one_purpose_can_be_asked_for(api, asha, lotus):
    lotus.yes(asha)

    body = api.get(PATH, {"subject": asha.id, "purpose": SURVEYS}).json()

    assert [one["purpose"] for one in body["states"]] == [SURVEYS]


def test_only_registered_purposes_are_shown(api, asha, lotus):
    lotus.yes(asha, MAPS)

    assert MAPS not in api.get(PATH, {"subject": asha.id}).content.decode()
    problem(api.get(PATH, {"subject": asha.id, "purpose": MAPS}), 403, "purpose_not_registered")


def test_new_words_make_a_yes_stale(api, asha, lotus):
    lotus.yes(asha)
    lotus.republish()

    assert api.get(PATH, {"subject": asha.id}).json()["states"][0]["is_stale"] is True


def test_an_ended_consent_reads_expired(api, asha, lotus):
    ends = timezone.now() + timedelta(hours=1)
    lotus.yes(asha, expires_at=ends)

    with time_machine.travel(ends + timedelta(seconds=1)):
        (offers, _) = api.get(PATH, {"subject": asha.id}).json()["states"]

    assert (offers["state"], offers["is_valid"]) == ("expired", False)


class TestETag:
    def test_an_unchanged_answer_is_not_sent_again_but_recorded(self, api, asha, lotus, entries):
        lotus.yes(asha)
        first = api.get(PATH, {"subject": asha.id})

        second = api.get(PATH, {"subject": asha.id}, If_None_Match=first.headers["ETag"])

        assert (second.status_code, second.content) == (304, b"")
        assert second.headers["ETag"] == first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert len(entries("record:read")) == 2

    @pytest.mark.parametrize("held", ['"other"', 'W/"other", "more"', "rubbish"])
    def test_another_answer_is_sent(self, api, asha, held):
        assert api.get(PATH, {"subject": asha.id}, If_None_Match=held).status_code == 200

    def test_a_withdrawal_changes_it(self, api, asha, lotus):
        lotus.yes(asha)
        tag = api.get(PATH, {"subject": asha.id}).headers["ETag"]
        api.post("/consents/withdraw", house.least(asha))

        response = api.get(PATH, {"subject": asha.id}, If_None_Match=f"W/{tag}")

        assert response.status_code == 200
        assert response.json()["states"][0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({}, ("/subject", "required")),
        ({"subject": "asha@example.in"}, ("/subject", "invalid")),
        ({"subject": ["1", "2"]}, ("/subject", "repeated")),
        ({"subject": "0" * 32}, ("/subject", "invalid")),
    ],
)
def test_a_wrong_query_is_refused(api, query, fault):
    assert pointers(api.get(PATH, query)) == {fault}


def test_identifiers_have_no_place_in_a_url(api, asha):
    query = {"subject": asha.id, "scheme": "email"}

    assert pointers(api.get(PATH, query)) == {("/scheme", "unknown_member")}


def test_an_unknown_person_is_not_found(api, lotus, unchanged):
    unchanged()

    unknown = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
    problem(api.get(PATH, {"subject": unknown}), 404, "subject_unknown")
