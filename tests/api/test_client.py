"""The client package and these operations agree, over a socket."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sammati_client import AIDecision, AsyncSammati, Processing, RequestFailed, Sammati

from audit.models import EntryIndex
from consent.models import ConsentEvent
from tests.api import house
from tests.portal import world
from tests.portal.world import MAPS, OFFERS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(live_server):
    """The company, a person of it, and a client with a key of its service."""
    lotus = world.make()
    key = house.caller(lotus).key
    with Sammati(live_server.url, service="email-activator", key=key) as client:
        yield lotus, lotus.person(), client


def test_a_consent_is_recorded_and_withdrawn(asked):
    lotus, asha, client = asked

    given = client.record_consent(str(asha.id), OFFERS, method="checkbox")
    withdrawn = client.withdraw(
        "asha@example.in", OFFERS, scheme="email", method="phone", reason="too_many_messages"
    )
    again = client.withdraw(asha.id, OFFERS, method="phone")

    assert (given.created, withdrawn.created) == (True, False)
    assert (given.data["state"], withdrawn.data["state"]) == ("given", "withdrawn")
    assert given.data["receipt"]["event_state"] == "given"
    assert again.data == withdrawn.data
    assert ConsentEvent.objects.count() == 2


def test_details_reach_the_ledger(asked):
    lotus, asha, client = asked
    details = {"notice": str(lotus.notice.id), "language": "hi", "evidence": {"session": "s-1"}}

    client.record_consent(asha.id, OFFERS, method="toggle", details=details)

    event = ConsentEvent.objects.get()
    assert (event.notice_version_id, event.language) == (lotus.notice.id, "hi")
    assert event.evidence == {"session": "s-1"}


def test_a_repeat_with_the_same_key_has_one_effect(asked):
    _, asha, client = asked

    first, second = (
        client.record_consent(asha.id, OFFERS, method="button", idempotency_key="case-7")
        for _ in range(2)
    )

    assert first.data == second.data
    assert ConsentEvent.objects.count() == 1


def test_a_refusal_says_its_code(asked):
    _, asha, client = asked

    def code(purpose, method):
        with pytest.raises(RequestFailed) as caught:
            client.record_consent(asha.id, purpose, method=method)
        assert not caught.value.outcome_unknown
        return caught.value.code

    assert code(OFFERS, "silence") == "method_forbidden"
    assert code(MAPS, "button") == "purpose_not_registered"


def test_reports_reach_the_log_one_or_many(asked):
    lotus, asha, client = asked
    began = datetime.now(UTC)
    use = Processing(subject=asha.id, purpose=OFFERS, started_at=began)
    decided = AIDecision(
        subject="asha@example.in", scheme="email", purpose=OFFERS, started_at=began, model="m",
        model_version="1", output="send", automation_level="full_automation",
        details={"score": Decimal("0.73")},
    )  # fmt: skip

    one = client.report_processing(use)
    many = client.report_ai_decision([decided, decided])

    assert (one.created, one.data["reasons"]) == (True, ["DECISION_MISSING"])
    assert [told["outcome"] for told in many.data["items"]] == ["unbacked", "unbacked"]
    assert EntryIndex.objects.filter(event="ai:decided", subject_id=asha.id).count() == 2


def test_the_async_client_speaks_the_same(asked, live_server):
    lotus, asha, _ = asked
    key = house.caller(lotus, code="other").key

    async def record():
        async with AsyncSammati(live_server.url, service="other", key=key) as client:
            return await client.record_consent(asha.id, OFFERS, method="button")

    assert asyncio.run(record()).data["state"] == "given"
