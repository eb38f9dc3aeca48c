"""P1 and P4: whatever is missing or broken, no permit goes out, and the trouble is bounded."""

import asyncio
import os
import signal
import socket
import time
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from consent.models import ConsentState
from keys import services as keys
from policies.pdp import asgi, batch
from policies.pdp.channel import Channel
from tests.factories.company import EVALUATION, EVALUATIONS, OFFERS, SURVEYS
from tests.factories.point import asked

BOUND = 6.0  # twice the time a decision may take
TAG = {"X-Request-ID": "ask-4711"}
REFUSE = """
CREATE FUNCTION test_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$
"""
AT_APPEND = (
    "CREATE TRIGGER test_refuse BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION test_refuse()"
)
AT_COMMIT = (
    "CREATE CONSTRAINT TRIGGER test_refuse AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION test_refuse()"
)

pytestmark = pytest.mark.fault


@pytest.fixture
def ask(lotus, asha):
    """One question about the person, to a decision point in this process: status, seconds."""

    async def post(client, point):
        began = time.monotonic()
        body, headers = lotus.question(asha), {**lotus.headers, **TAG}
        answer = await client.post(EVALUATION, json=body, headers=headers)
        assert answer.headers["x-request-id"] == "ask-4711"
        return answer, time.monotonic() - began

    return post


def is_refused(answer, seconds=0.0):
    """A 503 in time, that carries no decision."""
    assert answer.status_code == 503
    assert isinstance(answer.json(), str)
    assert int(answer.headers["retry-after"]) > 0
    assert seconds < BOUND
    return True


@contextmanager
def broken(superuser, *statements, mend):
    """The database broken by these statements, and mended whatever happens."""
    try:
        for statement in statements:
            superuser.execute(statement)
        yield
    finally:
        superuser.execute(mend)


def around(ask, fault):
    """What is answered before, during and after a fault."""

    async def work(client, point):
        before, _ = await ask(client, point)
        with fault:
            during = await ask(client, point)
        after, _ = await ask(client, point)
        return before, during, after

    return asked(work)


def decisions(superuser):
    query = "SELECT count(*) FROM audit_entryindex WHERE event = 'decision:made'"
    return superuser.execute(query).fetchone()[0]


@pytest.mark.req("POL-22", "POL-07")
class TestTheRecord:
    @pytest.mark.parametrize("table", ["audit_entry", "audit_payload", "audit_entryindex"])
    @pytest.mark.parametrize("moment", [AT_APPEND, AT_COMMIT], ids=["append", "commit"])
    def test_that_cannot_be_written_means_no_answer(self, superuser, ask, table, moment):
        if table == "audit_payload" and moment == AT_COMMIT:
            moment = AT_APPEND
        fault = broken(
            superuser, REFUSE, moment.format(table),
            mend="DROP FUNCTION IF EXISTS test_refuse() CASCADE",
        )  # fmt: skip

        before, during, after = around(ask, fault)

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True
        assert decisions(superuser) == 2

    def test_that_may_not_be_written_means_no_answer(self, superuser, ask):
        fault = broken(
            superuser, "REVOKE INSERT ON audit_payload FROM sammati_app",
            mend="GRANT INSERT ON audit_payload TO sammati_app",
        )  # fmt: skip

        before, during, after = around(ask, fault)

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True

    def test_that_has_no_partition_means_no_answer(self, superuser, ask):
        name, bound = superuser.execute(PARTITION).fetchone()
        fault = broken(
            superuser, f"ALTER TABLE audit_payload_rc2 DETACH PARTITION {name}",
            mend=f"ALTER TABLE audit_payload_rc2 ATTACH PARTITION {name} {bound}",
        )  # fmt: skip

        before, during, after = around(ask, fault)

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True

    def test_of_one_item_counts_for_its_whole_batch(self, lotus, asha, superuser):
        superuser.execute(REFUSE)
        condition = "WHEN (NEW.purpose = 'research.surveys') EXECUTE"
        trigger = AT_APPEND.format("audit_entryindex").replace("EXECUTE", condition)
        items = [lotus.question(asha)] * 25 + [lotus.question(asha, purpose=SURVEYS)]

        async def work(client, point):
            return await client.post(
                EVALUATIONS, json={"evaluations": items}, headers=lotus.headers
            )

        with broken(superuser, trigger, mend="DROP FUNCTION test_refuse() CASCADE"):
            answer = asked(work)

        assert is_refused(answer)
        assert decisions(superuser) == 0


PARTITION = """
SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit_payload_rc2'::regclass
AND c.relname LIKE '%' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') || '%'
"""


@pytest.mark.req("POL-07")
class TestTheDatabase:
    def test_out_of_reach_means_no_answer(self, ask, settings, tmp_path):
        async def work(client, point):
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(settings.DATABASES["default"], "HOST", str(tmp_path))
                during = await ask(client, point)
            return during, await ask(client, point)

        during, (after, _) = asked(work)

        assert is_refused(*during)
        assert after.json()["decision"] is True

    def test_that_takes_connections_and_says_nothing_means_no_answer(self, ask, settings, tmp_path):
        with socket.socket(socket.AF_UNIX) as deaf, pytest.MonkeyPatch.context() as patch:
            deaf.bind(str(tmp_path / ".s.PGSQL.5432"))
            deaf.listen(16)
            patch.setitem(settings.DATABASES["default"], "HOST", str(tmp_path))

            answer, seconds = asked(ask)

        assert is_refused(answer, seconds)

    def test_that_freezes_means_no_answer_and_then_a_new_connection(self, ask, superuser):
        before, during, after = around(ask, frozen(superuser))

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True

    def test_that_hangs_up_costs_at_most_the_calls_in_flight(self, ask, superuser):
        async def work(client, point):
            found = [(await ask(client, point))[0]]
            for _ in range(3):
                assert hang_up(superuser) == 1
                await asyncio.sleep(0.1)
                found.append((await ask(client, point))[0])
            hang_up(superuser)
            await ask(client, point)  # told in the middle of it, or not
            await asyncio.sleep(0.3)
            answer, seconds = await ask(client, point)
            assert seconds < 1
            return [*found, answer]

        for answer in asked(work):
            assert answer.json()["decision"] is True

    @pytest.mark.parametrize("table", ["accounts_cataloguestamp", "subjects_subject"])
    def test_with_a_locked_table_means_no_answer(self, ask, test_database, table):
        before, during, after = around(ask, locked(test_database, table))

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True

    def test_without_its_stamp_means_no_answer(self, ask, superuser):
        held = superuser.execute("SELECT version FROM accounts_cataloguestamp").fetchone()
        fault = broken(
            superuser, "DELETE FROM accounts_cataloguestamp",
            mend=f"INSERT INTO accounts_cataloguestamp (id, version) VALUES (1, {held[0] + 1})",
        )  # fmt: skip

        before, during, after = around(ask, fault)

        assert before.json()["decision"] is True
        assert is_refused(*during)
        assert after.json()["decision"] is True


def backends(superuser):
    query = """SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'sammati-pdp'"""
    return [row[0] for row in superuser.execute(query)]


def hang_up(superuser):
    found = backends(superuser)
    for pid in found:
        superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
    return len(found)


@contextmanager
def frozen(superuser):
    """The PostgreSQL processes of our own connections, stopped where they are."""
    with ExitStack() as stack:
        for pid in backends(superuser):
            os.kill(pid, signal.SIGSTOP)
            stack.callback(os.kill, pid, signal.SIGCONT)
        yield


@contextmanager
def locked(database, table):
    with psycopg.connect(database.superuser_dsn) as holder:
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


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

        def buggy(facts):
            if facts.question.channel == "fax":
                raise ZeroDivisionError
            return decide(facts)

        monkeypatch.setattr(batch, "decide", buggy)
        items = [lotus.question(asha), lotus.question(asha, channel="fax"), lotus.question(asha)]

        async def work(client, point):
            body = {"evaluations": items}
            return await client.post(EVALUATIONS, json=body, headers=lotus.headers)

        found = asked(work).json()["evaluations"]

        assert [one["decision"] for one in found] == [True, False, True]
        assert found[1]["context"]["reason_code"] == "ENGINE_ERROR"
        assert decisions(superuser) == 3

    @pytest.mark.parametrize("step", ["facts.parameters", "record.parameters"])
    def test_around_the_engine_answers_nobody_in_the_batch(self, ask, monkeypatch, step):
        def buggy(*_):
            raise ZeroDivisionError

        module, name = step.split(".")
        monkeypatch.setattr(getattr(batch, module), name, buggy)

        answer, seconds = asked(ask)

        assert is_refused(answer, seconds)

    def test_in_writing_the_answer_gives_no_answer(self, ask, monkeypatch):
        def buggy(*_):
            raise ZeroDivisionError("asha.rao@example.in")

        monkeypatch.setattr(asgi, "_written", buggy)

        answer, _ = asked(ask)

        assert answer.status_code == 500
        assert "asha" not in answer.text


@pytest.mark.req("POL-22")
def test_a_batch_is_one_query_and_one_append_in_one_transaction(lotus, asha, monkeypatch):
    sent = []
    exchange = Channel.exchange

    async def watched(self, *commands, seconds):
        sent.append([statement.name for statement, _ in commands])
        return await exchange(self, *commands, seconds=seconds)

    monkeypatch.setattr(Channel, "exchange", watched)

    async def work(client, point):
        for body in [{"evaluations": [lotus.question(asha)] * 400}] * 2:
            answer = await client.post(EVALUATIONS, json=body, headers=lotus.headers)
            assert len(answer.json()["evaluations"]) == 400

    asked(work)

    assert sent == [["begin", "facts", "clock"], ["append", "commit"]] * 2


@pytest.mark.req("POL-07")
def test_more_than_can_wait_is_refused_at_once(lotus, asha, monkeypatch, test_database):
    monkeypatch.setattr(asgi, "BACKLOG", 5)

    async def work(client, point):
        post = lambda: client.post(  # noqa: E731
            EVALUATION, json=lotus.question(asha), headers=lotus.headers
        )
        await post()
        with locked(test_database, "subjects_subject"):
            running = asyncio.create_task(post())
            await asyncio.sleep(0.2)
            waiting = [asyncio.create_task(post()) for _ in range(5)]
            await asyncio.sleep(0.2)
            began = time.monotonic()
            refused = await post()
            seconds = time.monotonic() - began
        held = await asyncio.gather(running, *waiting)
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
