"""What services report: recorded whatever it is, held against the decision, values sealed."""

import base64
import json
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.alarms import open_alarms
from audit.models import EntryIndex, Payload
from audit.selectors import payload
from subjects import services as subjects
from tests.api import house
from tests.api.house import pointers, problem
from tests.api.reports import AI, BOTH, PROCESSING, entry, told, use
from tests.factories.decisions import recorded, soon
from tests.portal.world import AUTHOR, OFFERS, SURVEYS, purpose

pytestmark = pytest.mark.req("AUD-08")

EVENTS = {PROCESSING: "processing:reported", AI: "ai:decided"}


@BOTH
class TestARecordedReport:
    def test_is_one_entry_backed_by_its_decision(self, api, asha, service, permit, path, entries):
        response = api.post(path, use(path, asha, permit))

        (row,) = entries(EVENTS[path])
        assert told(response) == {
            "id": str(row.id), "outcome": "backed", "reasons": [], "values_lost": False,
        }  # fmt: skip
        assert (row.actor_type, row.actor_id) == ("service", str(service.id))
        assert (row.target_type, row.target_id) == ("decision", str(permit))
        assert (row.subject_id, row.purpose) == (asha.id, OFFERS)
        assert (row.outcome, row.reason_code) == ("backed", "")
        assert row.retention_class == {PROCESSING: "rc2", AI: "rc3"}[path]
        assert not open_alarms([row.controller_id]).exists()

    def test_says_on_what_the_decision_rested(self, api, asha, permit, path):
        said = payload(entry(api.post(path, use(path, asha, permit))).id)["data"]

        assert said["decision"]["id"] == str(permit)
        assert said["decision"]["basis"] == {"IN": "consent"}
        assert said["decision"]["reasons"][0]["code"] == "PERMIT_IN:consent"
        assert said["names"]["controller"] == "Lotus Bazaar"
        assert said["names"]["purpose"] == "Offers by e-mail"

    def test_names_the_person_by_pseudonym_alone(self, api, asha, permit, path):
        row = entry(api.post(path, use(path, "asha@example.in", permit, scheme="email")))

        body = bytes(Payload.objects.get(id=row.id).body).decode()
        assert row.subject_id == asha.id
        assert json.loads(body)["subject"] == str(asha.pseudonym)
        assert str(asha.id) not in body
        assert "asha" not in body

    def test_comes_from_the_service_of_the_key_whatever_the_body_says(self, api, asha, path):
        found = pointers(api.post(path, use(path, asha, service="other")))

        assert found == {("/service", "unknown_member")}

    def test_is_written_once_for_one_idempotency_key(self, api, asha, permit, path, entries):
        body = use(path, asha, permit)

        first, second = (api.post(path, body, Idempotency_Key="case-7") for _ in range(2))

        assert first.content == second.content
        assert len(entries(EVENTS[path])) == 1
        problem(
            api.post(path, {**body, "started_at": soon(-1)}, Idempotency_Key="case-7"),
            422, "idempotency_key_reused",
        )  # fmt: skip

    def test_is_refused_whole_when_the_log_cannot_be_written(
        self, api, asha, permit, path, broken_log, unchanged
    ):
        unchanged()

        with broken_log:
            response = api.post(path, use(path, asha, permit))

        assert response.status_code in {500, 503}


@BOTH
class TestAnUnbackedUse:
    """Each is accepted: what happened must be known, most of all where it was not allowed."""

    def reasons(self, response, entries=None):
        found = told(response)
        assert found["outcome"] == "unbacked"
        row = EntryIndex.objects.get(id=found["id"])
        assert (row.outcome, row.reason_code) == ("unbacked", found["reasons"][0])
        assert payload(row.id)["data"]["gaps"] == found["reasons"]
        (alarm,) = open_alarms([row.controller_id])
        assert alarm.kind == "unbacked_use"
        assert found["reasons"][0] in alarm.detail
        return found["reasons"]

    def test_without_a_decision(self, api, asha, path):
        assert self.reasons(api.post(path, use(path, asha))) == ["DECISION_MISSING"]

    def test_with_a_decision_nobody_made(self, api, asha, path):
        response = api.post(path, use(path, asha, uuid.UUID(int=7)))

        assert self.reasons(response) == ["DECISION_UNKNOWN"]

    def test_with_an_entry_that_is_no_decision(self, api, asha, path, lotus, entries):
        lotus.yes(asha)
        other = entries("consent:given")[0].id

        assert self.reasons(api.post(path, use(path, asha, other))) == ["DECISION_UNKNOWN"]

    def test_with_a_denial(self, api, asha, lotus, service, path):
        denial = recorded(lotus.id, service.id, asha, given=False)

        assert self.reasons(api.post(path, use(path, asha, denial))) == ["DECISION_DENIED"]

    def test_after_the_permit_had_expired(self, api, asha, permit, path, lotus, service):
        old = recorded(lotus.id, service.id, asha, at=datetime.now(UTC) - timedelta(seconds=61))

        response = api.post(path, use(path, asha, old))

        assert self.reasons(response) == ["DECISION_EXPIRED"]

    def test_before_the_permit_was_given(self, api, asha, permit, path):
        response = api.post(path, use(path, asha, permit, started_at=soon(-60)))

        assert self.reasons(response) == ["DECISION_TOO_LATE"]

    def test_for_another_purpose(self, api, asha, permit, path):
        response = api.post(path, use(path, asha, permit, purpose=SURVEYS))

        assert self.reasons(response) == ["DECISION_OTHER_PURPOSE"]

    def test_about_another_person(self, api, lotus, permit, path):
        ravi = lotus.person("ravi@example.in")

        response = api.post(path, use(path, ravi, permit))

        assert self.reasons(response) == ["DECISION_OTHER_SUBJECT"]

    def test_by_another_service(self, lotus, asha, permit, path):
        other = house.caller(lotus, code="other")

        response = other.post(path, use(path, asha, permit))

        assert self.reasons(response) == ["DECISION_OTHER_SERVICE"]

    def test_for_a_purpose_the_service_is_not_registered_for(self, lotus, asha, path):
        other = house.caller(lotus, code="other", purposes=())

        assert self.reasons(other.post(path, use(path, asha))) == ["DECISION_MISSING"]

    def test_with_every_fault_says_them_all(self, api, lotus, path, service):
        ravi = lotus.person("ravi@example.in")
        other = house.service(lotus, code="other")
        long_ago = datetime.now(UTC) - timedelta(days=2)
        theirs = recorded(lotus.id, other.id, ravi, at=long_ago)

        asha = lotus.person("asha2@example.in")
        response = api.post(path, use(path, asha, theirs, purpose=SURVEYS))

        assert self.reasons(response) == [
            "DECISION_OTHER_SERVICE", "DECISION_OTHER_SUBJECT", "DECISION_OTHER_PURPOSE",
            "DECISION_EXPIRED",
        ]  # fmt: skip


@BOTH
@pytest.mark.req("P9")
class TestAnotherCompany:
    def test_its_decisions_are_decisions_of_nobody(
        self, api, asha, tulip, bela, path, service, entries
    ):
        """Even one that would fit in all else: nothing tells that it exists."""
        theirs = recorded(tulip.id, service.id, asha)

        foreign = told(api.post(path, use(path, asha, theirs)))
        nothing = told(api.post(path, use(path, asha, uuid.UUID(int=7))))

        assert {**foreign, "id": ""} == {**nothing, "id": ""}
        assert foreign["reasons"] == ["DECISION_UNKNOWN"]
        assert {row.reason_code for row in entries(EVENTS[path])} == {"DECISION_UNKNOWN"}
        assert not open_alarms([tulip.id]).exists()

    def test_its_people_are_nobody(self, api, bela, tulip, permit, path, unchanged):
        unchanged()

        foreign = problem(api.post(path, use(path, bela)), 404, "subject_unknown")
        nothing = problem(api.post(path, use(path, uuid.UUID(int=7))), 404, "subject_unknown")
        named = api.post(path, use(path, "bela@example.in", scheme="email"))

        assert {**foreign, "request_id": ""} == {**nothing, "request_id": ""}
        problem(named, 404, "subject_unknown")

    def test_its_purposes_are_unknown(self, api, tulip, asha, path, unchanged):
        purpose(tulip.controller, "tulip.only", ("Tulip", "Only Tulip."))
        unchanged()

        problem(api.post(path, use(path, asha, purpose="tulip.only")), 422, "purpose_unknown")


@pytest.mark.req("P10")
class TestValues:
    VALUES = {"pd:EmailAddress": "asha@example.in", "pd:City": "ज़रूर"}

    def body(self, path, person, permit=None):
        return use(path, person, permit, data=["pd:EmailAddress", "pd:City"], values=self.VALUES)

    @BOTH
    def test_are_kept_sealed_and_nowhere_in_clear(self, api, asha, permit, path, superuser, caplog):
        row = entry(api.post(path, self.body(path, asha, permit)))

        sealed = payload(row.id)["data"]["sealed"]
        assert b"asha" not in base64.b64decode(sealed)
        stored = bytes(Payload.objects.get(id=row.id).body)
        index = str(EntryIndex.objects.filter(id=row.id).values().get())
        for place in (stored.decode(), index, caplog.text):
            assert "asha@example.in" not in place
            assert "ज़रूर" not in place

    @BOTH
    def test_are_not_kept_where_the_key_is_destroyed(self, api, asha, path):
        subjects.destroy_key(by=AUTHOR, subject=asha)

        found = told(api.post(path, self.body(path, asha)))

        said = payload(uuid.UUID(found["id"]))
        assert found["values_lost"] is True
        assert "sealed" not in said["data"]
        assert "subject" not in said


MANY = 1000


@BOTH
class TestMany:
    def items(self, lotus, service, path, count, **more):
        crowd = [lotus.person(f"p{n}@example.in") for n in range(3)]
        permits = [recorded(lotus.id, service.id, one) for one in crowd]
        return [
            use(path, crowd[n % 3], permits[n % 3] if n % 2 else None, **more)
            for n in range(count)
        ]  # fmt: skip

    def test_are_told_each_in_their_order(self, api, lotus, service, path, entries):
        items = self.items(lotus, service, path, 4)

        found = told(api.post(path, {"items": items}))["items"]

        assert [one["outcome"] for one in found] == ["unbacked", "backed", "unbacked", "backed"]
        assert [one["id"] for one in found] == [str(row.id) for row in entries(EVENTS[path])[::-1]]
        (alarm,) = open_alarms([lotus.id])
        assert alarm.detail == "2 of 4: DECISION_MISSING 2"

    def test_take_as_many_statements_as_a_few(self, api, lotus, service, path):
        values = {"data": ["pd:City"], "values": {"pd:City": "Pune"}}
        items = self.items(lotus, service, path, MANY, **values)
        told(api.post(path, {"items": items[:1]}))  # opens the alarm, which is an entry of its own
        counts = {}
        for count in (30, MANY):
            with CaptureQueriesContext(connection) as seen:
                started = time.process_time()  # not what other tests take
                response = api.post(path, {"items": items[:count]})
                seconds = time.process_time() - started
            assert len(told(response)["items"]) == count
            counts[count] = len(seen)

        assert counts[MANY] == counts[30]
        assert seconds < 2

    def test_are_recorded_all_or_none(self, api, lotus, bela, service, path, unchanged):
        items = self.items(lotus, service, path, 5)
        items[1]["subject"] = str(bela.id)
        items[3]["purpose"] = "no.such"
        items[4] |= {"subject": "asha", "scheme": "email"}
        unchanged()

        body = problem(api.post(path, {"items": items}), 422, "invalid")

        assert [(one["pointer"], one["code"]) for one in body["errors"]] == [
            ("/items/1/subject", "subject_unknown"), ("/items/3/purpose", "purpose_unknown"),
            ("/items/4/value", "malformed_identifier"),
        ]  # fmt: skip

    def test_point_at_the_malformed_among_them(self, api, asha, path, unchanged):
        items = [use(path, asha) for _ in range(3)]
        items[2] |= {"purpose": "No such", "started_at": "now"}
        unchanged()

        assert pointers(api.post(path, {"items": items})) == {
            ("/items/2/purpose", "invalid"), ("/items/2/started_at", "form"),
        }  # fmt: skip

    def test_are_not_none_and_not_too_many(self, api, asha, path, unchanged):
        least = {"subject": str(asha.id)}
        unchanged()

        for items, code in (([], "min_length"), ([least] * 1001, "max_length")):
            assert pointers(api.post(path, {"items": items})) == {("/items", code)}

    def test_stand_alone_under_items(self, api, asha, path, unchanged):
        unchanged()

        response = api.post(path, {**use(path, asha), "items": [use(path, asha)]})

        assert ("/subject", "unknown_member") in pointers(response)
