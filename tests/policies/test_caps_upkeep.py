"""What no cap needs any more and the keys of yesterday are let go; the rest stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from keys.ids import uuid7
from policies.caps.upkeep import forget_old
from policies.models import caps
from tests.factories.company import company
from work import services as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus():
    return company()


def counter(lotus, person, ended):
    return caps.Counter.objects.create(
        id=uuid7(), controller_id=lotus.id, subject_id=person.id, cap="once", permits=bytes(8),
        ends_at=timezone.now() - ended,
    )  # fmt: skip


def answer(lotus, age):
    return caps.FirstAnswer.objects.create(
        id=uuid7(), controller_id=lotus.id, request_digest=bytes(32), decisions=b"",
        answered_at=timezone.now() - age,
    )  # fmt: skip


def test_lets_go_what_is_over_and_nothing_else(lotus):
    person = lotus.person()
    kept = counter(lotus, person, timedelta(minutes=59)), answer(lotus, timedelta(hours=23))
    counter(lotus, person, timedelta(minutes=61))
    answer(lotus, timedelta(hours=25))

    assert forget_old() == 2
    assert (caps.Counter.objects.get(), caps.FirstAnswer.objects.get()) == kept


def test_goes_on_until_all_are_gone(lotus, monkeypatch):
    monkeypatch.setattr("policies.caps.upkeep.BATCH", 2)
    person = lotus.person()
    for _ in range(5):
        counter(lotus, person, timedelta(days=1))

    work.keep_schedule(timezone.now())
    work.run_available(worker="w", due_by=timezone.now() + timedelta(minutes=1))

    assert not caps.Counter.objects.exists()
