"""Processes killed, stopped and cut off while they work: every job done, each effect once."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
import redis
from django.conf import settings

from config.places import BASE_DIR
from config.run.provision import OWNER
from tests import patience
from tests.work.fault import tasks
from work import doorbell, services
from work.models import Job, WorkerPulse
from work.outcomes import NewJob

ONE = UUID("01900000-0000-7000-8000-000000000001")

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def effects(test_database):
    with psycopg.connect(test_database.url(OWNER), autocommit=True) as owner:
        owner.execute(tasks.CREATE)
        yield lambda: [
            (job, step) for job, step in owner.execute(f"SELECT job, step FROM {tasks.TABLE}")
        ]
        owner.execute(f"DROP TABLE {tasks.TABLE}")


class Crew:
    """Starts workers and keepers on this test's database and broker, and ends what is left."""

    def __init__(self, database, broker, stack):
        self.environment = {
            **database.environment(),
            "DJANGO_SETTINGS_MODULE": "tests.work.fault.settings",
            "REDIS_URL": settings.CELERY_BROKER_URL,
            "SAMMATI_KEYS_FILE": settings.KEYS_FILE,
        }
        self.stack = stack

    def worker(self, **more):
        options = ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip"]
        command = ["-m", "celery", "-A", "config", "worker", "--without-mingle", *options]
        return self._start(command, **more)

    def worker_that_only_hears(self):
        """It never looks for work by itself."""
        return self.worker(FAULT_UNRUNG_SECONDS="600")

    def keeper(self, patience=0.5):
        return self._start(["manage.py", "keeper", "--patience", str(patience)])

    def _start(self, arguments, **more):
        log = self.stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment | more,
            cwd=BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        process.log = log
        self.stack.callback(end, process)
        return process


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGCONT)
    elif process.returncode > 0:
        sys.stderr.write(said(process))  # it ended by itself: why?
    kill(process)


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def said(process):
    process.log.seek(0)
    return process.log.read().decode()


@pytest.fixture
def crew(test_database, broker, effects, settings, monkeypatch):
    settings.CELERY_BROKER_URL = f"redis+socket://{broker.places.valkey_socket}"
    monkeypatch.setattr(doorbell, "ring", doorbell.Doorbell().ring)
    with ExitStack() as stack:
        yield Crew(test_database, broker, stack)


def wait_until(condition):
    patience.wait_until(condition, instead=lambda: f"jobs: {states()}")


def ours():
    """Without the periodic jobs that the keeper enqueues beside them."""
    return Job.objects.filter(kind__startswith="fault.")


def states():
    return Counter(ours().values_list("state", flat=True))


def all_done(number):
    return lambda: states() == {"done": number}


def some_done(number):
    return lambda: states()["done"] >= number


def enqueue(kind, number, **payload):
    services.enqueue_many([NewJob(kind, ONE, payload) for _ in range(number)])


def each_once(number, effects):
    return sorted(effects()) == sorted((job.id, 0) for job in fault_jobs(number))


def fault_jobs(number):
    jobs = list(ours())
    assert len(jobs) == number
    return jobs


class TestKilledWorkers:
    def test_a_worker_killed_in_the_middle_loses_and_repeats_nothing(self, crew, effects):
        enqueue("fault.slow", 60, milliseconds=40)
        crew.keeper(patience=600)  # it sweeps and rings, and leaves the work to the workers

        for finished in (5, 20, 35):
            worker = crew.worker()
            wait_until(some_done(finished))
            kill(worker)
        crew.worker()

        wait_until(all_done(60))
        assert each_once(60, effects)

    @pytest.mark.parametrize(
        "kind", [pytest.param("fault.die_before", marks=pytest.mark.soak), "fault.die_inside"]
    )
    def test_a_process_that_dies_at_a_chosen_point_repeats_no_effect(self, crew, effects, kind):
        enqueue(kind, 3)
        crew.keeper(patience=600)
        crew.worker()

        wait_until(all_done(3))
        assert each_once(3, effects)
        assert set(Job.objects.filter(kind=kind).values_list("attempts", flat=True)) == {2}

    @pytest.mark.soak
    def test_work_of_a_killed_worker_resumes_within_seconds(self, crew, effects):
        crew.keeper(patience=600)
        first, _second = crew.worker(), crew.worker()
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 4)
        enqueue("fault.stall", 4, milliseconds=3000)
        wait_until(lambda: ours().filter(state="leased").count() == 4)

        kill(first)
        began = time.monotonic()
        wait_until(lambda: Job.objects.filter(kind="fault.stall", fence=2).count() == 2)

        took = time.monotonic() - began
        assert took < 40  # five on a machine that does nothing else; a lease alone is longer
        wait_until(all_done(4))
        assert each_once(4, effects)


class TestKeeper:
    def test_does_the_work_without_any_worker_and_survives_its_own_death(self, crew, effects):
        enqueue("fault.slow", 40, milliseconds=40)

        for finished in (5, 20):
            keeper = crew.keeper()
            wait_until(some_done(finished))
            kill(keeper)
        crew.keeper()

        wait_until(all_done(40))
        assert each_once(40, effects)

    def test_several_at_once_harm_nothing(self, crew, effects):
        for _ in range(3):
            crew.keeper()
        enqueue("fault.steps", 30)

        wait_until(all_done(30))
        assert Counter(step for _job, step in effects()) == {0: 30, 1: 30, 2: 30}
        assert len(set(effects())) == 90

    @pytest.mark.parametrize(
        "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)]
    )
    def test_stops_when_asked_after_the_job_at_hand(self, crew, effects, number):
        keeper = crew.keeper()
        enqueue("fault.slow", 30, milliseconds=200)
        wait_until(some_done(1))

        keeper.send_signal(number)

        assert keeper.wait(timeout=10) == 0
        assert set(states()) == {"ready", "done"}
        assert len(effects()) == states()["done"] < 30
        assert not WorkerPulse.objects.exists()

    def test_outlives_a_database_that_cuts_every_connection(self, crew, effects, superuser):
        keeper = crew.keeper()
        enqueue("fault.slow", 30, milliseconds=50)
        wait_until(some_done(3))

        for _ in range(3):
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                "current_database() AND usename = 'sammati_app' AND pid <> %s",
                [own_backend()],
            )
            time.sleep(0.3)

        wait_until(all_done(30))
        assert keeper.poll() is None
        assert each_once(30, effects)

    def test_starts_before_the_database_answers(self, crew, effects, superuser):
        right = crew.environment["DATABASE_URL"]
        crew.environment["DATABASE_URL"] = right.replace("sammati_app@", "sammati_nobody@")

        keeper = crew.keeper()
        wait_until(lambda: "keeper_trouble" in said(keeper))

        assert keeper.poll() is None


def own_backend():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


class TestBroker:
    def test_with_the_broker_down_the_keeper_does_everything(self, crew, effects, broker):
        crew.worker_that_only_hears()
        keeper = crew.keeper()
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        broker.stop()

        given = 0
        while "keeper_stands_in" not in said(keeper):  # a worker may have heard a last ring
            given += 20
            enqueue("fault.slow", 20, milliseconds=10)
            wait_until(all_done(given))

        assert each_once(given, effects)

    @pytest.mark.soak
    def test_workers_survive_a_broker_that_goes_away_as_they_start(self, crew, effects, broker):
        crew.worker_that_only_hears()
        crew.keeper(patience=600)
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        broker.stop()
        time.sleep(1)  # for rings that were already on their way
        enqueue("fault.slow", 20, milliseconds=10)

        broker.start()

        wait_until(all_done(20))
        assert each_once(20, effects)

    def test_workers_come_back_with_the_broker(self, crew, effects, broker):
        crew.worker_that_only_hears()
        crew.keeper(patience=600)
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        enqueue("fault.stall", 2, milliseconds=2000)
        wait_until(lambda: ours().filter(state="leased").count() == 2)
        time.sleep(0.5)  # for a ring that reaches the worker while its hands are full
        broker.stop()
        wait_until(all_done(2))
        time.sleep(1)  # for that ring, now that the hands are free
        enqueue("fault.slow", 20, milliseconds=10)
        time.sleep(1)
        assert states() == {"done": 2, "ready": 20}

        broker.start()

        wait_until(all_done(22))
        assert each_once(22, effects)

    def test_a_flushed_broker_loses_nothing(self, crew, effects, broker):
        client = redis.Redis(unix_socket_path=str(broker.places.valkey_socket))
        crew.keeper(patience=600)
        crew.worker()

        for _ in range(10):
            enqueue("fault.slow", 5, milliseconds=10)
            client.flushall()
            time.sleep(0.05)

        wait_until(all_done(50))
        assert each_once(50, effects)
        client.close()

    def test_repeated_rings_repeat_nothing(self, crew, effects, broker):
        enqueue("fault.slow", 30, milliseconds=10)
        client = redis.Redis(unix_socket_path=str(broker.places.valkey_socket))
        crew.keeper(patience=600)
        wait_until(lambda: client.llen("sammati") >= 2)
        message = client.lindex("sammati", 0)
        client.lpush("sammati", *[message] * 20)

        crew.worker()

        wait_until(all_done(30))
        assert each_once(30, effects)
        assert b"fault" not in message  # a doorbell says nothing about the work
        client.close()


class TestStalledWorkers:
    def test_a_worker_that_wakes_too_late_cannot_record(self, crew, effects):
        """Stopped between its external effect and its record, while the keeper takes over."""
        worker = crew.worker()
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        crew.keeper(patience=600)
        enqueue("fault.stall", 2, milliseconds=1500)
        wait_until(lambda: ours().filter(state="leased").count() == 2)
        os.killpg(worker.pid, signal.SIGSTOP)

        crew.keeper()
        wait_until(all_done(2))
        os.killpg(worker.pid, signal.SIGCONT)
        wait_until(lambda: "lease_lost" in said(worker))

        assert each_once(2, effects)
        assert set(Job.objects.filter(kind="fault.stall").values_list("fence", flat=True)) == {2}

    def test_workers_that_live_but_do_not_move_are_stood_in_for(self, crew, effects):
        worker = crew.worker_that_only_hears()
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        os.kill(worker.pid, signal.SIGSTOP)  # its children live and beat; nobody hands them work

        crew.keeper(patience=2)
        enqueue("fault.slow", 20, milliseconds=10)
        began = time.monotonic()

        wait_until(all_done(20))
        assert time.monotonic() - began < 40
        assert each_once(20, effects)


class TestDeafWorkers:
    """Alive and idle while work waits, and no keeper that would stand in: they look themselves."""

    @pytest.fixture
    def worker(self, crew):
        found = crew.worker()
        wait_until(lambda: WorkerPulse.objects.filter(kind="worker").count() == 2)
        return found

    @pytest.mark.soak
    def test_children_of_a_stopped_worker_find_what_waits(self, crew, effects, worker):
        os.kill(worker.pid, signal.SIGSTOP)

        self.is_cured(effects)

    def test_workers_whose_broker_says_nothing_any_more_find_what_waits(
        self, crew, effects, broker, worker
    ):
        os.kill(broker.process.pid, signal.SIGSTOP)
        try:
            self.is_cured(effects)
        finally:
            os.kill(broker.process.pid, signal.SIGCONT)

    def is_cured(self, effects):
        enqueue("fault.slow", 20, milliseconds=10)
        began = time.monotonic()
        wait_until(all_done(20))
        assert time.monotonic() - began < 40  # four on a machine that does nothing else
        assert each_once(20, effects)
