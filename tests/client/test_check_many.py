"""Many people: one answer each, in their order; what is not answered is denied."""

import time

import pytest
from sammati_client import Deny, Options, Permit

from tests.client.server import honest, in_another_order, permit, refusal, says, waits

PURPOSE = "marketing.email.offers"


def codes(answers):
    return [answer.reason_code for answer in answers]


@pytest.mark.req("POL-02")
def test_answers_come_in_the_order_of_the_people(asked, server):
    answers = asked.check_many(["a", "no-b", "c"], PURPOSE)

    assert [bool(answer) for answer in answers] == [True, False, True]
    assert [answers[0].decision_id, answers[2].decision_id] == ["decision-a", "decision-c"]
    (seen,) = server.seen
    assert seen.path == "/access/v1/evaluations"
    assert seen.body["options"] == {"evaluations_semantic": "execute_all"}
    assert seen.body["evaluations"][0] == {"resource": {"type": "customer", "id": "a"}}
    assert seen.body["action"]["properties"]["purpose"] == PURPOSE


def test_many_people_are_asked_about_in_bounded_requests(asked, server):
    people = [f"{'no-' if i % 3 == 0 else ''}{i}" for i in range(2500)]

    answers = asked.check_many(iter(people), PURPOSE)

    assert [bool(answer) for answer in answers] == [i % 3 != 0 for i in range(2500)]
    assert [len(seen.body["evaluations"]) for seen in server.seen] == [1000, 1000, 500]


def test_the_size_of_a_request_can_be_chosen(asked, server):
    asked.settings["options"] = Options(batch_size=2)

    assert all(asked.check_many(["a", "b", "c"], PURPOSE))
    assert [len(seen.body["evaluations"]) for seen in server.seen] == [2, 1]


def test_nobody_needs_no_request(asked, server):
    assert asked.check_many([], PURPOSE) == []
    assert server.seen == []


@pytest.mark.parametrize(
    "found",
    [
        {"evaluations": [permit()]},
        {"evaluations": [permit(), permit(), permit()]},
        {"evaluations": {"0": permit(), "1": permit()}},
        {"evaluations": None},
        permit(),
        [permit(), permit()],
    ],
    ids=["short", "long", "no list", "null", "single", "bare list"],
)
def test_an_answer_of_another_length_denies_everybody_in_it(asked, server, found):
    server.otherwise = says(found)

    assert codes(asked.check_many(["a", "b"], PURPOSE)) == ["CLIENT_BAD_ANSWER"] * 2


@pytest.mark.parametrize("hole", [None, {}, {"decision": "true"}, True, {"decision": True}])
def test_a_bad_item_denies_that_person_alone(asked, server, hole):
    server.otherwise = says({"evaluations": [permit(), hole, refusal()]})

    answers = asked.check_many(["a", "b", "c"], PURPOSE)

    assert codes(answers) == ["PERMIT", "CLIENT_BAD_ANSWER", "CONSENT_WITHDRAWN"]


def test_an_item_level_error_of_the_server_is_a_denial(asked, server):
    error = {"decision": False, "context": {"error": {"status": 404, "message": "not found"}}}
    server.otherwise = says({"evaluations": [error, permit()]})

    assert codes(asked.check_many(["a", "b"], PURPOSE)) == ["CLIENT_NO_REASON", "PERMIT"]


def test_answers_are_taken_by_place_as_authzen_says(asked, server):
    server.otherwise = in_another_order

    answers = asked.check_many(["no-a", "b"], PURPOSE)

    assert [bool(answer) for answer in answers] == [True, False]


def test_a_bad_id_spoils_nobody_elses_answer(asked, server):
    answers = asked.check_many(["a", None, "b\0", "c"], PURPOSE)

    assert codes(answers) == ["PERMIT", "CLIENT_BAD_INPUT", "CLIENT_BAD_INPUT", "PERMIT"]
    assert [item["resource"]["id"] for item in server.seen[0].body["evaluations"]] == ["a", "c"]


def test_a_failed_request_denies_its_people_and_the_next_is_asked(asked, server):
    asked.settings["options"] = Options(batch_size=1)
    server.script = [honest, says(b"", status=500), honest]

    answers = asked.check_many(["a", "b", "c"], PURPOSE)

    assert codes(answers) == ["PERMIT", "CLIENT_SERVER_ERROR", "PERMIT"]


def test_after_an_outage_the_rest_is_denied_unasked(asked, server):
    asked.settings["options"] = Options(batch_size=1, total_seconds=0.2)
    server.script = [honest, waits(8, honest)]
    started = time.monotonic()

    answers = asked.check_many([str(i) for i in range(50)], PURPOSE)

    assert codes(answers) == ["PERMIT"] + ["CLIENT_TIMEOUT"] * 49
    assert time.monotonic() - started < 6


def test_after_a_refused_key_the_rest_is_denied_unasked(asked, server):
    asked.settings["options"] = Options(batch_size=1)
    server.otherwise = says(b"{}", status=401)

    assert codes(asked.check_many(["a", "b", "c"], PURPOSE)) == ["CLIENT_UNAUTHENTICATED"] * 3
    assert len(server.seen) == 1


def test_a_bad_context_denies_everybody_without_a_request(asked, server):
    answers = asked.check_many(["a", "b"], PURPOSE, context={"x": object()})

    assert codes(answers) == ["CLIENT_BAD_INPUT"] * 2
    assert server.seen == []


def test_one_permit_says_nothing_about_the_types_of_the_others(asked, server):
    first, second = asked.check_many(["a", "no-b"], PURPOSE)

    assert isinstance(first, Permit)
    assert isinstance(second, Deny)
