from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from work import selectors, services
from work.errors import LeaseLostError
from work.models import Job, JobState

ONE = UUID("01900000-0000-7000-8000-000000000001")

pytestmark = pytest.mark.django_db


def take(*, resume=False, key="a"):
    return services.take_over(
        kind="tests.foreground", controller_id=ONE, dedupe_key=key, total=10, resume=resume,
        worker="somebody",
    )  # fmt: skip


def test_taking_makes_the_job_once_and_raises_its_fence_each_time():
    first, second = take(), take()

    assert first.id == second.id
    assert second.fence == first.fence + 1
    assert Job.objects.get().state == JobState.LEASED


def test_progress_is_kept_for_whoever_resumes():
    job = take()
    services.advance(job, cursor={"at": 4}, done=4)

    again = take(resume=True)

    assert (again.cursor, again.done, again.total) == ({"at": 4}, 4, 10)
    assert take().cursor == {}


def test_whoever_was_overtaken_cannot_record():
    old = take()
    new = take(resume=True)

    with pytest.raises(LeaseLostError), transaction.atomic():
        services.advance(old, cursor={}, done=1)
    with pytest.raises(LeaseLostError), transaction.atomic():
        services.complete(old, cursor={})

    services.complete(new, cursor={"sum": 3})
    key = {"kind": "tests.foreground", "controller_id": ONE, "dedupe_key": "a"}
    assert selectors.state_of(**key) == "done"
    assert selectors.cursor_of(**key) == {"sum": 3}
    assert selectors.state_of(**{**key, "dedupe_key": "b"}) is None


def test_a_finished_job_begins_again_even_to_resume():
    services.complete(take(), cursor={"at": 10})

    assert take(resume=True).cursor == {}


def test_no_worker_claims_it_even_when_its_lease_has_ended():
    take()
    Job.objects.update(lease_until=timezone.now() - timedelta(hours=1))

    services.sweep_expired()

    assert Job.objects.get().state == JobState.DEAD
    assert services.claim(worker="w") == []
    assert take(resume=True).fence == 2


def test_kinds_that_workers_do_are_refused():
    with pytest.raises(ValueError, match="done by workers"):
        services.take_over(
            kind="consent.expire", controller_id=ONE, dedupe_key="a", total=1, resume=False,
            worker="w",
        )  # fmt: skip
