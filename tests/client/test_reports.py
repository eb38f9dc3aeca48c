"""Reports: the permit goes along, many travel together, and nothing of a person leaks."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sammati_client import AIDecision, Options, Processing, RequestFailed

from tests.client.server import says

pytestmark = pytest.mark.req("AUD-08")

PURPOSE = "marketing.email.offers"
BEGAN = datetime(2026, 3, 14, 9, 27, 2, tzinfo=UTC)


def use(**more):
    return Processing(**{"subject": "subject-1", "purpose": PURPOSE, "started_at": BEGAN, **more})


def decision(**more):
    return AIDecision(
        subject="a@example.invalid", scheme="email", purpose=PURPOSE, started_at=BEGAN,
        model="propensity", model_version="2026.3", output="send",
        automation_level="full_automation", **more,
    )  # fmt: skip


def test_a_use_names_the_decision_of_its_permit(asked, server):
    permit = asked.check("subject-1", PURPOSE)

    asked.report_processing(use(permit=permit, details={"operations": ["Use"]}))

    seen = server.seen[-1]
    assert seen.path == "/api/v1/processing"
    assert seen.body == {
        "subject": "subject-1", "purpose": PURPOSE, "started_at": "2026-03-14T09:27:02Z",
        "decision_id": "decision-subject-1", "operations": ["Use"],
    }  # fmt: skip


def test_a_decision_of_a_model_is_told_with_exact_numbers(asked, server):
    asked.report_ai_decision(
        decision(permit=UUID(int=7), details={"score": Decimal("0.730")}), idempotency_key="case-7"
    )

    (seen,) = server.seen
    assert seen.path == "/api/v1/ai-decisions"
    assert seen.headers["Idempotency-Key"] == "case-7"
    assert seen.body["score"] == "0.730"
    assert seen.body["decision_id"] == str(UUID(int=7))
    assert (seen.body["model"], seen.body["output"]) == ("propensity", "send")


def test_many_travel_in_one_request_and_their_answer_fits(asked, server):
    answers = {"items": [{"id": "x" * 36, "outcome": "backed", "reasons": []}] * 1_000}
    server.otherwise = says(answers, status=201)
    asked.settings["options"] = Options(total_seconds=5)

    written = asked.report_processing([use()] * 1_000)

    (seen,) = server.seen
    assert len(seen.body["items"]) == 1_000
    assert len(written.data["items"]) == 1_000


@pytest.mark.parametrize("count", [0, 1_001])
def test_not_none_and_not_too_many(asked, server, count):
    with pytest.raises(ValueError, match="between 1 and 1000"):
        asked.report_processing([use()] * count)

    assert not server.seen


def test_a_time_without_its_offset_is_no_time():
    with pytest.raises(ValueError, match="offset"):
        use(started_at=datetime(2026, 3, 14))  # noqa: DTZ001 (that is the fault)


def test_details_do_not_displace_what_is_named(asked, server):
    asked.report_processing(use(details={"subject": "another", "purpose": "another"}))

    (seen,) = server.seen
    assert (seen.body["subject"], seen.body["purpose"]) == ("subject-1", PURPOSE)


@pytest.mark.req("P10")
def test_nobody_is_named_in_a_repr_or_an_error(asked, server):
    server.otherwise = says({"code": "subject_unknown"}, status=404)

    with pytest.raises(RequestFailed) as caught:
        asked.report_ai_decision(decision(details={"values": {"pd:City": "Pune"}}))

    told = repr(decision(details={"values": {"pd:City": "Pune"}})) + str(caught.value)
    assert caught.value.code == "subject_unknown"
    assert "example.invalid" not in told
    assert "Pune" not in told
