"""P1 and P4: whatever is missing or broken, no permit goes out, and the trouble is bounded."""

import asyncio
import os
import signal
import socket
from contextlib import ExitStack, contextmanager

import pytest

from tests.factories.company import EVALUATIONS, SURVEYS
from tests.factories.point import asked
from tests.promises.tools import decisions, is_refused, locked

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


@pytest.mark.req("POL-22", "POL-07")
class TestTheRecord:
    @pytest.mark.parametrize("table", ["audit_pending", "audit_payload", "audit_entryindex"])
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
                assert hang_up(superuser) >= 1
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
