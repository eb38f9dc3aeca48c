"""What strangers may send by mistake or malice: one clear refusal, nothing written, no echo."""

import json

import pytest

from tests.api.house import least, pointers, problem
from tests.portal.world import OFFERS

WRITES = ["/consents", "/consents/withdraw", "/subjects", "/subjects/find"]
ID = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"


NO_FORMS = [
    (b"", 400, "invalid"),
    (b"null", 400, "invalid"),
    (b"[]", 400, "invalid"),
    (b'"asha@example.in"', 400, "invalid"),
    (b"{", 400, "malformed_body"),
    (b'{"subject": "asha@example.in"', 400, "malformed_body"),
    (b"\xff\xfe{}", 400, "malformed_body"),
    (b'{"subject": 1, "subject": "asha"}', 400, "duplicate_member"),
    (b'{"subject": "asha\\u0000"}', 400, "nul_in_string"),
    (b'{"subject": "\\ud800asha"}', 400, "lone_surrogate"),
    (b'{"subject": NaN}', 400, "not_a_number"),
    (b'{"subject": 1e999}', 400, "number_too_large"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "too_deep"),
    (b'{"subject": "' + b"a" * 1_100_000 + b'"}', 413, "body_too_large"),
]


@pytest.mark.parametrize("path", WRITES)
def test_a_body_that_is_no_form(api, path, unchanged, subtests):
    unchanged()

    for number, (raw, status, code) in enumerate(NO_FORMS):
        with subtests.test(number=number):
            problem(api.post(path, raw=raw), status, code)


@pytest.mark.parametrize("path", WRITES)
def test_a_body_of_another_kind(api, path, unchanged, subtests):
    unchanged()

    for kind in ("text/plain", "application/x-www-form-urlencoded", "text/asha", "a/b;c=asha"):
        with subtests.test(kind):
            response = api.post(path, raw=b"subject=asha", kind=kind)
            problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", WRITES)
def test_a_member_nobody_knows(api, path, unchanged):
    unchanged()

    found = pointers(api.post(path, {"expiry": 1, "asha@example.in": 2}))

    assert {("/expiry", "unknown_member"), ("/-", "unknown_member")} == found


WRONG_MEMBERS = [
    ({"subject": 7}, ("/subject", "invalid")),
    ({"subject": None}, ("/subject", "null")),
    ({"subject": ""}, ("/subject", "blank")),
    ({"subject": "asha" * 100}, ("/subject", "max_length")),
    ({"subject": {"scheme": "crm"}}, ("/subject/value", "required")),
    (
        {"subject": {"scheme": "crm", "value": "1"}, "scheme": "crm"},
        ("/scheme", "twice"),
    ),
    ({"scheme": ["crm"]}, ("/scheme", "invalid")),
    ({"scheme": ""}, ("/scheme", "blank")),
    ({"purpose": None}, ("/purpose", "null")),
    ({"purpose": "Asha Nair"}, ("/purpose", "invalid")),
    ({"purpose": "marketing..email"}, ("/purpose", "invalid")),
    ({"purpose": f"{OFFERS}\n"}, ("/purpose", "invalid")),
    ({"purpose": "a" * 101}, ("/purpose", "max_length")),
    ({"method": 7}, ("/method", "invalid")),
    ({"method": True}, ("/method", "invalid")),
    ({"method": "Asha said so"}, ("/method", "invalid")),
    ({"channel": "asha"}, ("/channel", "invalid_choice")),
    ({"channel": ["web"]}, ("/channel", "invalid_choice")),
]


@pytest.mark.parametrize("path", ["/consents", "/consents/withdraw"])
def test_a_wrong_member(api, asha, path, unchanged, subtests):
    unchanged()

    for wrong, fault in WRONG_MEMBERS:
        with subtests.test(wrong=wrong):
            assert fault in pointers(api.post(path, least(asha, **wrong)))


WRONG_IN_CONSENTS = [
    ({"state": "withdrawn"}, ("/state", "invalid_choice")),
    ({"state": "asha"}, ("/state", "invalid_choice")),
    ({"state": None}, ("/state", "null")),
    ({"notice": "asha"}, ("/notice", "invalid")),
    ({"notice": 7}, ("/notice", "invalid")),
    ({"notice": f"urn:uuid:{ID}"}, ("/notice", "invalid")),
    ({"language": "english, please"}, ("/language", "invalid")),
    ({"language": "a" * 30}, ("/language", "max_length")),
    ({"event_at": "2026-01-01T00:00:00"}, ("/event_at", "form")),
    ({"event_at": "2026-01-01"}, ("/event_at", "form")),
    ({"event_at": 1_767_225_600}, ("/event_at", "form")),
    ({"event_at": "2026-02-30T00:00:00Z"}, ("/event_at", "form")),
    ({"event_at": "1969-12-31T23:59:59Z"}, ("/event_at", "range")),
    ({"event_at": "0001-01-01T00:00:00+14:00"}, ("/event_at", "form")),
    ({"expires_at": "9999-12-31T23:59:59-14:00"}, ("/expires_at", "form")),
    ({"expires_at": "2200-01-01T00:00:00Z"}, ("/expires_at", "range")),
    ({"given_by": "asha"}, ("/given_by", "invalid_choice")),
    ({"guardian": "asha"}, ("/guardian", "invalid")),
    ({"categories": "pd:EmailAddress"}, ("/categories", "not_a_list")),
    ({"categories": ["where asha lives"]}, ("/categories/0", "invalid")),
    ({"categories": ["pd:A"] * 51}, ("/categories", "max_length")),
    ({"evidence": {"authority": "asha's father"}}, ("/evidence/authority", "invalid")),
    ({"explicit": "true"}, ("/explicit", "invalid")),
    ({"explicit": 1}, ("/explicit", "invalid")),
    ({"evidence": "asha"}, ("/evidence", "invalid")),
    ({"evidence": {"note": "asha"}}, ("/evidence/note", "unknown_member")),
    ({"evidence": {"operator": "asha@example.in"}}, ("/evidence/operator", "invalid")),
    ({"evidence": {"session": "x" * 201}}, ("/evidence/session", "max_length")),
    ({"evidence": {"source": {"asha": 1}}}, ("/evidence/source", "invalid")),
    ({"evidence": {"ip": "203.0.113.300"}}, ("/evidence/ip", "ip_address")),
    ({"evidence": {"ip": "fe80::1%eth0"}}, ("/evidence/ip", "ip_address")),
    ({"evidence": {"ip": "203.0.113.0/24"}}, ("/evidence/ip", "ip_address")),
    ({"evidence": {"ip": 3405803853}}, ("/evidence/ip", "invalid")),
]


def test_a_wrong_member_of_a_consent(api, asha, unchanged, subtests):
    unchanged()

    for wrong, fault in WRONG_IN_CONSENTS:
        with subtests.test(wrong=wrong):
            assert fault in pointers(api.post("/consents", least(asha, **wrong)))


def test_every_fault_is_told_at_once(api, asha):
    wrong = least(asha, method="Asha said so", language="?", explicit="no")

    found = {pointer for pointer, _ in pointers(api.post("/consents", wrong))}

    assert found == {"/method", "/language", "/explicit"}


def test_what_is_no_operation(api, subtests):
    for path in ("/", "/nothing", "/consents/", "/consents/asha/more", "/Consents"):
        for response in (api.get(path), api.post(path, {})):
            with subtests.test(path):
                problem(response, 404, "not_found")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_method_an_operation_does_not_have(api, method):
    response = getattr(api.client, method)(
        "/api/v1/consents", headers={"Authorization": f"Bearer {api.key}"}
    )

    problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_any_wish_for_a_form_gets_the_one_form(api, asha):
    for accept in ("text/html", "application/xml", "asha"):
        response = api.post("/consents", least(asha), Accept=accept)

        assert response.headers["Content-Type"] == "application/json"


def test_big_numbers_do_not_stop_the_machine(api, asha, unchanged):
    unchanged()
    raw = json.dumps(least(asha))[:-1].encode() + b', "explicit": ' + b"9" * 5000 + b"}"

    assert api.post("/consents", raw=raw).status_code == 400
