from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from work import services
from work.handlers import finished
from work.models import Job

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")

pytestmark = pytest.mark.django_db


def only_job():
    return Job.objects.get()


def later(**span):
    return timezone.now() + timedelta(**span)


class TestClaim:
    @pytest.fixture
    def plain(self, kind):
        return kind(lambda job: finished())

    def test_leases_and_raises_the_fence(self, plain):
        services.enqueue(kind=plain, controller_id=ONE, payload={"id": "x"})

        (view,) = services.claim(worker="w")

        job = only_job()
        assert (job.state, job.lease_owner, job.fence, job.attempts) == ("leased", "w", 1, 1)
        assert (view.fence, view.payload, view.kind) == (1, {"id": "x"}, plain)
        assert timedelta(seconds=50) < job.lease_until - timezone.now() <= timedelta(seconds=60)
        assert services.claim(worker="v") == []

    def test_leaves_what_is_not_due(self, plain):
        services.enqueue(kind=plain, controller_id=ONE, run_at=later(hours=1))

        assert services.claim(worker="w") == []
        assert len(services.claim(worker="w", due_by=later(hours=2))) == 1

    def test_leaves_kinds_this_process_does_not_know(self, plain):
        services.enqueue(kind=plain, controller_id=ONE)
        Job.objects.update(kind="test.of_a_newer_release")

        assert services.claim(worker="w") == []

    def test_takes_urgent_ones_first_then_the_oldest(self, plain):
        first = services.enqueue(kind=plain, controller_id=ONE)
        second = services.enqueue(kind=plain, controller_id=ONE)
        urgent = services.enqueue(kind=plain, controller_id=ONE)
        Job.objects.filter(id=urgent.id).update(priority=1)

        claimed = [services.claim(worker="w")[0].id for _ in range(3)]

        assert claimed == [urgent.id, first.id, second.id]

    def test_takes_no_more_than_the_limit(self, plain):
        for _ in range(5):
            services.enqueue(kind=plain, controller_id=ONE)

        assert len(services.claim(worker="w", limit=3)) == 3
        assert services.run_available(worker="w", limit=1) == 1

    def test_stops_when_told_to(self, plain):
        services.enqueue(kind=plain, controller_id=ONE)

        assert services.run_available(worker="w", stop=lambda: True) == 0
        assert services.run_available(worker="w", seconds=0) == 0


class TestOrdering:
    @pytest.fixture
    def plain(self, kind):
        return kind(lambda job: finished())

    def enqueue(self, name, key="k", controller_id=ONE):
        return services.enqueue(kind=name, controller_id=controller_id, ordering_key=key)

    def test_jobs_of_one_key_are_claimed_one_at_a_time_in_order(self, plain):
        first, second = self.enqueue(plain), self.enqueue(plain)

        (claimed,) = services.claim(worker="w", limit=10)
        assert claimed.id == first.id
        assert services.claim(worker="v", limit=10) == []

        services.run(claimed)
        assert [view.id for view in services.claim(worker="v", limit=10)] == [second.id]

    def test_other_keys_controllers_and_jobs_without_key_do_not_wait(self, plain):
        self.enqueue(plain)
        self.enqueue(plain, key="other")
        self.enqueue(plain, controller_id=TWO)
        self.enqueue(plain, key="")
        self.enqueue(plain, key="")

        assert len(services.claim(worker="w", limit=10)) == 5

    def test_a_job_that_waits_for_its_next_attempt_holds_back_the_later_ones(self, plain):
        first = self.enqueue(plain)
        self.enqueue(plain)
        Job.objects.filter(id=first.id).update(run_at=later(hours=1))

        assert services.claim(worker="w", limit=10) == []

    def test_a_dead_job_does_not_hold_back_the_later_ones(self, plain):
        first, second = self.enqueue(plain), self.enqueue(plain)
        Job.objects.filter(id=first.id).update(state="dead", finished_at=timezone.now())

        assert [view.id for view in services.claim(worker="w", limit=10)] == [second.id]

    def test_an_earlier_job_revived_meanwhile_waits_for_the_running_one(self, plain):
        first = self.enqueue(plain)
        self.enqueue(plain)
        Job.objects.filter(id=first.id).update(state="dead", finished_at=timezone.now())
        services.claim(worker="w", limit=10)

        services.revive(job_id=first.id, by="17")

        assert services.claim(worker="v", limit=10) == []

    def test_the_database_refuses_two_running_jobs_of_one_key(self, plain):
        self.enqueue(plain)
        second = self.enqueue(plain)
        (view,) = services.claim(worker="w")

        Job.objects.filter(id=view.id).update(ordering_key="moved")
        services.claim(worker="v")
        with pytest.raises(Exception, match="work_job_one_leased_per_key"), transaction.atomic():
            Job.objects.filter(id=view.id).update(ordering_key=second.ordering_key)


@pytest.mark.django_db(transaction=True)
def test_many_claims_at_once_take_each_job_once(kind):
    from concurrent.futures import ThreadPoolExecutor

    name = kind(lambda job: finished())
    for number in range(60):
        services.enqueue(kind=name, controller_id=ONE, ordering_key=f"k{number % 7}")

    def work(worker):
        found = []
        for _ in range(60):
            for view in services.claim(worker=worker, limit=3):
                found.append(view.id)
                services.run(view)
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [job for found in pool.map(work, "abcd") for job in found]

    assert len(taken) == len(set(taken)) == 60
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
