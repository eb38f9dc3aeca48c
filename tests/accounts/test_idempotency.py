from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import IdempotencyConflictError, IdempotencyKeyError
from accounts.idempotency import forget_old, once
from accounts.models import IdempotencyKey, ServiceClient
from accounts.selectors import Caller
from audit import services as audit
from audit.actors import Actor, Target
from audit.models import Payload
from tests.subjects.people import at_once
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-30")]


@pytest.fixture
def caller(mailer):
    return Caller(mailer.id, mailer.code, mailer.controller_id)


@pytest.fixture
def act(caller):
    """An effect that leaves an entry, and says how many there were."""

    def run():
        audit.record(
            event="consent:given", by=Actor.system("test"), controller_id=caller.controller_id,
            target=Target("thing", "1"),
        )  # fmt: skip
        return 201, {"effects": effects()}

    return run


def effects():
    return Payload.objects.count()


def test_a_repeat_gives_the_first_answer_and_no_second_effect(caller, act):
    first = once(caller=caller, key="k-1", request=b"POST /a {}", act=act)
    before = effects()

    again = once(caller=caller, key="k-1", request=b"POST /a {}", act=act)

    assert again == first
    assert first[0] == 201
    assert effects() == before


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_each_acts(caller, act, key):
    answers = [once(caller=caller, key=key, request=b"x", act=act) for _ in range(2)]

    assert answers[1][1]["effects"] == answers[0][1]["effects"] + 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["a b", "é", "a" * 129, "\n", "a\x00", " "])
def test_a_malformed_key_is_refused_before_anything_happens(caller, act, key):
    before = effects()

    with pytest.raises(IdempotencyKeyError):
        once(caller=caller, key=key, request=b"x", act=act)

    assert effects() == before


@pytest.mark.parametrize("key", ["a", "~!", "x" * 128])
def test_the_longest_and_the_oddest_keys_are_fine(caller, act, key):
    assert once(caller=caller, key=key, request=b"x", act=act)[0] == 201


def test_the_same_key_with_another_request_is_refused(caller, act):
    once(caller=caller, key="k", request=b"one", act=act)
    before = effects()

    with pytest.raises(IdempotencyConflictError):
        once(caller=caller, key="k", request=b"two", act=act)

    assert effects() == before


@pytest.mark.req("P9")
def test_keys_are_each_services_own(lotus, caller, act):
    other = ServiceClient.objects.create(controller=lotus, code="sms", name="SMS")
    once(caller=caller, key="k", request=b"one", act=act)
    before = effects()

    once(caller=Caller(other.id, "sms", lotus.id), key="k", request=b"two", act=act)

    assert effects() == before + 1


def test_what_failed_may_be_tried_again(caller, act):
    def fail():
        act()
        raise LookupError

    before = effects()
    with pytest.raises(LookupError):
        once(caller=caller, key="k", request=b"x", act=fail)
    assert effects() == before

    assert once(caller=caller, key="k", request=b"x", act=act)[0] == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_acts(caller, act):
    before = effects()
    started = Event()

    def slow():
        started.wait(0.2)  # long enough for the others to arrive
        return act()

    calls = [lambda: once(caller=caller, key="k", request=b"x", act=slow)] * 4
    answers = at_once(*calls)

    assert effects() == before + 1
    assert answers == [(201, {"effects": before + 1})] * 4


def test_answers_are_kept_a_day(caller, act):
    once(caller=caller, key="k", request=b"x", act=act)

    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        work.keep_schedule(timezone.now())
        work.run_available(worker="w", due_by=timezone.now() + timedelta(minutes=1))
    assert not IdempotencyKey.objects.exists()
