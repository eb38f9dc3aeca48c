from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction

from work import doorbell, services
from work.errors import PayloadError, UnknownKindError
from work.handlers import finished
from work.models import Job
from work.outcomes import NewJob

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")


@pytest.fixture
def plain(kind):
    return kind(lambda job: finished(), max_attempts=7, lease_seconds=11)


@pytest.mark.django_db
class TestEnqueue:
    def test_notes_a_ready_job_due_now_by_the_databases_clock(self, plain):
        job = services.enqueue(kind=plain, controller_id=ONE, payload={"id": "x"}, total=5)

        job.refresh_from_db()
        assert (job.state, job.attempts, job.max_attempts, job.lease_seconds) == ("ready", 0, 7, 11)
        assert job.run_at == job.created_at
        assert job.progress_total == 5

    def test_keeps_a_later_time(self, plain):
        later = datetime(2031, 1, 1, tzinfo=UTC)

        assert services.enqueue(kind=plain, controller_id=ONE, run_at=later).run_at == later

    def test_is_undone_with_the_transaction_it_is_in(self, plain):
        def fail():
            services.enqueue(kind=plain, controller_id=ONE)
            raise RuntimeError

        with pytest.raises(RuntimeError), transaction.atomic():
            fail()

        assert not Job.objects.exists()

    def test_the_same_dedupe_key_gives_the_same_job_even_when_done(self, plain):
        first = services.enqueue(kind=plain, controller_id=ONE, dedupe_key="k")
        services.run_available(worker="w")

        again = services.enqueue(kind=plain, controller_id=ONE, dedupe_key="k")

        assert again.id == first.id
        assert again.state == "done"

    def test_dedupe_keys_are_apart_by_controller_and_kind(self, plain, kind):
        other = kind(lambda job: finished())
        ids = {
            services.enqueue(kind=k, controller_id=c, dedupe_key="k").id
            for k in (plain, other)
            for c in (ONE, TWO)
        }

        assert len(ids) == 4

    def test_refuses_a_kind_nobody_can_do(self):
        with pytest.raises(UnknownKindError, match=r"tasks\.py"):
            services.enqueue(kind="test.nobody", controller_id=ONE)

    @pytest.mark.req("P10")
    @pytest.mark.parametrize(
        "payload",
        [
            {"email": "asha@example.invalid"},
            {"name": "Asha Rao"},
            {"id": {"nested": "x"}},
            {"id": 1.5},
            {"ids": ["ok", "not ok"]},
            {"ids": ["x"] * 1001},
            {"id": "x" * 201},
            {"a key": "x"},
            {1: "x"},
            {"name": "आशा"},
        ],
    )
    def test_refuses_a_payload_that_could_hold_personal_data(self, plain, payload):
        with pytest.raises(PayloadError) as caught:
            services.enqueue(kind=plain, controller_id=ONE, payload=payload)

        assert "Asha" not in str(caught.value)
        assert "asha@" not in str(caught.value)
        assert not Job.objects.exists()

    def test_many_at_once(self, plain):
        new = [NewJob(plain, ONE, {"n": n}, ordering_key="o", priority=5) for n in range(1200)]

        assert services.enqueue_many(new) == 1200

        assert Job.objects.filter(ordering_key="o", priority=5, state="ready").count() == 1200

    def test_none_at_once(self):
        assert services.enqueue_many([]) == 0


class TestDoorbell:
    @pytest.fixture
    def rings(self, monkeypatch):
        heard = []
        monkeypatch.setattr(doorbell, "ring", lambda: heard.append(Job.objects.count()))
        return heard

    def test_rings_once_after_the_commit(
        self, plain, rings, db, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(50):
                services.enqueue(kind=plain, controller_id=ONE)
            services.enqueue_many([NewJob(plain, ONE)])
            assert rings == []

        assert rings == [51]

    def test_does_not_ring_for_a_job_that_was_rolled_back_but_for_the_next(
        self, plain, rings, db, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            with transaction.atomic():
                services.enqueue(kind=plain, controller_id=ONE)
                transaction.set_rollback(True)
            services.enqueue(kind=plain, controller_id=ONE)

        assert rings == [1]
