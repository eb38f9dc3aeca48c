"""What a report may not be: each fault is told at its place, and nothing is written."""

import pytest

from accounts import services as accounts
from accounts.models import ServiceKey
from audit.selectors import payload
from tests.api import house
from tests.api.house import pointers, problem
from tests.api.reports import AI, BOTH, PROCESSING, entry, told, use
from tests.api.test_bad_input import NO_FORMS
from tests.factories.decisions import soon
from tests.portal.world import AUTHOR

pytestmark = pytest.mark.req("AUD-08")

WRONG = [
    ({"subject": 7}, ("/subject", "invalid")),
    ({"subject": "asha"}, ("/subject", "subject_form")),
    ({"scheme": 7}, ("/scheme", "invalid")),
    ({"purpose": "Asha Nair"}, ("/purpose", "invalid")),
    ({"purpose": None}, ("/purpose", "null")),
    ({"decision_id": "asha"}, ("/decision_id", "invalid")),
    ({"decision_id": None}, ("/decision_id", "null")),
    ({"decision_id": 7}, ("/decision_id", "invalid")),
    ({"started_at": None}, ("/started_at", "null")),
    ({"started_at": "2026-01-01T00:00:00"}, ("/started_at", "form")),
    ({"started_at": 1767225600}, ("/started_at", "form")),
    ({"started_at": "2199-01-01T00:00:00Z"}, ("/started_at", "future")),
    ({"ended_at": "2199-01-01T00:00:00Z"}, ("/ended_at", "future")),
    ({"ended_at": "2001-01-01T00:00:00Z"}, ("/ended_at", "order")),
    ({"data_as_of": "2199-01-01T00:00:00Z"}, ("/data_as_of", "future")),
    ({"data": "pd:City"}, ("/data", "not_a_list")),
    ({"data": ["asha@example.in"]}, ("/data/0", "invalid")),
    ({"data": ["a" * 61]}, ("/data/0", "max_length")),
    ({"data": [7]}, ("/data/0", "invalid")),
    ({"data": ["c"] * 51}, ("/data", "max_length")),
    ({"operations": ["Asha Nair"]}, ("/operations/0", "invalid")),
    ({"recipients": {"a": 1}}, ("/recipients", "not_a_list")),
    ({"values": ["asha"]}, ("/values", "form")),
    ({"values": {"pd:City": 7}}, ("/values", "form")),
    ({"values": {"Asha Nair": "x"}}, ("/values", "form")),
    ({"values": {"pd:City": "x" * 1001}, "data": ["pd:City"]}, ("/values", "size")),
    ({"values": {"pd:City": "asha"}}, ("/values", "category_missing")),
    ({"note": "asha"}, ("/note", "unknown_member")),
]  # fmt: skip
WRONG_AI = [
    ({"model": None}, ("/model", "null")),
    ({"model": {"name": "m"}}, ("/model", "invalid")),
    ({"model_version": 7}, ("/model_version", "invalid")),
    ({"output": "Asha is refused."}, ("/output", "invalid")),
    ({"output": "x" * 101}, ("/output", "max_length")),
    ({"automation_level": "FullAutomation"}, ("/automation_level", "invalid_choice")),
    ({"automation_level": 1}, ("/automation_level", "invalid_choice")),
    ({"score": 0.73}, ("/score", "fraction")),
    ({"score": True}, ("/score", "form")),
    ({"score": "NaN"}, ("/score", "form")),
    ({"score": "1e3"}, ("/score", "form")),
    ({"score": "٣"}, ("/score", "form")),
    ({"score": 10**12}, ("/score", "form")),
    ({"threshold": 1.0}, ("/threshold", "fraction")),
    ({"threshold": None}, ("/threshold", "null")),
    ({"factors": {"name": "x"}}, ("/factors", "not_a_list")),
    ({"factors": [{"name": "x"}]}, ("/factors/0/direction", "required")),
    ({"factors": [{"name": "Asha Nair", "direction": "raised"}]}, ("/factors/0/name", "invalid")),
    ({"factors": [{"name": "x", "direction": "up"}]}, ("/factors/0/direction", "invalid_choice")),
    (
        {"factors": [{"name": "x", "direction": "raised", "weight": 0.5}]},
        ("/factors/0/weight", "fraction"),
    ),
    ({"factors": [{"name": "x", "direction": "raised"}] * 21}, ("/factors", "max_length")),
    ({"reviewer": "Asha Nair"}, ("/reviewer", "invalid")),
    ({"notified": "yes"}, ("/notified", "invalid")),
]
FORMS = [(PROCESSING, WRONG), (AI, [*WRONG, *WRONG_AI])]


class TestBadInput:
    @pytest.mark.parametrize(("path", "wrong"), FORMS, ids=["processing", "ai"])
    def test_a_wrong_member(self, api, asha, path, wrong, unchanged, subtests):
        unchanged()

        for members, fault in wrong:
            with subtests.test(members=str(members)[:60]):
                assert fault in pointers(api.post(path, use(path, asha, **members)))

    def test_a_fraction_is_answered_with_what_to_write(self, api, asha):
        body = problem(api.post(AI, use(AI, asha, score=0.73)), 400, "invalid")

        assert '"0.73"' in body["errors"][0]["message"]

    def test_whole_numbers_and_texts_are_kept_as_texts(self, api, asha):
        row = entry(api.post(AI, use(AI, asha, score=731, threshold="0.60")))

        said = payload(row.id)["data"]
        assert (said["score"], said["threshold"]) == ("731", "0.60")

    def test_a_model_in_a_plain_report_is_no_member(self, api, asha, unchanged):
        unchanged()

        assert ("/model", "unknown_member") in pointers(
            api.post(PROCESSING, use(PROCESSING, asha, model="m"))
        )

    @BOTH
    def test_a_clock_a_little_ahead_is_no_fault(self, api, asha, path):
        told(api.post(path, use(path, asha, started_at=soon(20))))

        assert pointers(api.post(path, use(path, asha, started_at=soon(60)))) == {
            ("/started_at", "future")
        }

    @BOTH
    def test_a_body_that_is_no_form(self, api, path, unchanged, subtests):
        unchanged()
        for number, (raw, status, code) in enumerate(NO_FORMS):
            with subtests.test(number=number):
                problem(api.post(path, raw=raw), status, code)
        problem(api.post(path, raw=b'{"items": [{"purpose": "\\u0000"}]}'), 400, "nul_in_string")
        problem(api.post(path, raw=b'{"items": [], "items": []}'), 400, "duplicate_member")
        assert pointers(api.post(path, {"items": {"0": {}}})) == {("/items", "not_a_list")}
        assert pointers(api.post(path, {"items": ["asha"]})) == {("/items/0", "invalid")}

    @BOTH
    def test_a_key_that_opens_nothing(self, api, asha, path, unchanged, service):
        accounts.revoke_key(by=AUTHOR, key=ServiceKey.objects.get(service=service))
        unchanged()

        problem(api.post(path, use(path, asha)), 401, "authentication_failed")
        problem(house.Api("").post(path, use(path, asha)), 401, "not_authenticated")
