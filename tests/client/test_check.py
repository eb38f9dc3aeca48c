"""A single check: a permit is explicit, complete and unexpired; everything else is a denial."""

import json
import socket
import time

import pytest
from sammati_client import Cure, Deny, Options, Permit, Reason

from tests.client.server import (
    drips,
    half_an_answer,
    hangs_up,
    huge,
    in_seconds,
    not_http,
    permit,
    refusal,
    resets,
    says,
    waits,
)

PURPOSE = "marketing.email.offers"


def test_a_permit_carries_what_the_decision_point_said(asked, server):
    answer = asked.check("subject-1", PURPOSE)

    assert isinstance(answer, Permit)
    assert answer
    assert answer.decision_id == "decision-subject-1"
    assert (answer.basis, answer.packs) == ({"IN": "consent"}, ("IN",))
    assert answer.consent_record == "018f-consent"
    assert answer.policy_version == "2026-11-01.1"
    assert answer.legal_refs == ("DPDP s.6(1)",)
    assert 50 < answer.remaining_seconds <= 60


def test_a_denial_carries_its_reasons_and_its_cure(asked, server):
    answer = asked.check("nobody", PURPOSE)

    assert isinstance(answer, Deny)
    assert not answer
    assert answer.reason_code == "CONSENT_WITHDRAWN"
    assert answer.reasons == (Reason("CONSENT_WITHDRAWN", "R60", "IN", ("DPDP s.6(4)",)),)
    assert answer.cure == Cure("NEW_CONSENT", "Ask again.", "https://x.example/p")
    assert answer.reason_user["en"] == "You withdrew your consent."


@pytest.mark.req("POL-01")
def test_the_question_is_put_as_authzen_asks_for(asked, server):
    asked.check(
        "a@example.invalid",
        PURPOSE,
        scheme="email",
        operations=["Use"],
        channel="email",
        properties={"destination": "IN"},
        context={"gpc": True, "supported_obligations": ["forged"]},
    )

    (seen,) = server.seen
    assert seen.path == "/access/v1/evaluation"
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["Authorization"].startswith("Bearer ")
    wanted = {"destination": "IN", "purpose": PURPOSE, "operations": ["Use"], "channel": "email"}
    assert seen.body == {
        "subject": {"type": "service", "id": "email-activator"},
        "action": {"name": "activate", "properties": wanted},
        "resource": {
            "type": "customer",
            "id": "a@example.invalid",
            "properties": {"scheme": "email"},
        },
        "context": {"gpc": True, "supported_obligations": []},
    }


NOT_PERMITS = {
    "decision is a string": {**permit(), "decision": "true"},
    "decision is a number": {**permit(), "decision": 1},
    "decision is null": {**permit(), "decision": None},
    "decision is a list": {**permit(), "decision": [True]},
    "decision is missing": {"context": permit()["context"]},
    "context is missing": {"decision": True},
    "context is null": {"decision": True, "context": None},
    "context is a string": {"decision": True, "context": "permit"},
    "no decision id": permit(decision_id=None),
    "empty decision id": permit(decision_id=""),
    "no end": permit(valid_until=None),
    "end without a zone": permit(valid_until="2099-01-01T00:00:00"),
    "end is no time": permit(valid_until="tomorrow"),
    "end is a number": permit(valid_until=4_070_908_800),
    "obligations are no list": permit(obligations={"type": "custom"}),
    "an obligation without a type": permit(obligations=[{"id": "x"}]),
    "reasons hold numbers": permit(reasons=[1]),
    "a list": [permit()],
    "a batch answer": {"evaluations": [permit()]},
    "a string": "permit",
    "true alone": True,
    "a duplicated decision": b'{"decision": false, ' + json.dumps(permit()).encode()[1:],
    "not a number": b'{"decision": true, "context": {"decision_id": NaN}}',
    "empty": b"",
    "cut off": json.dumps(permit()).encode()[:-2],
    "trailing text": json.dumps(permit()).encode() + b"x",
    "another encoding": json.dumps(permit()).encode("utf-16"),
    "invalid UTF-8": b'{"decision": true, "context": {"decision_id": "\xff"}}',
    "too deep": b'{"decision": true, "context": ' + b"[" * 30_000,
}


@pytest.mark.req("POL-07")
@pytest.mark.parametrize("body", NOT_PERMITS.values(), ids=NOT_PERMITS.keys())
def test_whatever_is_not_an_explicit_permit_is_denied(asked, server, body):
    server.otherwise = says(body)

    answer = asked.check("subject-1", PURPOSE)

    assert isinstance(answer, Deny)
    assert answer.reason_code == "CLIENT_BAD_ANSWER"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (201, "CLIENT_BAD_ANSWER"),
        (202, "CLIENT_BAD_ANSWER"),
        (206, "CLIENT_BAD_ANSWER"),
        (300, "CLIENT_REDIRECTED"),
        (400, "CLIENT_BAD_REQUEST"),
        (401, "CLIENT_UNAUTHENTICATED"),
        (403, "CLIENT_FORBIDDEN"),
        (404, "CLIENT_BAD_REQUEST"),
        (413, "CLIENT_BAD_REQUEST"),
        (429, "CLIENT_RATE_LIMITED"),
        (500, "CLIENT_SERVER_ERROR"),
        (501, "CLIENT_SERVER_ERROR"),
    ],
)
def test_an_http_error_is_a_denial_even_around_a_permit(asked, server, status, code):
    server.otherwise = says(permit(), status=status)

    answer = asked.check("subject-1", PURPOSE)

    assert isinstance(answer, Deny)
    assert (answer.reason_code, answer.http_status) == (code, status)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(asked, server, status):
    server.script = [says(b"", status=status, Location=f"{server.url}/elsewhere")]

    answer = asked.check("subject-1", PURPOSE)

    assert answer.reason_code == "CLIENT_REDIRECTED"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Content_Type": "text/html"}, "not plain JSON"),
        ({"Content_Encoding": "gzip"}, "not plain JSON"),
        ({"X_Request_ID": "somebody-elses"}, "another request id"),
    ],
)
def test_an_answer_that_is_not_ours_is_denied(asked, server, headers, why):
    server.otherwise = says(permit(), **headers)

    answer = asked.check("subject-1", PURPOSE)

    assert answer.reason_code == "CLIENT_BAD_ANSWER"
    assert why in answer.detail


def test_a_proxy_that_replaces_request_ids_can_be_allowed_for(asked, server):
    asked.settings["options"] = Options(match_request_id=False)
    server.otherwise = says(permit(), X_Request_ID="the-proxys")

    assert asked.check("subject-1", PURPOSE)


@pytest.mark.parametrize("behaviour", [half_an_answer, hangs_up, resets, not_http])
def test_a_broken_answer_is_a_denial(asked, server, behaviour):
    server.otherwise = behaviour

    answer = asked.check("subject-1", PURPOSE)

    assert isinstance(answer, Deny)
    assert answer.reason_code == "CLIENT_UNREACHABLE"


def test_an_endless_answer_is_cut_and_denied(asked, server):
    server.otherwise = huge

    answer = asked.check("subject-1", PURPOSE)

    assert answer.reason_code == "CLIENT_BAD_ANSWER"
    assert answer.detail == "The answer is too long."


SLOW = {
    "silent": waits(8, says(permit())),
    "drips headers": drips(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 8),
    "drips the body": drips(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n",
        b" ",
        8,
    ),
}


@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW.keys())
def test_no_server_can_hold_a_check_longer_than_its_budget(asked, server, behaviour):
    asked.settings["options"] = Options(total_seconds=0.3)
    server.otherwise = behaviour
    started = time.monotonic()

    answer = asked.check("subject-1", PURPOSE)

    assert answer.reason_code == "CLIENT_TIMEOUT"
    assert 0.25 < time.monotonic() - started < 6


def test_a_server_that_accepts_nothing_is_denied_within_the_budget(asked):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        asked.url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        started = time.monotonic()

        answer = asked.check("subject-1", PURPOSE)

    assert answer.reason_code == "CLIENT_UNREACHABLE"
    assert time.monotonic() - started < 6


class TestTheLease:
    def test_a_permit_that_arrives_ended_is_a_denial(self, asked, server):
        server.otherwise = says(permit(valid_until=in_seconds(-5)))

        assert asked.check("subject-1", PURPOSE).reason_code == "CLIENT_LEASE_ENDED"

    def test_a_permit_becomes_false_when_its_time_is_over(self, asked, server):
        server.otherwise = says(permit(valid_until=in_seconds(2.5)))

        answer = asked.check("subject-1", PURPOSE)
        before = bool(answer)
        time.sleep(2.6)

        assert (before, bool(answer)) == (True, False)
        assert answer.remaining_seconds == 0

    def test_the_servers_clock_counts_and_not_ours(self, asked, server, monkeypatch):
        ahead = "Mon, 01 Jan 2035 00:00:00 GMT"
        monkeypatch.setattr("tests.client.server.Handler.date_time_string", lambda self: ahead)
        server.otherwise = says(permit(valid_until="2035-01-01T00:01:00Z"))

        assert 50 < asked.check("subject-1", PURPOSE).remaining_seconds < 60

    def test_without_a_date_our_own_clock_is_used(self, asked, server, monkeypatch):
        monkeypatch.setattr("tests.client.server.Handler.date_time_string", lambda self: "never")

        assert 50 < asked.check("subject-1", PURPOSE).remaining_seconds <= 60


class TestObligations:
    duty = {"type": "notification", "id": "why-link", "properties": {"topic": "why"}}

    def test_an_obligation_nobody_can_fulfil_is_a_denial(self, asked, server):
        server.otherwise = says(permit(obligations=[self.duty]))

        answer = asked.check("subject-1", PURPOSE)

        assert isinstance(answer, Deny)
        assert answer.reason_code == "CLIENT_UNKNOWN_OBLIGATION"
        assert answer.decision_id == "018f-decision"
        assert answer.obligations[0].id == "why-link"

    @pytest.mark.parametrize("name", ["notification", "why-link"])
    def test_a_supported_obligation_is_handed_over(self, asked, server, name):
        asked.settings["supported_obligations"] = [name]
        server.otherwise = says(permit(obligations=[self.duty]))

        answer = asked.check("subject-1", PURPOSE)

        assert answer
        assert answer.obligations[0].properties == {"topic": "why"}
        assert server.seen[0].body["context"]["supported_obligations"] == [name]

    def test_an_optional_obligation_may_be_unknown(self, asked, server):
        server.otherwise = says(permit(obligations=[{**self.duty, "mandatory": False}]))

        assert asked.check("subject-1", PURPOSE)


class TestRepetition:
    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_a_gateway_error_is_asked_again_with_the_same_key(self, asked, server, status):
        server.script = [says(b"", status=status)]

        answer = asked.check("subject-1", PURPOSE)

        assert answer
        first, second = server.seen
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
        assert first.body == second.body

    @pytest.mark.parametrize("behaviour", [hangs_up, resets])
    def test_a_lost_connection_is_asked_again_with_the_same_key(self, asked, server, behaviour):
        server.script = [behaviour]

        assert asked.check("subject-1", PURPOSE)
        assert len({seen.headers["Idempotency-Key"] for seen in server.seen}) == 1

    def test_attempts_are_counted(self, asked, server):
        server.otherwise = says(b"", status=503)

        answer = asked.check("subject-1", PURPOSE)

        assert answer.reason_code == "CLIENT_SERVER_ERROR"
        assert len(server.seen) == 3

    def test_a_wish_to_wait_longer_than_the_budget_ends_the_attempts(self, asked, server):
        server.otherwise = says(b"", status=503, Retry_After="30")
        started = time.monotonic()

        assert not asked.check("subject-1", PURPOSE)
        assert len(server.seen) == 1
        assert time.monotonic() - started < 6

    def test_two_checks_have_two_keys(self, asked, server):
        asked.check("subject-1", PURPOSE)
        asked.check("subject-1", PURPOSE)

        assert len({seen.headers["Idempotency-Key"] for seen in server.seen}) == 2


def test_nothing_is_cached(asked, server):
    server.script = [says(permit()), says(refusal())]

    answers = [bool(asked.check("subject-1", PURPOSE)) for _ in range(2)]

    assert answers == [True, False]


@pytest.mark.parametrize("subject", [None, 7, "", "a\0b", "\ud800", "x" * 257, ["a"]])
def test_a_bad_subject_is_denied_without_a_request(asked, server, subject):
    assert asked.check(subject, PURPOSE).reason_code == "CLIENT_BAD_INPUT"
    assert server.seen == []


def test_a_context_that_is_not_json_is_denied_without_a_request(asked, server):
    assert asked.check("s", PURPOSE, context={"x": object()}).reason_code == "CLIENT_BAD_INPUT"
    assert server.seen == []
