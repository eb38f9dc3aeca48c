from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from work import handlers, leases, services
from work.errors import LeaseLostError, NotDeadError
from work.handlers import again, finished, retry
from work.models import Job, ScheduleEntry

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")

pytestmark = pytest.mark.django_db


def write_something(job):
    """Stands for a handler's effect: a row that is there exactly if its transaction committed."""
    ScheduleEntry.objects.create(
        name=f"{job.id}:{job.step}", every_seconds=1, next_at=timezone.now()
    )


def effects():
    return ScheduleEntry.objects.count()


def only_job():
    return Job.objects.get()


def later(**span):
    return timezone.now() + timedelta(**span)


class TestOutcomes:
    def test_finished_is_recorded_with_the_effect(self, kind):
        def record(job):
            write_something(job)
            return finished()

        services.enqueue(kind=kind(record), controller_id=ONE, total=4)

        assert services.run_available(worker="w") == 1

        job = only_job()
        assert (job.state, job.lease_owner, job.lease_until) == ("done", "", None)
        assert job.finished_at is not None
        assert (job.progress_done, job.progress_total) == (4, 4)
        assert effects() == 1

    def test_again_goes_on_from_its_cursor_and_counts_steps_not_attempts(self, kind):
        seen = []

        def record(job):
            seen.append((job.cursor, job.done, job.total, job.attempts, job.effect_key))
            write_something(job)
            if job.done == 20:
                return finished()
            return again(cursor={"at": job.done + 10}, done=job.done + 10, total=20)

        job = services.enqueue(kind=kind(record), controller_id=ONE)

        assert services.run_available(worker="w") == 3

        assert seen == [
            ({}, 0, None, 1, f"{job.id}:0"),
            ({"at": 10}, 10, 20, 1, f"{job.id}:1"),
            ({"at": 20}, 20, 20, 1, f"{job.id}:2"),
        ]
        assert only_job().state == "done"

    def test_again_can_wait(self, kind):
        services.enqueue(
            kind=kind(lambda job: again(cursor={}, delay_seconds=60)), controller_id=ONE
        )

        assert services.run_available(worker="w") == 1
        assert services.run_available(worker="w", limit=1, due_by=later(seconds=61)) == 1

    def test_retry_keeps_nothing_and_names_its_code(self, kind):
        def record(job):
            write_something(job)
            return retry("system_busy", 30)

        services.enqueue(kind=kind(record), controller_id=ONE)
        services.run_available(worker="w")

        job = only_job()
        assert (job.state, job.attempts, job.last_error_code) == ("ready", 1, "system_busy")
        assert timedelta(seconds=25) < job.run_at - timezone.now() <= timedelta(seconds=30)
        assert effects() == 0

    @pytest.mark.req("P10")
    def test_an_exception_keeps_nothing_and_none_of_its_text(self, kind, capsys):
        def record(job):
            write_something(job)
            raise RuntimeError("asha@example.invalid")

        services.enqueue(kind=kind(record), controller_id=ONE)
        services.run_available(worker="w")

        job = only_job()
        assert (job.state, job.last_error_code) == ("ready", "RuntimeError")
        assert effects() == 0
        written = capsys.readouterr()
        assert "asha" not in written.out + written.err

    def test_a_domain_error_is_known_by_its_code(self, kind):
        class GoneError(Exception):
            code = "system_gone"

        def record(job):
            raise GoneError

        services.enqueue(kind=kind(record), controller_id=ONE)
        services.run_available(worker="w")

        assert only_job().last_error_code == "system_gone"

    def test_an_answer_that_is_no_outcome_is_a_failure(self, kind):
        services.enqueue(kind=kind(lambda job: None), controller_id=ONE)
        services.run_available(worker="w")

        assert only_job().last_error_code == "TypeError"

    def test_progress_beyond_the_total_is_a_failure(self, kind):
        services.enqueue(
            kind=kind(lambda job: again(cursor={}, done=9, total=8)), controller_id=ONE
        )
        services.run_available(worker="w")

        assert only_job().last_error_code == "IntegrityError"


class TestPerform:
    def test_runs_first_and_hands_its_result_on(self, kind):
        def perform(job):
            return job.effect_key

        def record(job, result):
            assert result == f"{job.id}:0"
            return finished()

        services.enqueue(kind=kind(record, perform=perform), controller_id=ONE)
        services.run_available(worker="w")

        assert only_job().state == "done"

    @pytest.mark.django_db(transaction=True)
    def test_is_outside_any_transaction_and_record_is_inside_one(self, kind):
        seen = []

        def perform(job):
            seen.append(connection.in_atomic_block)

        def record(job, result):
            seen.append(connection.in_atomic_block)
            return finished()

        services.enqueue(kind=kind(record, perform=perform), controller_id=ONE)
        services.run_available(worker="w")

        assert seen == [False, True]

    def test_has_the_same_effect_key_in_each_attempt(self, kind):
        keys = []

        def perform(job):
            keys.append(job.effect_key)
            raise ConnectionError

        services.enqueue(
            kind=kind(lambda job, result: finished(), perform=perform), controller_id=ONE
        )
        services.run_available(worker="w")
        services.run_available(worker="w", due_by=later(hours=2), limit=1)

        assert len(keys) == 2
        assert len(set(keys)) == 1


class TestGivingUp:
    def exhaust(self, name, times):
        services.enqueue(kind=name, controller_id=ONE)
        for _ in range(times):
            services.run_available(worker="w", due_by=later(days=1), limit=1)

    def fail(self, job):
        raise ValueError

    def test_a_job_is_dead_after_its_last_attempt(self, kind):
        self.exhaust(kind(self.fail, max_attempts=3), 2)
        assert only_job().state == "ready"

        services.run_available(worker="w", due_by=later(days=1), limit=1)

        job = only_job()
        assert (job.state, job.attempts) == ("dead", 3)
        assert job.finished_at is not None
        assert services.run_available(worker="w", due_by=later(days=9)) == 0

    def test_a_revived_job_has_all_its_attempts_again(self, kind):
        self.exhaust(kind(self.fail, max_attempts=1), 1)

        job = services.revive(job_id=only_job().id, by="17")

        assert (job.state, job.attempts, job.revived_by, job.finished_at) == (
            "ready",
            0,
            "17",
            None,
        )
        assert services.run_available(worker="w") == 1

    def test_only_a_dead_job_can_be_revived(self, kind):
        job = services.enqueue(kind=kind(self.fail), controller_id=ONE)

        with pytest.raises(NotDeadError):
            services.revive(job_id=job.id, by="17")

    def test_backoff_is_jittered_and_bounded(self):
        for attempts, bound in ((1, 2), (2, 4), (5, 32), (40, 3600), (10_000, 3600)):
            drawn = [leases.backoff_seconds(attempts) for _ in range(200)]

            assert all(0 <= seconds <= bound for seconds in drawn)
            assert max(drawn) > bound / 2
            assert len(set(drawn)) > 100


class TestFencing:
    """A worker that stalls and wakes after its job was given to another one."""

    @pytest.fixture
    def noting(self, kind):
        def record(job):
            write_something(job)
            return finished()

        return kind(record)

    def stall(self, name):
        services.enqueue(kind=name, controller_id=ONE)
        (stalled,) = services.claim(worker="stalled")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert services.sweep_expired() == 1
        return stalled

    def test_it_cannot_record_while_the_job_waits(self, noting):
        stalled = self.stall(noting)

        services.run(stalled)

        assert effects() == 0
        assert only_job().state == "ready"

    def test_it_cannot_record_while_another_has_the_job(self, noting):
        stalled = self.stall(noting)
        (other,) = services.claim(worker="other")

        services.run(stalled)
        assert effects() == 0

        services.run(other)
        services.run(stalled)
        assert effects() == 1
        assert only_job().state == "done"

    def test_its_failure_does_not_touch_the_job_of_the_other(self, kind):
        def record(job):
            raise LookupError

        stalled = self.stall(kind(lambda job, result: finished(), perform=record))
        services.claim(worker="other")

        services.run(stalled)

        job = only_job()
        assert (job.state, job.lease_owner, job.fence) == ("leased", "other", 2)

    def test_it_cannot_renew(self, noting):
        stalled = self.stall(noting)

        with pytest.raises(LeaseLostError):
            services.renew(stalled)

    def test_a_lease_that_ran_out_unnoticed_still_records(self, noting):
        services.enqueue(kind=noting, controller_id=ONE)
        (view,) = services.claim(worker="w")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

        services.run(view)

        assert only_job().state == "done"

    def test_renewing_makes_the_lease_longer(self, noting):
        services.enqueue(kind=noting, controller_id=ONE)
        (view,) = services.claim(worker="w")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

        services.renew(view)

        assert services.sweep_expired() == 0

    def test_renewing_tells_how_far_a_long_step_is(self, noting):
        services.enqueue(kind=noting, controller_id=ONE)
        (view,) = services.claim(worker="w")

        services.renew(view, done=3, total=8)
        services.renew(view)

        assert (only_job().progress_done, only_job().progress_total) == (3, 8)


@pytest.mark.django_db(transaction=True)
def test_a_record_under_way_is_not_swept(kind):
    """The row is locked from before the effect until the commit, so the sweep passes it by."""
    swept = []

    def record(job):
        write_something(job)
        Job.objects.filter(id=job.id)
        swept.append(in_another_connection(services.sweep_expired))
        return finished()

    services.enqueue(kind=kind(record), controller_id=ONE)
    (view,) = services.claim(worker="w")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    services.run(view)

    assert swept == [0]
    assert only_job().state == "done"


def in_another_connection(call):
    from threading import Thread

    results = []

    def run():
        results.append(call())
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


class TestWhatIsAround:
    @pytest.fixture
    def seen(self, monkeypatch):
        """What happened, in its order, with something around each run."""
        happened = []
        monkeypatch.setattr(handlers, "_around", [])

        @contextmanager
        def surrounding(job):
            happened.append(("in", job.id))
            try:
                yield
            finally:
                happened.append(("out", job.id))

        handlers.around(surrounding)
        return happened

    def test_is_around_both_halves_of_a_job(self, kind, seen):
        def perform(job):
            seen.append(("perform", job.id))

        def record(job, _):
            seen.append(("record", job.id))
            return finished()

        job = services.enqueue(kind=kind(record, perform=perform), controller_id=ONE)
        services.run_available(worker="w")

        assert seen == [(what, job.id) for what in ("in", "perform", "record", "out")]

    def test_ends_with_a_job_that_fails(self, kind, seen):
        def record(job):
            raise ValueError

        job = services.enqueue(kind=kind(record), controller_id=ONE)
        services.run_available(worker="w")

        assert seen == [("in", job.id), ("out", job.id)]
        assert only_job().state == "ready"
