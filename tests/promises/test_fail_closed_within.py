"""P4 from within: without keys, with a bug, with too many waiting, no permit that should not be."""

import asyncio
import time
from contextlib import contextmanager

import pytest

from consent.models import ConsentState
from keys import services as keys
from policies.pdp import asgi, batch
from policies.pdp.catalogue import Catalogue, Newest
from policies.pdp.channel import Channel
from tests.factories.company import EVALUATION, EVALUATIONS, OFFERS
from tests.factories.point import asked
from tests.promises.tools import decisions, is_refused, locked

pytestmark = pytest.mark.fault


@contextmanager
def keys_from(settings, path):
    before = settings.KEYS_FILE
    settings.KEYS_FILE = str(path)
    keys.forget()
    try:
        yield
    finally:
        settings.KEYS_FILE = before
        keys.forget()


@pytest.mark.req("POL-07")
class TestKeys:
    def test_missing_let_nobody_be_found_by_an_identifier(
        self, lotus, asha, settings, tmp_path, ask
    ):
        async def work(client, point):
            body = lotus.by_email("asha.rao@example.in")
            with keys_from(settings, tmp_path / "gone.json"):
                during = await client.post(EVALUATION, json=body, headers=lotus.headers)
                by_id, _ = await ask(client, point)
            after = await client.post(EVALUATION, json=body, headers=lotus.headers)
            return during, by_id, after

        during, by_id, after = asked(work)

        assert is_refused(during)
        assert by_id.json()["decision"] is True
        assert after.json()["decision"] is True

    def test_of_another_installation_find_nobody(self, lotus, asha, settings, tmp_path):
        other = tmp_path / "other.json"
        keys.ensure_key_file(other)

        async def work(client, point):
            body = lotus.by_email("asha.rao@example.in")
            return await client.post(EVALUATION, json=body, headers=lotus.headers)

        with keys_from(settings, other):
            answer = asked(work)

        assert answer.json()["context"]["reason_code"] == "SUBJECT_UNKNOWN"


@pytest.mark.req("POL-07")
class TestABug:
    def test_of_the_engine_denies_its_item_alone(self, lotus, asha, monkeypatch, superuser):
        decide = batch.decide

        def buggy(facts, *policy):
            if facts.question.channel == "fax":
                raise ZeroDivisionError
            return decide(facts, *policy)

        monkeypatch.setattr(batch, "decide", buggy)
        items = [lotus.question(asha), lotus.question(asha, channel="fax"), lotus.question(asha)]

        async def work(client, point):
            body = {"evaluations": items}
            return await client.post(EVALUATIONS, json=body, headers=lotus.headers)

        found = asked(work).json()["evaluations"]

        assert [one["decision"] for one in found] == [True, False, True]
        assert found[1]["context"]["reason_code"] == "ENGINE_ERROR"
        assert decisions(superuser) == 3

    @pytest.mark.parametrize("step", ["facts.look_up", "record.append"])
    def test_around_the_engine_answers_nobody_in_the_batch(self, ask, monkeypatch, step):
        def buggy(*_):
            raise ZeroDivisionError

        module, name = step.split(".")
        monkeypatch.setattr(getattr(batch, module), name, buggy)

        answer, seconds = asked(ask)

        assert is_refused(answer, seconds)

    def test_nobody_waits_for_a_catalogue_that_is_not_read_to_its_end(
        self, ask, monkeypatch, settings
    ):
        """As when PostgreSQL stops answering just when a change of the catalogue was noticed."""
        settings.DECISION_TIMEOUT_SECONDS = 1

        async def work(client, point):
            before, _ = await ask(client, point)
            monkeypatch.setattr(Catalogue, "is_in_force", lambda *_: False)
            with monkeypatch.context() as frozen:
                frozen.setattr(Newest, "after", lambda *_: asyncio.sleep(60))
                during = await ask(client, point)
            monkeypatch.undo()
            after, _ = await ask(client, point)
            return before, during, after

        before, (during, seconds), after = asked(work)

        assert before.json()["decision"] is True
        assert is_refused(during, seconds)
        assert after.json()["decision"] is True

    def test_in_writing_the_answer_gives_no_answer(self, ask, monkeypatch):
        def buggy(*_):
            raise ZeroDivisionError("asha.rao@example.in")

        monkeypatch.setattr(asgi, "_written", buggy)

        answer, _ = asked(ask)

        assert answer.status_code == 500
        assert "asha" not in answer.text


@pytest.mark.req("POL-22")
@pytest.mark.parametrize(("items", "shape"), [(1, "_one"), (2, ""), (400, "")])
def test_a_batch_is_one_query_and_one_append_in_one_transaction(
    lotus, asha, monkeypatch, items, shape
):
    sent = []
    exchange = Channel.exchange

    async def watched(self, *commands, commits, **how):
        sent.append(([statement.name for statement, _ in commands], commits))
        return await exchange(self, *commands, commits=commits, **how)

    monkeypatch.setattr(Channel, "exchange", watched)

    async def work(client, point):
        for body in [{"evaluations": [lotus.question(asha)] * items}] * 2:
            answer = await client.post(EVALUATIONS, json=body, headers=lotus.headers)
            assert len(answer.json()["evaluations"]) == items

    asked(work)

    facts = "facts_plain_one" if items == 1 else "facts"
    assert sent == [([facts], False), ([f"append{shape}"], True)] * 2


@pytest.mark.req("POL-07")
def test_more_than_can_wait_is_refused_at_once(lotus, asha, monkeypatch, test_database):
    monkeypatch.setattr(asgi, "BACKLOG", 5)

    async def work(client, point):
        post = lambda: client.post(  # noqa: E731
            EVALUATION, json=lotus.question(asha), headers=lotus.headers
        )
        await post()
        with locked(test_database, "subjects_subject"):
            running = [asyncio.create_task(post()) for _ in range(asgi.SINGLE_LANES)]
            await asyncio.sleep(0.2)
            waiting = [asyncio.create_task(post()) for _ in range(5 * asgi.SINGLE_LANES)]
            await asyncio.sleep(0.2)
            began = time.monotonic()
            refused = await post()
            seconds = time.monotonic() - began
        held = await asyncio.gather(*running, *waiting)
        return refused, seconds, held, await post()

    refused, seconds, held, after = asked(work)

    assert is_refused(refused)
    assert seconds < 0.5
    assert {answer.status_code for answer in held} <= {200, 503}
    assert after.json()["decision"] is True


@pytest.mark.req("POL-07")
def test_a_permit_ends_with_the_consent_however_long_permits_last(lotus, asha, settings):
    settings.DECISION_VALID_SECONDS = 10**9

    async def work(client, point):
        body = lotus.question(asha, purpose=OFFERS)
        return await client.post(EVALUATION, json=body, headers=lotus.headers)

    until = asked(work).json()["context"]["valid_until"]

    assert until.startswith(consent_end(asha))


def consent_end(person):
    return ConsentState.objects.get(subject=person).expires_at.strftime("%Y-%m-%dT%H:%M:%S")
