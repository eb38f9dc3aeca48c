"""Several witnesses and several keepers at once, and what one of them does to the others."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pytest
from django.db import connections
from django.db.models.functions import Now

from audit.alarms import open_alarms
from audit.models import Checkpoint, Cosignature, Tree, WitnessFeed
from audit.witnesses.configuration import configured
from audit.witnesses.publishing import Publisher
from config.places import BASE_DIR
from tests import patience
from tests.audit.log import LOG, OTHER_LOG, write
from tests.audit.witnesses.conftest import answer, as_table, grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06", "AUD-04")]


def publish(publisher):
    WitnessFeed.objects.update(next_at=Now())
    while publisher.step():
        pass


class TestTwoKeepers:
    def test_never_ask_the_same_witness_about_the_same_log_at_once(
        self, server, configure, witness
    ):
        logs = [LOG, OTHER_LOG]
        for log in logs:
            grow(log=log)
        asked, busy, clashes, lock = [], set(), [], threading.Lock()

        def respond(handler, body):
            origin = body.decode().split("\n\n")[1].split("\n")[0]
            with lock:
                clashes.extend([origin] if origin in busy else [])
                busy.add(origin)
                asked.append(origin)
            time.sleep(0.1)
            with lock:
                busy.discard(origin)
            answer(handler, status=503)

        table = {"name": "w", "kind": "http", "url": server(respond), "vkey": witness().vkey}
        configure(table)
        end = time.monotonic() + 3

        def keep():
            publisher = Publisher(configured()[0])
            try:
                while time.monotonic() < end:
                    publisher.step()
                    time.sleep(0.02)
            finally:
                publisher.close()
                connections.close_all()

        threads = [threading.Thread(target=keep) for _ in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

        assert clashes == []
        assert len(set(asked)) == 2

    def test_the_lease_of_one_that_died_runs_out(self, cosigner):
        grow()
        found, publisher = cosigner()
        publisher.compare()
        from audit.witnesses.publishing import _claim

        assert _claim(publisher.witness) is not None  # taken by somebody who will not come back
        assert publisher.step() is False
        publish(publisher)

        assert list(found.seen().values()) == [1]

    def test_a_late_answer_takes_nothing_back(self, cosigner):
        """One keeper sent a checkpoint, was overtaken, and only then notes what it was told."""
        from audit.witnesses.published import Published
        from audit.witnesses.publishing import acknowledged

        grow()
        found, publisher = cosigner()
        early = Published.of(LOG)
        said = publisher.sink.publish(early, 0)
        grow(9)
        publish(publisher)

        acknowledged(publisher.witness, early, said, 0)

        assert WitnessFeed.objects.get().size == 10
        assert sorted(Cosignature.objects.values_list("size", flat=True)) == [1, 10]
        assert list(found.seen().values()) == [10]

    def test_an_overtaken_keeper_raises_no_alarm(self, cosigner):
        """Its own reading of the tree is smaller than what the witness has seen meanwhile."""
        from audit.witnesses.errors import Problem, WitnessTroubleError
        from audit.witnesses.published import Published

        grow()
        _found, publisher = cosigner()
        early = Published.of(LOG)
        grow(9)
        publish(publisher)

        with pytest.raises(WitnessTroubleError) as caught:
            publisher.sink.publish(early, 0)

        assert caught.value.problem == Problem.CONFLICT
        assert not open_alarms([LOG]).exists()


class TestNoTransactionWhileAsking:
    def test_the_witness_is_asked_outside_any_transaction(
        self, server, configure, witness, superuser
    ):
        grow()
        found = []

        def respond(handler, _body):
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%'"
            )
            found.append(superuser.execute(query).fetchone()[0])
            answer(handler, status=503)

        table = {"name": "w", "kind": "http", "url": server(respond), "vkey": witness().vkey}
        (publisher,) = configure(table)

        publisher.step()

        assert found == [0]


@pytest.fixture
def keeper(test_database, stack, settings):
    """Starts a keeper on this test's database, with the witnesses configured so far."""

    def start():
        environment = {
            **test_database.environment(),
            "SAMMATI_WITNESSES": settings.WITNESSES,
            "SAMMATI_KEYS_FILE": settings.KEYS_FILE,
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        log = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (it closes it)
        process = subprocess.Popen(
            [sys.executable, "manage.py", "keeper", "--patience", "3600"],
            env=environment, cwd=BASE_DIR, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        stack.callback(end, process, log)
        return process

    return start


def end(process, log):
    if process.poll() is not None and process.returncode > 0:
        log.seek(0)
        sys.stderr.write(log.read().decode())
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(condition, seconds=60):
    patience.wait_until(condition, seconds=seconds, instead=lambda: [*WitnessFeed.objects.values()])


@pytest.mark.fault
@pytest.mark.slow
class TestKeepers:
    def test_seal_and_publish_beside_witnesses_that_hang_and_die(
        self, keeper, server, witness, configure, tmp_path
    ):
        grow()
        (tmp_path / "paper").mkdir()
        good = witness("w.example/good").trust()
        hanging = server(lambda _handler, _body: time.sleep(8))
        configure(
            {**as_table(witness("w.example/other")), "name": "hangs", "url": hanging, "timeout": 5},
            as_table(good),
            {"name": "paper", "kind": "file", "path": str(tmp_path / "paper")},
        )
        first, _second = keeper(), keeper()
        wait_until(lambda: size_of("paper") > 0 and size_of(good.name) > 0)

        for step in range(4):
            write(3)
            if step == 1:
                good.kill()
            if step == 2:
                good.start()
                os.killpg(first.pid, signal.SIGKILL)
            time.sleep(1)
        write(1)
        wait_until(lambda: size_of(good.name) == size_of("paper") == newest())

        assert size_of("hangs") == 0
        assert list(good.seen().values()) == [newest()]
        assert not open_alarms([LOG]).exists()
        lines = (tmp_path / "paper" / f"{LOG}.checkpoints").read_text().count("\n— ")
        assert lines <= Checkpoint.objects.filter(controller_id=LOG).count()


def size_of(name):
    rows = WitnessFeed.objects.filter(witness=name, controller_id=LOG)
    return max(rows.values_list("size", flat=True), default=0)


def newest():
    return Tree.objects.get(controller_id=LOG).size
