"""What keeps the feed going: the keeper's duty, and jobs that come round."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import alarms
from consent.feed import forgetting, jobs
from consent.models import Change, Delivery
from tests.consent.feed.telling import tell
from work import duties, handlers
from work import services as work

pytestmark = pytest.mark.req("CON-16")


def done(lotus, kind):
    work.enqueue(kind=kind, controller_id=lotus.id)
    while work.run_available(worker="feed-test"):
        pass


def test_the_keeper_feeds_and_the_schedule_has_the_rest():
    assert "consent.feed" in {one.name for one in duties.known()}
    assert {"consent.late", "consent.forget_events"} <= handlers.schedules().keys()


def test_the_duty_places_and_begins(lotus, asha, ear, mailer):
    lotus.yes(asha)

    assert jobs.feed() is False

    assert Change.objects.get().position == 1
    tell()
    assert len(ear.heard) == 1


@pytest.mark.req("BRD-NT2")
def test_lateness_is_looked_for_by_a_job(lotus, asha, subscribe):
    subscribe(must_confirm=True)
    lotus.yes(asha)
    lotus.withdraws(asha)
    tell()
    Delivery.objects.exclude(due_at=None).update(due_at=timezone.now() - timedelta(hours=1))

    done(lotus, "consent.late")

    assert alarms.open_alarms([lotus.id]).count() == 1


def test_forgetting_goes_on_until_nothing_is_old(lotus, asha, mailer, monkeypatch):
    monkeypatch.setattr(forgetting, "KEEP", timedelta(0))
    for _ in range(3):
        lotus.yes(asha)
    tell()

    done(lotus, "consent.forget_events")

    assert not Delivery.objects.exists()
