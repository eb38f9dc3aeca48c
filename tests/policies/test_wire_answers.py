"""Writing AuthZEN decisions: everything a caller needs to act on the answer, and nothing null."""

import json

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide, failed
from policies.pdp.model import Obligation
from policies.pdp.wire import answer, answers
from policies.rules.version import POLICY_VERSION
from tests.policies.scenes import BOTH, INDIA, NOW, SECOND, change

WITHDRAWN = change(BOTH, consent={"state": "withdrawn"})


def read(facts, **more):
    return json.loads(answer(decide(facts), "d-1", facts, **more))


def has_null(value):
    if isinstance(value, dict):
        return any(has_null(each) for each in value.values())
    if isinstance(value, list):
        return any(has_null(each) for each in value)
    return value is None


@pytest.mark.req("POL-01", "POL-10")
def test_permit_in_full():
    assert read(INDIA) == {
        "decision": True,
        "context": {
            "decision_id": "d-1",
            "reason_code": "PERMIT_IN:consent",
            "rule": "R95",
            "reasons": [
                {
                    "rule": "R95",
                    "code": "PERMIT_IN:consent",
                    "pack": "IN",
                    "refs": ["DPDP Act 2023 s.4", "DPDP Act 2023 s.6(1)"],
                }
            ],
            "reason_admin": {
                "en": "Permitted in India on the person's consent.",
                "hi": "भारत में व्यक्ति की सहमति पर अनुमति है।",
            },
            "reason_user": {"en": "You agreed to this.", "hi": "आपने इसके लिए सहमति दी है।"},
            "packs": ["IN"],
            "basis": {"IN": "consent"},
            "consent_record": "0192f6a1",
            "policy_version": POLICY_VERSION,
            "valid_until": "2026-11-22T00:01:00Z",
            "legal_refs": ["DPDP Act 2023 s.4", "DPDP Act 2023 s.6(1)"],
            "obligations": [],
        },
    }


@pytest.mark.req("POL-09")
def test_denial_tells_law_record_and_cure():
    context = read(WITHDRAWN, cure_url="https://example.org/privacy/")["context"]

    assert context["reason_code"] == "CONSENT_WITHDRAWN"
    assert [each["pack"] for each in context["reasons"]] == ["IN", "EU"]
    assert context["legal_refs"] == [
        "DPDP Act 2023 s.6(4)",
        "DPDP Act 2023 s.6(5)",
        "DPDP Act 2023 s.6(6)",
        "GDPR Art 7(3)",
    ]
    assert context["consent_record"] == "0192f6a1"
    assert context["cure"]["code"] == "new_consent"
    assert context["cure"]["url"] == "https://example.org/privacy/"
    assert "valid_until" not in context
    assert "basis" not in context


def test_link_goes_only_with_what_the_person_can_do():
    unregistered = change(INDIA, service={"may_ask": False})

    assert set(read(unregistered, cure_url="https://example.org/")["context"]["cure"]) == {
        "code",
        "text",
    }
    assert set(read(WITHDRAWN)["context"]["cure"]) == {"code", "text"}


def test_no_cure_where_nothing_cures():
    closed = change(INDIA, purpose={"state": "closed"})

    assert "cure" not in read(closed)["context"]


def test_fraction_of_a_second_survives():
    ends = change(INDIA, consent={"expires_at": NOW + SECOND + 1})

    assert read(ends)["context"]["valid_until"] == "2026-11-22T00:00:01.000001Z"


def test_obligations_are_objects():
    decision = replace(decide(INDIA), obligations=(Obligation("mask", {"data": ["pd:Age"]}),))

    written = json.loads(answer(decision, "d-1"))

    assert written["context"]["obligations"] == [
        {"id": "mask", "type": "custom", "properties": {"data": ["pd:Age"]}}
    ]


@pytest.mark.req("POL-02")
def test_unreadable_item_is_denied_with_its_error():
    written = json.loads(answer(failed(None, "INVALID_REQUEST"), "d-1", error="No resource"))

    assert written["decision"] is False
    assert written["context"]["error"] == {"status": 400, "message": "No resource"}
    assert written["context"]["reason_code"] == "INVALID_REQUEST"


@pytest.mark.req("POL-02")
def test_answers_keep_their_order():
    written = [answer(decide(facts), "d", facts) for facts in (INDIA, WITHDRAWN, INDIA)]

    decisions = [each["decision"] for each in json.loads(answers(written))["evaluations"]]

    assert decisions == [True, False, True]
    assert json.loads(answers([])) == {"evaluations": []}


@pytest.mark.parametrize("facts", [INDIA, WITHDRAWN, replace(INDIA, subject=None)])
def test_nothing_is_null(facts):
    assert not has_null(read(facts))
