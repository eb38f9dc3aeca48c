"""Writes: repeated only with their own key, and an error that says whether it may have happened."""

import pytest
from sammati_client import Options, RequestFailed

from tests.client.server import hangs_up, honest, says, waits

PURPOSE = "marketing.email.offers"


def test_a_consent_is_recorded(asked, server):
    written = asked.record_consent(
        "subject-1", PURPOSE, method="web_form", details={"language": "hi"}
    )

    assert written.created
    assert written.data["state"] == "given"
    (seen,) = server.seen
    assert seen.path == "/api/v1/consents"
    wanted = {"subject": "subject-1", "purpose": PURPOSE, "method": "web_form", "language": "hi"}
    assert seen.body == wanted
    assert len(seen.headers["Idempotency-Key"]) >= 16


def test_a_withdrawal_is_recorded(asked, server):
    asked.withdraw(
        "a@example.invalid", PURPOSE, method="phone", scheme="email", idempotency_key="case-7"
    )

    (seen,) = server.seen
    assert seen.path == "/api/v1/consents/withdraw"
    assert seen.headers["Idempotency-Key"] == "case-7"
    assert seen.body == {
        "subject": "a@example.invalid",
        "scheme": "email",
        "purpose": PURPOSE,
        "method": "phone",
    }


@pytest.mark.parametrize("trouble", [hangs_up, says(b"", status=503)], ids=["lost", "503"])
def test_a_repeated_write_keeps_its_key(asked, server, trouble):
    server.script = [trouble, honest]

    assert asked.withdraw("subject-1", PURPOSE, method="web").created
    assert len({seen.headers["Idempotency-Key"] for seen in server.seen}) == 1
    assert len(server.seen) == 2


def test_a_replayed_write_is_not_a_creation(asked, server):
    server.otherwise = says({"id": "018f-event"}, status=200)

    assert not asked.withdraw("subject-1", PURPOSE, method="web").created


@pytest.mark.parametrize(
    ("behaviour", "code", "unknown"),
    [
        (says({"code": "purpose_unknown", "detail": "x"}, status=400), "purpose_unknown", False),
        (says({"code": "a b <x@example.invalid>"}, status=409), "CLIENT_BAD_REQUEST", False),
        (says(b"<html>", status=401), "CLIENT_UNAUTHENTICATED", False),
        (says(b"", status=302, Location="/x"), "CLIENT_REDIRECTED", False),
        (says(b"{}", status=500), "CLIENT_SERVER_ERROR", True),
        (says(b"[]", status=201), "CLIENT_BAD_ANSWER", True),
        (says({}, status=204), "CLIENT_BAD_ANSWER", True),
        (waits(0.5, honest), "CLIENT_TIMEOUT", True),
        (hangs_up, "CLIENT_UNREACHABLE", True),
    ],
)
def test_an_unacknowledged_write_is_an_error(asked, server, behaviour, code, unknown):
    asked.settings["options"] = Options(total_seconds=0.3)
    server.otherwise = behaviour

    with pytest.raises(RequestFailed) as caught:
        asked.record_consent("subject-1", PURPOSE, method="web", idempotency_key="k-1")

    assert (caught.value.code, caught.value.outcome_unknown) == (code, unknown)
    assert caught.value.idempotency_key == "k-1"
    assert "subject-1" not in str(caught.value)


def test_a_write_that_never_left_surely_did_not_happen(asked):
    asked.url = "http://127.0.0.1:1"

    with pytest.raises(RequestFailed) as caught:
        asked.withdraw("subject-1", PURPOSE, method="web")

    assert caught.value.code == "CLIENT_UNREACHABLE"
    assert not caught.value.outcome_unknown
