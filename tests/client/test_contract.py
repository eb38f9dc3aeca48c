"""Client and decision point speak of the same thing: each reads what the other really writes."""

import json
import time
from datetime import UTC, datetime

import pytest
from sammati_client import Deny, Permit
from sammati_client.answers import clock
from sammati_client.questions import LONGEST_ID, Asker, Use
from sammati_client.replies import Reply, answer, items, parsed

from policies.pdp import wire
from policies.pdp.model import Decision, Obligation, Reason

ASKER = Asker("email-activator", frozenset({"why-link"}))
USE = Use(
    "marketing.email.offers",
    scheme="email",
    operations=("Use", "Profiling"),
    channel="email",
    properties={"recipients": ["party-17"], "destination": "US", "data": ["pd:EmailAddress"]},
    context={"gpc": True},
)
REASON = Reason(rule="R60", code="CONSENT_WITHDRAWN", pack="IN", refs=("DPDP s.6(4)",))


def heard(body):
    return Reply(200, {"date": ""}, body, asked_at=clock())


def read(body):
    return answer(parsed(body), heard(body), ASKER.supported_obligations)


def granted(**changes):
    fields = {
        "permit": True,
        "reason_code": "PERMIT",
        "rule": "R95",
        "reasons": (Reason(rule="R95", code="PERMIT", pack="IN", refs=("DPDP s.6(1)",)),),
        "packs": ("IN",),
        "basis": {"IN": "consent"},
        "policy_version": "statutory-1",
        "valid_until": int((time.time() + 60) * 1_000_000),
        **changes,
    }
    return wire.answer(Decision(**fields), "0193-decision")


def test_the_decision_point_reads_the_clients_question():
    item = wire.parse_evaluation(ASKER.one("a@example.invalid", USE).body)

    assert (item.resource_id, item.scheme, item.error) == ("a@example.invalid", "email", "")
    question = item.question
    assert (question.caller_type, question.caller) == ("service", "email-activator")
    assert (question.action, question.purpose) == ("activate", "marketing.email.offers")
    assert question.operations == ("Use", "Profiling")
    assert (question.channel, question.destination) == ("email", "US")
    assert (question.recipients, question.data) == (("party-17",), ("pd:EmailAddress",))
    assert question.resource_type == "customer"


def test_the_decision_point_reads_the_clients_batch():
    batch = wire.parse_evaluations(ASKER.many(["a", "b", "c"], USE).body)

    assert (batch.is_single, batch.semantic) == (False, "execute_all")
    assert [item.resource_id for item in batch.items] == ["a", "b", "c"]
    assert {item.question.purpose for item in batch.items} == {"marketing.email.offers"}
    assert not any(item.error for item in batch.items)


def test_the_largest_batch_and_the_longest_id_are_accepted():
    people = [f"{n:0{LONGEST_ID}}" for n in range(wire.MAX_ITEMS)]
    call = ASKER.many(people, USE)

    assert len(wire.parse_evaluations(call.body).items) == wire.MAX_ITEMS
    assert LONGEST_ID == wire.MAX_LENGTH


def test_the_client_reads_a_permit():
    found = read(granted())

    assert isinstance(found, Permit)
    assert found
    assert found.decision_id == "0193-decision"
    assert (found.basis, found.packs) == ({"IN": "consent"}, ("IN",))
    assert found.policy_version == "statutory-1"
    assert found.legal_refs == ("DPDP s.6(1)",)
    assert found.valid_until > datetime.now(UTC)


@pytest.mark.parametrize(("name", "kept"), [("why-link", True), ("human-review", False)])
def test_the_client_reads_obligations(name, kept):
    found = read(granted(obligations=(Obligation(name),)))

    assert bool(found) is kept
    assert [duty.id for duty in found.obligations] == [name]


def test_the_client_reads_a_denial():
    decision = Decision(
        permit=False, reason_code="CONSENT_WITHDRAWN", rule="R60", reasons=(REASON,), packs=("IN",)
    )
    found = read(wire.answer(decision, "0193-denial"))

    assert isinstance(found, Deny)
    assert found.reason_code == "CONSENT_WITHDRAWN"
    assert [(reason.code, reason.rule) for reason in found.reasons] == [
        ("CONSENT_WITHDRAWN", "R60")
    ]
    assert found.legal_refs == ("DPDP s.6(4)",)
    assert found.reason_admin["en"]
    assert found.reason_user["en"]


def test_the_client_reads_a_batch_in_its_order():
    denial = Decision(
        permit=False, reason_code="CONSENT_WITHDRAWN", rule="R60", reasons=(REASON,), packs=("IN",)
    )
    body = wire.answers([granted(), wire.answer(denial, "0193-denial", error="unreadable")])

    found = [answer(item, heard(body), frozenset()) for item in items(parsed(body), 2)]

    assert [bool(one) for one in found] == [True, False]
    assert json.loads(body)["evaluations"][1]["context"]["error"]["status"] == 400
