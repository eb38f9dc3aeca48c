"""Letting time pass and work be done for the feed."""

from datetime import timedelta

from django.db.models import F

from consent.feed import starting
from consent.models import Delivery, Subscriber
from work import services as work
from work.models import Job


def tell(rounds=4):
    """Place, hand out and send until nothing more is due."""
    for _ in range(rounds):
        starting.step()
        while work.run_available(worker="feed-test"):
            pass


def pass_by(**much):
    """What waits has waited so much longer."""
    much = timedelta(**much)
    Delivery.objects.filter(state="waiting").update(next_at=F("next_at") - much)
    Subscriber.objects.exclude(rests_until_at=None).update(
        rests_until_at=F("rests_until_at") - much
    )
    Job.objects.filter(state="ready").update(run_at=F("run_at") - much)


def kinds(ear):
    """What the ear has said yes to, in order."""
    return [one.event["data"]["kind"] for one in ear.taken]
