import hashlib
import json
from uuid import UUID

import psycopg
import pytest

from benchmarks import people
from benchmarks.kill import Outcome, Record, compare, decided
from benchmarks.load import body_of
from benchmarks.people import Service, World
from benchmarks.rounds import Taken
from benchmarks.sizes import ratio

ID = UUID("01a201a1-380a-71c0-b286-c6f3f6a3ff31")
WORLD = World(
    1000, (Service("one", "activator", "first-key"), Service("two", "activator", "second-key"))
)


def a_record(outcome="permit", permit=True, salt=b"s" * 16):
    content = {"id": str(ID), "outcome": outcome, "data": {"decision": {"permit": permit}}}
    body = json.dumps(content).encode()
    return Record(ID, outcome, body, salt, hashlib.sha256(salt + body).digest())


class TestCompare:
    def test_an_equal_record_is_neither_missing_nor_different(self):
        assert compare({ID: True}, [a_record()]) == (0, 0)

    def test_an_answer_without_record_is_missing(self):
        assert compare({ID: True}, []) == (1, 0)

    def test_a_record_of_the_other_decision_is_different(self):
        assert compare({ID: False}, [a_record()]) == (0, 1)

    def test_a_body_that_its_commitment_does_not_cover_is_different(self):
        whole = a_record()
        edited = Record(ID, "permit", whole.body + b" ", whole.salt, whole.commitment)

        assert compare({ID: True}, [edited]) == (0, 1)

    def test_an_index_that_contradicts_its_payload_is_different(self):
        whole = a_record()
        edited = Record(ID, "deny", whole.body, whole.salt, whole.commitment)

        assert compare({ID: False}, [edited]) == (0, 1)


class TestOutcome:
    def test_is_wrong_where_nothing_was_answered(self):
        assert not Outcome("nothing seen").is_right

    def test_is_wrong_where_a_caller_waited_longer_than_the_bound(self):
        assert not Outcome("slow", answers=1, longest_seconds=4.1, bound_seconds=4.0).is_right

    def test_is_right_where_every_answer_has_its_record_in_time(self):
        assert Outcome("well", answers=1, longest_seconds=3.9, bound_seconds=4.0).is_right


def test_the_journal_is_read_by_decision_id():
    line = json.dumps({"decision": False, "context": {"decision_id": str(ID)}}).encode()

    assert decided(line + b"\n") == {ID: False}


class TestBodyOf:
    def test_waits_for_the_whole_head(self):
        assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n") is None

    def test_waits_for_the_whole_body(self):
        assert body_of(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{") is None

    def test_finds_the_length_after_another_header_of_like_name(self):
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"

        assert body_of(head + b"{}") == b"{}"

    def test_takes_chunks_to_their_last(self):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

        assert body_of(head + b"2\r\n{}\r\n") is None
        assert body_of(head + b"2\r\n{}\r\n0\r\n\r\n") == b"2\r\n{}\r\n0\r\n\r\n"


class TestPeople:
    def test_sql_and_python_give_a_person_the_same_id(self, owner: psycopg.Connection):
        query = f"SELECT {people.SUBJECT_ID} FROM generate_series(0, 99) AS i ORDER BY i"

        assert [row[0] for row in owner.execute(query)] == [
            people.subject_id(i) for i in range(100)
        ]

    def test_states_are_mixed_as_described(self):
        found = [people.state(i, people.MARKETING) for i in range(1000)]

        shares = {state: found.count(state) / 1000 for state in sorted(set(found))}
        assert shares == {
            "": 0.1, "expired": 0.05, "given": 0.6, "refused": 0.1, "withdrawn": 0.15,
        }  # fmt: skip

    @pytest.mark.parametrize("target", ["sammati", "cerbos"])
    @pytest.mark.parametrize("items", [1, 7])
    def test_a_request_says_its_own_length_and_asks_about_so_many(self, target, items):
        for whole in people.requests(WORLD, target, items, count=20, seed=5):
            head, body = whole.split(b"\r\n\r\n", 1)

            assert f"Content-Length: {len(body)}".encode() in head
            assert asked(json.loads(body)) == items

    def test_a_request_carries_the_key_of_the_persons_own_controller(self):
        for whole in people.requests(WORLD, "sammati", 1, count=50, seed=5):
            head, body = whole.split(b"\r\n\r\n", 1)
            resource = json.loads(body)["resource"]["id"]
            key = b"second-key" if number(resource) % 5 == people.EUROPEAN else b"first-key"

            assert b"Authorization: Bearer " + key in head


def asked(message):
    found = message.get("evaluations", message.get("resources", [message]))
    return len(found)


def number(resource):
    if "@" in resource:
        return int(resource.partition("@")[0].removeprefix("person"))
    return (UUID(resource).int >> 80) - people.FIRST_MILLISECOND


def test_sizes_are_compared_round_by_round():
    times = ((2.0, 2.2), (4.0, 4.0), (1.0, 3.0))
    pairs = [tuple(Taken(rate=1.0, p50=one, p99=1.0, longest=1.0) for one in pair)
             for pair in times]  # fmt: skip

    found = ratio(pairs)

    assert found.each == (1.1, 1.0, 3.0)
    assert found.median == 1.1
