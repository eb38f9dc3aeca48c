"""The sequencer killed, doubled, cut off, without its key: nothing is lost, nothing forks."""

import random
import shutil
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from audit import alarms, sealing, verification
from audit.models import Checkpoint, Pending, Tree
from config.places import places
from config.run import folders, postgres
from config.run.provision import APP, DATABASE, OWNER, provision
from keys import services as keys
from tests.audit.log import LOG, write
from tests.audit.sequencing import (
    Writers,
    check,
    crew,
    is_drained,
    placed,
)
from tests.database import TestDatabase, connected_as
from tests.patience import wait_until
from tests.promises.tools import locked

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("AUD-03", "AUD-11", "P5"),
]


class Witness(threading.Thread):
    """Writes down each checkpoint that it sees."""

    def __init__(self):
        super().__init__()
        self.notes = set()
        self._stopping = threading.Event()

    def run(self):
        while not self._stopping.wait(0.05):
            self.notes |= set(Checkpoint.objects.order_by("-at").values_list("note", flat=True)[:4])
        connection.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self.join()


def test_killed_at_any_moment_it_loses_and_repeats_nothing(
    durable_commits, test_database, superuser
):
    rng, met = random.Random(0), 0
    connection.close()  # ours commits durably as well
    with crew(test_database, superuser) as keepers:
        keepers.start()
        with Witness() as witness, Writers() as writers:
            for number in range(24):
                keepers.start()
                if number % 2:
                    met += keepers.kill_while_sealing()
                else:
                    time.sleep(rng.uniform(0, 0.6))
                    keepers.kill(rng.choice(list(keepers.alive)))
        wait_until(is_drained)

    assert met >= 8
    assert writers.longest < 10
    assert len(writers.sure) > 1_000
    assert len(witness.notes) > 10
    check(writers, known=witness.notes)


def test_killed_in_the_middle_of_a_round_leaves_it_to_the_next(test_database, superuser):
    ids = write(600)
    with crew(test_database, superuser) as keepers:
        with locked(test_database, "audit_tree"):  # so that no round can end
            keepers.start()
            assert keepers.kill_while_sealing()
        assert not Tree.objects.exists()
        keepers.start()
        wait_until(is_drained)

    assert placed(LOG) == ids
    assert not list(verification.verify())


def test_three_started_at_once_never_fork(test_database, superuser):
    with crew(test_database, superuser) as keepers:
        for _ in range(3):
            keepers.start()
        with Witness() as witness, Writers() as writers:
            time.sleep(4)
        wait_until(is_drained)

    check(writers, known=witness.notes)
    assert len(witness.notes) > 3


def test_threads_that_seal_at_once_never_fork(test_database):
    ended = threading.Event()
    rounds = []

    def seal():
        while not ended.is_set():
            rounds.append(sealing.seal())
        connection.close()

    sealers = [threading.Thread(target=seal) for _ in range(4)]
    with Writers() as writers:
        for one in sealers:
            one.start()
        time.sleep(3)
    wait_until(is_drained)
    ended.set()
    for one in sealers:
        one.join()

    check(writers)
    assert rounds.count(0) > 0
    assert len(rounds) - rounds.count(0) > 10


CUTS = 40
"""How often connections are cut at most, until a writer was in the middle of something."""


def test_it_outlives_a_database_that_cuts_every_connection(test_database, superuser):
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = 'sammati_app'"
    )
    with crew(test_database, superuser) as keepers:
        name = keepers.start()
        with Writers() as writers:
            for _ in range(CUTS):
                time.sleep(0.4)
                superuser.execute(cut)
                if writers.maybe:
                    break  # a writer was met in the middle of its commit
        connection.close()
        wait_until(is_drained)
        assert Path(f"/proc/{keepers.alive[name]}").exists()

    assert writers.maybe
    check(writers)


@pytest.fixture
def own_server(worker_id, django_db_blocker):
    """A PostgreSQL of this test alone, which it may kill, and its migrated database."""
    found = places(f"sequencer-{worker_id}")
    folders.prepare(found, server_uid=postgres.server_uid())
    server = postgres.Postgres(found)
    server.start()
    dsn = postgres.superuser_dsn(found)
    provision(dsn)
    servers = SimpleNamespace(places=found, superuser_dsn=dsn)
    with connected_as(OWNER, DATABASE, servers):
        call_command("migrate", verbosity=0, interactive=False)
    with connected_as(APP, DATABASE, servers):
        keys.register_versions()
        yield server, TestDatabase(DATABASE, servers)
    server.stop()
    shutil.rmtree(found.data, ignore_errors=True)
    shutil.rmtree(found.sockets, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.soak
def test_a_database_that_crashes_and_restarts_loses_nothing(own_server):
    server, database = own_server
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        keepers = crew(database, superuser)
        with keepers as found:
            name = found.start()
            with Writers() as writers:
                for wish in (signal.SIGQUIT, signal.SIGINT) * 2:  # as in a crash, then in order
                    time.sleep(1.5)
                    server.process.send_signal(wish)
                    server.process.wait()
                    server.start()
                time.sleep(1)
            connection.close()
            wait_until(is_drained)
            assert Path(f"/proc/{found.alive[name]}").exists()

    assert len(writers.sure) > 100
    check(writers)


def test_without_its_key_file_it_waits_and_then_goes_on(
    test_database, superuser, settings, tmp_path
):
    file = Path(shutil.copy(settings.KEYS_FILE, tmp_path))
    away = file.with_suffix(".away")
    settings.AUDIT_PENDING_SECONDS = 1
    with crew(test_database, superuser, SAMMATI_KEYS_FILE=str(file)) as keepers:
        keepers.start()
        write(3)
        wait_until(is_drained)
        file.rename(away)
        time.sleep(2.5)  # a key once read is believed for two seconds
        ids = write(5)
        time.sleep(2)

        verification.go_on()

        assert Pending.objects.exists()
        assert [one.kind for one in alarms.open_alarms([LOG])] == ["pending_stuck"]
        away.rename(file)
        wait_until(is_drained)
        verification.go_on()

    assert not alarms.open_alarms([LOG]).exists()
    assert set(ids) < set(placed(LOG))
    assert not list(verification.verify())
