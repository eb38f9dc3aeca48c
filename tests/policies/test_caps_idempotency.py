"""The same request again gets its first permits while they live and the facts still permit."""

import asyncio
import hashlib
import json

import pytest

from accounts import services as accounts
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, OFFERS
from tests.factories.point import asked
from tests.factories.policies import in_force, rule

HOUR = 3600
JSON = {"Content-Type": "application/json"}

pytestmark = pytest.mark.req("POL-08")


@pytest.fixture
def send(http, lotus):
    """Sends a body with a key, byte for byte the same each time."""

    def post(body, key="send-1", path=EVALUATION, headers=None):
        sent = {**(headers or lotus.headers), **JSON, "Idempotency-Key": key}
        return http.post(path, content=json.dumps(body).encode(), headers=sent)

    return post


@pytest.fixture
def once(lotus):
    in_force(lotus.id, rule("once", "cap", limit=1, seconds=HOUR))


def evaluations(send, body):
    answer = send(body, path=EVALUATIONS)
    assert answer.status_code == 200, answer.text
    return answer.json()["evaluations"]


def made(superuser):
    query = "SELECT count(*) FROM audit_entryindex WHERE event = 'decision:made'"
    return superuser.execute(query).fetchone()[0]


class TestARepeat:
    def test_gets_the_first_permit_byte_for_byte_and_counts_once(
        self, lotus, asha, send, once, superuser
    ):
        answers = [send(lotus.question(asha)) for _ in range(3)]

        assert len({answer.content for answer in answers}) == 1
        assert answers[0].json()["decision"] is True
        assert made(superuser) == 1

    def test_without_a_cap_gets_the_first_permit_too(self, lotus, asha, send, superuser):
        first, second = send(lotus.question(asha)), send(lotus.question(asha))

        assert first.content == second.content
        assert made(superuser) == 1

    def test_denies_when_the_facts_no_longer_permit(self, lotus, asha, send, superuser):
        first = send(lotus.question(asha)).json()
        lotus.withdraws(asha)
        second = send(lotus.question(asha)).json()

        assert first["decision"] is True
        assert second["context"]["reason_code"] == "CONSENT_WITHDRAWN"
        assert made(superuser) == 2

    def test_never_gets_a_permit_back_that_was_overtaken(self, lotus, asha, send):
        first = send(lotus.question(asha)).json()
        lotus.withdraws(asha)
        send(lotus.question(asha))
        lotus.yes(asha)
        third = send(lotus.question(asha)).json()

        assert third["decision"] is True
        assert third["context"]["decision_id"] != first["context"]["decision_id"]

    def test_denies_when_a_new_rule_forbids_it(self, lotus, asha, send):
        body = lotus.question(asha, channel="sms")
        first = send(body).json()
        in_force(lotus.id, rule("no_sms", channels=["sms"]))

        assert first["decision"] is True
        assert send(body).json()["decision"] is False

    def test_of_a_denial_is_decided_anew(self, lotus, send, superuser):
        ravi = lotus.person("ravi@example.in")
        first = send(lotus.question(ravi)).json()
        lotus.yes(ravi)
        second = send(lotus.question(ravi)).json()

        assert [first["decision"], second["decision"]] == [False, True]
        assert send(lotus.question(ravi)).json() == second
        assert made(superuser) == 2

    def test_after_the_permit_has_ended_is_a_use_of_its_own(self, lotus, asha, settings):
        in_force(lotus.id, rule("twice", "cap", limit=2, seconds=HOUR))
        settings.DECISION_VALID_SECONDS = 1
        headers = {**lotus.headers, "Idempotency-Key": "send-1"}

        async def repeat(client, _):
            found = []
            for _ in range(3):
                answer = await client.post(EVALUATION, json=lotus.question(asha), headers=headers)
                found.append(answer.json())
                await asyncio.sleep(1.1)
            return found

        first, second, third = asked(repeat)

        assert [one["decision"] for one in (first, second, third)] == [True, True, False]
        assert first["context"]["decision_id"] != second["context"]["decision_id"]

    def test_does_not_free_a_place_for_others(self, lotus, asha, send, once):
        send(lotus.question(asha))
        send(lotus.question(asha))

        assert send(lotus.question(asha), key="send-2").json()["decision"] is False

    def test_by_another_service_is_another_request(self, lotus, asha, send, once):
        service = accounts.create_service(
            by=AUTHOR, controller_id=lotus.id, code="other", name="Other", purposes=[OFFERS]
        )
        _, secret = accounts.issue_key(by=AUTHOR, service=service)
        first = send(lotus.question(asha)).json()
        body = {**lotus.question(asha), "subject": {"type": "service", "id": "other"}}

        second = send(body, headers={"Authorization": f"Bearer {secret}"}).json()

        assert first["decision"] is True
        assert second["decision"] is False

    def test_with_a_revoked_key_gets_nothing(self, lotus, asha, send):
        send(lotus.question(asha))
        accounts.revoke_key(by=AUTHOR, key=lotus.key)

        assert send(lotus.question(asha)).status_code == 401


class TestAKeyOfAnotherRequest:
    @pytest.mark.parametrize("path", [EVALUATION, EVALUATIONS])
    def test_is_refused_and_nothing_is_decided(self, lotus, asha, send, superuser, path):
        send(lotus.question(asha))
        body = lotus.question(asha, channel="email")
        if path == EVALUATIONS:
            body = {**lotus.question(asha), "evaluations": [{}] * 510}

        answer = send(body, path=path)

        assert (answer.status_code, type(answer.json())) == (409, str)
        assert made(superuser) == 1

    def test_is_refused_even_after_a_denial(self, lotus, asha, send):
        send(lotus.question("nobody"))

        assert send(lotus.question(asha)).status_code == 409


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "é"])
def test_a_malformed_key_is_refused(lotus, asha, http, key, superuser):
    headers = [
        *lotus.headers.items(), *JSON.items(), ("Idempotency-Key", key.encode("latin-1")),
    ]  # fmt: skip
    answer = http.post(
        EVALUATION, content=json.dumps(lotus.question(asha)).encode(), headers=headers
    )

    assert answer.status_code == 400
    assert "idempotency key" in answer.json()
    assert made(superuser) == 0


class TestManyItems:
    @pytest.mark.slow
    def test_are_repeated_item_by_item(self, lotus, asha, send, superuser):
        in_force(lotus.id, rule("some", "cap", limit=503, seconds=HOUR))
        body = {**lotus.question(asha), "evaluations": [{}] * 510}

        first, second = evaluations(send, body), evaluations(send, body)

        permits = [one["decision"] for one in first]
        assert sum(permits) == 503
        assert [one["decision"] for one in second] == permits
        assert [one["context"]["decision_id"] for one in second if one["decision"]] == [
            one["context"]["decision_id"] for one in first if one["decision"]
        ]
        assert made(superuser) == 510 + 7

    def test_deny_those_who_said_no_in_between(self, lotus, asha, send):
        ravi = lotus.person("ravi@example.in")
        lotus.yes(ravi)
        body = {"evaluations": [lotus.question(one) for one in (asha, ravi)]}
        first = evaluations(send, body)
        lotus.withdraws(asha)

        second = evaluations(send, body)

        assert [one["decision"] for one in second] == [False, True]
        assert second[1] == first[1]

    def test_stop_where_they_stopped(self, lotus, asha, send):
        body = {
            "evaluations": [lotus.question(one) for one in (asha, "nobody", asha)],
            "options": {"evaluations_semantic": "deny_on_first_deny"},
        }
        first, second = evaluations(send, body), evaluations(send, body)

        assert [one["decision"] for one in second] == [True, False]
        assert second[0] == first[0]


def test_what_is_kept_names_nobody_and_no_key(lotus, asha, send, superuser):
    send(lotus.question(asha), key="order-4711")

    (row,) = superuser.execute("SELECT * FROM policies_firstanswer").fetchall()

    kept = b"".join(bytes(each) for each in row if isinstance(each, bytes | memoryview))
    assert b"order-4711" not in kept
    assert asha.id.bytes not in kept
    assert hashlib.sha256(b"order-4711").digest()[:16] not in kept
