from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from keys.ids import SYSTEM_ID
from work import duties, handlers, selectors, services, tasks
from work.handlers import finished
from work.models import Job, PulseKind, ScheduleEntry, WorkerPulse

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")
NOBODY = 2**31 - 1
"""The number of no process."""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(kind):
    return kind(lambda job: finished(), max_attempts=2)


def aged(model, **ages):
    model.objects.update(**{name: timezone.now() - age for name, age in ages.items()})


class TestSweep:
    def leased(self, name, worker="w"):
        services.enqueue(kind=name, controller_id=ONE)
        return services.claim(worker=worker)

    def test_leaves_a_lease_that_holds(self, plain):
        self.leased(plain)

        assert services.sweep_expired() == 0

    def test_ends_a_lease_that_ran_out(self, plain):
        self.leased(plain)
        aged(Job, lease_until=timedelta(seconds=1))

        assert services.sweep_expired() == 1

        job = Job.objects.get()
        assert (job.state, job.last_error_code, job.lease_owner) == ("ready", "lease_expired", "")

    def test_ends_the_lease_of_a_worker_whose_pulse_stopped(self, plain):
        services.beat(name="w", kind=PulseKind.WORKER, moved=False)
        self.leased(plain)
        assert services.sweep_expired() == 0

        aged(WorkerPulse, last_seen_at=timedelta(seconds=5))

        assert services.sweep_expired() == 1

    @pytest.mark.parametrize(
        ("backend", "silent", "ended"),
        [("gone", 2.5, 1), ("gone", 1.0, 0), ("there", 2.5, 0), ("unknown", 2.5, 0)],
    )
    def test_a_lost_session_shortens_the_wait_for_a_silent_worker(
        self, plain, backend, silent, ended
    ):
        services.beat(name="w", kind=PulseKind.WORKER, moved=False)
        self.leased(plain)
        if backend != "there":
            WorkerPulse.objects.update(backend_pid=NOBODY if backend == "gone" else 0)
        aged(WorkerPulse, last_seen_at=timedelta(seconds=silent))

        assert services.sweep_expired() == ended

    def test_a_beat_names_its_session(self, plain):
        services.beat(name="w", kind=PulseKind.WORKER, moved=False)
        WorkerPulse.objects.update(backend_pid=NOBODY)

        services.beat(name="w", kind=PulseKind.WORKER, moved=False)

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert WorkerPulse.objects.get().backend_pid == cursor.fetchone()[0]

    def test_is_a_duty_that_no_long_job_of_the_keeper_holds_up(self, plain, monkeypatch):
        rung = []
        monkeypatch.setattr(tasks.doorbell, "ring", lambda: rung.append(1))
        self.leased(plain)
        aged(Job, lease_until=timedelta(seconds=1))
        (sweep,) = [one for one in duties.known() if one.name == "work.sweep"]

        assert [sweep.step(), sweep.step()] == [False, False]

        assert (Job.objects.get().state, rung) == ("ready", [1])
        assert sweep.every < 1

    def test_waits_for_the_lease_of_a_worker_without_pulse(self, plain):
        services.beat(name="other", kind=PulseKind.WORKER, moved=False)
        aged(WorkerPulse, last_seen_at=timedelta(seconds=5))
        self.leased(plain)

        assert services.sweep_expired() == 0

    def test_gives_up_a_job_that_killed_its_workers_too_often(self, plain):
        self.leased(plain)
        for _ in range(2):
            aged(Job, lease_until=timedelta(seconds=1))
            services.sweep_expired()
            services.claim(worker="w")

        job = Job.objects.get()
        assert (job.state, job.attempts) == ("dead", 2)
        assert job.finished_at is not None


class TestSchedule:
    @pytest.fixture
    def periodic(self, monkeypatch):
        monkeypatch.setattr(handlers, "_schedules", {})
        handlers.periodic("test.periodic", every=60)(lambda job: finished())
        yield "test.periodic"
        del handlers._handlers["test.periodic"]

    def test_a_kind_met_for_the_first_time_is_due_at_once(self, periodic):
        assert services.keep_schedule(NOON) == 1

        job = Job.objects.get()
        assert (job.kind, job.controller_id) == (periodic, SYSTEM_ID)

    def test_the_next_round_comes_after_the_interval(self, periodic):
        services.keep_schedule(NOON)
        services.run_available(worker="w")

        assert services.keep_schedule(NOON + timedelta(seconds=59)) == 0
        assert services.keep_schedule(NOON + timedelta(seconds=60)) == 1

    def test_missed_rounds_are_not_made_up(self, periodic):
        services.keep_schedule(NOON)
        services.run_available(worker="w")

        assert services.keep_schedule(NOON + timedelta(days=1)) == 1
        services.run_available(worker="w")
        assert services.keep_schedule(NOON + timedelta(days=1, seconds=1)) == 0

    def test_a_round_is_left_out_while_the_last_one_is_unfinished(self, periodic):
        services.keep_schedule(NOON)

        assert services.keep_schedule(NOON + timedelta(seconds=60)) == 0
        assert Job.objects.count() == 1

    def test_a_round_is_left_to_another_keeper_that_had_it(self, periodic):
        services.keep_schedule(NOON)
        services.run_available(worker="w")
        ScheduleEntry.objects.update(next_at=NOON)  # as another keeper saw it a moment ago

        services.keep_schedule(NOON)

        assert Job.objects.count() == 1

    def test_a_changed_interval_is_taken_over(self, periodic, monkeypatch):
        services.keep_schedule(NOON)
        monkeypatch.setattr(handlers, "_schedules", {periodic: 10})
        services.run_available(worker="w")
        services.keep_schedule(NOON + timedelta(seconds=60))

        assert ScheduleEntry.objects.get().next_at == NOON + timedelta(seconds=70)

    def test_the_queues_own_housekeeping_is_on_the_schedule(self):
        assert handlers.schedules()["work.purge"] == 3600


class TestPurge:
    def test_deletes_old_done_jobs_and_nothing_else(self, plain):
        services.enqueue(kind=plain, controller_id=ONE)
        services.run_available(worker="w")
        aged(Job, finished_at=timedelta(days=15))
        services.enqueue(kind=plain, controller_id=ONE)
        services.run_available(worker="w")
        services.enqueue(kind=plain, controller_id=ONE)

        assert services.purge_finished() == 1
        assert Job.objects.count() == 2

    def test_keeps_dead_jobs_for_ever(self, plain):
        services.enqueue(kind=plain, controller_id=ONE)
        Job.objects.update(state="dead", finished_at=timezone.now() - timedelta(days=999))

        assert services.purge_finished() == 0

    def test_is_bounded_and_goes_on_as_a_job(self, plain, monkeypatch):
        for _ in range(3):
            services.enqueue(kind=plain, controller_id=ONE)
        services.run_available(worker="w")
        aged(Job, finished_at=timedelta(days=15))
        monkeypatch.setattr(services, "PURGE_AT_ONCE", 2)

        assert services.purge_finished(limit=2) == 2
        assert services.purge_finished(limit=2) == 1

    def test_runs_as_a_periodic_job(self, monkeypatch):
        monkeypatch.setattr(handlers, "_schedules", {"work.purge": 3600})

        services.keep_schedule(timezone.now())

        assert services.run_available(worker="w") >= 1
        assert Job.objects.get(kind="work.purge").state == "done"


class TestPulses:
    def test_a_beat_is_one_row_for_each_process(self):
        for moved in (False, True):
            services.beat(name="w", kind=PulseKind.WORKER, moved=moved)

        pulse = WorkerPulse.objects.get()
        assert pulse.last_moved_at == pulse.last_seen_at
        assert pulse.started_at < pulse.last_seen_at

    def test_a_stopped_process_is_taken_out(self):
        services.beat(name="w", kind=PulseKind.WORKER, moved=False)

        services.end_pulse(name="w")

        assert not WorkerPulse.objects.exists()

    @pytest.mark.parametrize(
        ("seen", "started", "moved", "kind", "silent"),
        [
            (0, 60, None, "worker", True),
            (0, 60, 30, "worker", True),
            (0, 60, 1, "worker", False),
            (0, 1, None, "worker", False),  # it has only just started
            (30, 60, 40, "worker", False),  # dead, not silent: the sweep sees to it
            (0, 60, None, "keeper", False),
        ],
    )
    def test_silent_is_who_lives_and_does_not_move(self, seen, started, moved, kind, silent):
        services.beat(name="w", kind=kind, moved=moved is not None)
        ages = {"last_seen_at": timedelta(seconds=seen), "started_at": timedelta(seconds=started)}
        if moved is not None:
            ages["last_moved_at"] = timedelta(seconds=moved)
        aged(WorkerPulse, **ages)

        assert selectors.silent_workers(patience_seconds=10).exists() is silent


class TestSelectors:
    def test_backlog_counts_by_what_jobs_wait_for(self, plain):
        for _ in range(4):
            services.enqueue(kind=plain, controller_id=ONE)
        services.enqueue(kind=plain, controller_id=TWO)
        services.enqueue(kind=plain, controller_id=ONE, run_at=timezone.now() + timedelta(hours=1))
        services.run_available(worker="w", limit=1)
        services.claim(worker="w")
        dead = Job.objects.filter(state="ready", controller_id=ONE).order_by("id").first()
        Job.objects.filter(id=dead.id).update(state="dead", finished_at=timezone.now())

        found = selectors.backlog()
        assert (found.due, found.later, found.leased, found.dead) == (2, 1, 1, 1)
        found = selectors.backlog(controller_ids=[ONE])
        assert (found.due, found.later, found.leased, found.dead) == (1, 1, 1, 1)
        assert list(selectors.dead_jobs(controller_ids=[ONE])) == [dead]
        assert not selectors.dead_jobs(controller_ids=[TWO]).exists()

    def test_oldest_due_age_is_of_known_kinds_that_are_due(self, plain):
        assert selectors.oldest_due_age(kinds=[plain]) is None
        services.enqueue(kind=plain, controller_id=ONE)
        aged(Job, run_at=timedelta(seconds=90))

        assert 90 <= selectors.oldest_due_age(kinds=[plain]) < 95
        assert selectors.oldest_due_age(kinds=["other"]) is None

    @pytest.mark.req("P9")
    def test_progress_is_shown_to_the_jobs_controller_only(self, plain):
        job = services.enqueue(kind=plain, controller_id=ONE, total=10)

        assert selectors.progress(job_id=job.id, controller_id=ONE).total == 10
        assert selectors.progress(job_id=job.id, controller_id=TWO) is None


class TestConstraints:
    @pytest.mark.parametrize(
        ("wrong", "name"),
        [
            ({"state": "lost"}, "work_job_(state|finished_paired)"),
            ({"lease_owner": "w"}, "work_job_lease_paired"),
            ({"lease_until": NOON}, "work_job_lease_paired"),
            ({"state": "leased", "lease_owner": "w"}, "work_job_lease_paired"),
            ({"state": "leased", "lease_until": NOON}, "work_job_lease_paired"),
            ({"state": "done"}, "work_job_finished_paired"),
            ({"finished_at": NOON}, "work_job_finished_paired"),
            ({"progress_done": -1}, "work_job_progress_bounds"),
            ({"progress_done": 2, "progress_total": 1}, "work_job_progress_bounds"),
        ],
    )
    def test_the_database_refuses_a_job_that_makes_no_sense(self, plain, wrong, name):
        services.enqueue(kind=plain, controller_id=ONE)

        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Job.objects.update(**wrong)

    def test_two_handlers_of_one_kind_are_refused(self, plain):
        with pytest.raises(ValueError, match="Two handlers"):
            handlers.handler(plain)(lambda job: finished())
