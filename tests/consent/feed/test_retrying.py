"""What was not heard is tried again for days, given up in the open, and nothing else is held up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from audit import alarms
from consent.feed import results, sending, spreading, starting, subscribers
from consent.models import Delivery, Subscriber
from tests.consent.feed.telling import kinds, pass_by, tell
from tests.factories.company import AUTHOR
from tests.work.webhooks.ear import listening
from work import services as work
from work.models import Job

pytestmark = pytest.mark.req("INT-02", "CON-16")


@pytest.mark.req("BRD-NT2")
class TestTryingAgain:
    def test_the_same_id_and_bytes_go_out_until_it_is_heard(self, lotus, asha, ear, mailer):
        ear.manners.statuses = [500, 302, 429]
        lotus.yes(asha)
        for _ in range(4):
            tell()
            pass_by(days=1)

        assert [one.status for one in ear.heard] == [500, 302, 429, 204]
        assert len({(one.headers["webhook-id"], one.raw) for one in ear.heard}) == 1
        assert Delivery.objects.get().attempts == 4

    def test_tries_are_spread_over_days(self, lotus, asha, ear, mailer):
        ravi = lotus.person("ravi@example.in")
        ear.manners.decide = lambda heard: 500 if heard.event["subject"] == str(asha.id) else 204
        lotus.yes(asha)
        waits = []
        for n in range(len(results.SCHEDULE)):
            tell()
            delivery = Delivery.objects.get(subject_id=asha.id)
            waits.append((delivery.next_at - datetime.now(UTC)).total_seconds())
            lotus.yes(ravi) if n == 0 else None
            pass_by(days=2)

        for waited, planned in zip(waits, results.SCHEDULE, strict=True):
            assert 0.9 * planned - 5 < waited < 1.1 * planned + 1
        assert sum(results.SCHEDULE) > 3 * 86_400

    def test_an_event_that_only_it_refuses_is_given_up_and_reported(self, lotus, asha, ear, mailer):
        ravi = lotus.person("ravi@example.in")
        ear.manners.decide = lambda heard: 400 if heard.event["subject"] == str(asha.id) else 204
        lotus.yes(asha)
        for _ in range(len(results.SCHEDULE) + 2):
            lotus.yes(ravi)
            tell()
            pass_by(days=2)
        lotus.withdraws(asha)
        ear.manners.decide = None
        tell()

        given_up = Delivery.objects.get(state="given_up")
        assert (given_up.subject_id, given_up.trouble, given_up.attempts) == (
            asha.id, "status_400", len(results.SCHEDULE) + 1,
        )  # fmt: skip
        (alarm,) = alarms.open_alarms([lotus.id])
        assert alarm.kind == "event_unheard"
        assert str(asha.id) not in alarm.detail
        assert ear.taken[-1].event["data"]["kind"] == "consent.withdrawn"

    def test_a_given_up_one_can_be_sent_again(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        tell()
        Delivery.objects.update(state="given_up", heard_at=None)

        subscribers.try_again(by=AUTHOR, delivery=Delivery.objects.get())
        tell()

        assert len(ear.heard) == 2
        assert Delivery.objects.get().state == "heard"

    def test_a_receiver_that_is_down_for_days_is_stopped_and_loses_nothing(
        self, lotus, asha, ear, mailer
    ):
        ear.manners.status = 503
        lotus.yes(asha)
        lotus.withdraws(asha)
        for _ in range(len(results.SCHEDULE) + 3):
            tell()
            pass_by(days=2)
        mailer.refresh_from_db()
        assert mailer.disabled_reason == "silent"
        assert {one.state for one in Delivery.objects.all()} == {"waiting"}

        ear.manners.status = 204
        subscribers.resume(by=AUTHOR, subscriber=mailer)
        tell()

        assert kinds(ear) == ["consent.given", "consent.withdrawn"]

    def test_one_that_refuses_everything_is_asked_little_by_little(self, lotus, ear, mailer):
        ear.manners.status = 503
        for n in range(30):
            lotus.yes(lotus.person(f"p{n}@example.in"))
        tell()
        first = len(ear.heard)
        pass_by(seconds=6)
        tell()

        assert first <= sending.ENOUGH + sending.CONNECTIONS
        assert first < len(ear.heard) <= first + 2 * sending.ENOUGH

    def test_one_that_is_not_there_is_tried_with_one_event_and_ever_more_rarely(
        self, lotus, ear, mailer
    ):
        Subscriber.objects.update(url="http://127.0.0.1:9/events")
        for n in range(30):
            lotus.yes(lotus.person(f"p{n}@example.in"))
        rests, tries = [], []
        for _ in range(4):
            tell()
            mailer.refresh_from_db()
            rests.append((mailer.rests_until_at - datetime.now(UTC)).total_seconds())
            tries.append(sum(Delivery.objects.values_list("attempts", flat=True)))
            Subscriber.objects.update(rests_until_at=datetime.now(UTC))

        assert tries[0] <= sending.ENOUGH + sending.CONNECTIONS
        assert [later - before for before, later in pairwise(tries)] == [1, 1, 1]
        assert rests == sorted(rests)
        assert rests[-1] > 3 * rests[0]

    def test_it_may_ask_for_patience(self, lotus, asha, ear, mailer):
        ear.manners.status, ear.manners.headers = 429, {"Retry-After": "900"}
        lotus.yes(asha)
        tell()

        mailer.refresh_from_db()
        assert mailer.rests_until_at > datetime.now(UTC) + timedelta(minutes=14)

    @pytest.mark.parametrize("said", ["-1", "99999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "１２"])
    def test_but_not_for_ever(self, lotus, asha, ear, mailer, said):
        ear.manners.status, ear.manners.headers = (
            429,
            {"Retry-After": said.encode().decode("latin-1")},
        )
        lotus.yes(asha)
        tell()

        mailer.refresh_from_db()
        assert mailer.rests_until_at < datetime.now(UTC) + timedelta(hours=1, minutes=1)

    def test_gone_stops_it_at_once(self, lotus, asha, ear, mailer):
        ear.manners.status = 410
        lotus.yes(asha)
        tell()
        lotus.withdraws(asha)
        pass_by(days=1)
        tell()

        mailer.refresh_from_db()
        assert (mailer.disabled_reason, len(ear.heard)) == ("gone", 1)
        assert alarms.open_alarms([lotus.id]).count() == 1

    def test_an_address_that_came_to_lead_inside_is_not_called(self, lotus, asha, ear, mailer):
        Subscriber.objects.update(url=f"https://10.0.0.5:{ear.server_port}/events")
        lotus.yes(asha)
        tell()

        assert ear.heard == []
        assert Delivery.objects.get().trouble == "address_refused"

    def test_a_redirection_to_inside_is_not_followed(self, lotus, asha, ear, mailer):
        with listening() as inside:
            ear.manners.status, ear.manners.headers = 307, {"Location": inside.url}
            lotus.yes(asha)
            tell()

            assert inside.heard == []
            assert Delivery.objects.get().trouble == "status_307"

    def test_a_crash_after_sending_repeats_the_same_id(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        starting.step()
        sending.send(mailer.id)  # and the process dies before it records
        tell()

        assert len(ear.heard) == 2
        assert len({one.headers["webhook-id"] for one in ear.heard}) == 1
        assert Delivery.objects.get().attempts == 1

    def test_one_job_at_a_time_sends(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        starting.step()
        starting.step()

        jobs = Job.objects.filter(kind="consent.deliver", state="ready")
        assert jobs.count() == 1
        assert not starting.begin(mailer.id)

    def test_a_job_that_was_given_up_is_followed_by_another(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        starting.step()
        Job.objects.filter(kind="consent.deliver", state="ready").update(
            state="dead", finished_at=datetime.now(UTC)
        )
        tell()

        assert kinds(ear) == ["consent.given"]

    @pytest.mark.req("P10")
    def test_jobs_name_nobody(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        tell()

        payloads = [one.payload for one in Job.objects.filter(kind__startswith="consent.deliver")]
        assert payloads
        assert all(set(one) == {"subscriber"} for one in payloads)


def test_a_subscriber_far_behind_leaves_the_rest_in_the_feed(lotus, asha, ear, mailer, monkeypatch):
    """So that one who is down does not fill a table: what waits is bounded, and nothing is lost."""
    monkeypatch.setattr(spreading, "WAITING_AT_MOST", 3)
    ear.manners.status = 500
    for _ in range(3):
        lotus.yes(asha)
    tell()
    for _ in range(5):
        lotus.yes(asha)
    tell()
    assert Delivery.objects.count() == 3

    ear.manners.status = 204
    for _ in range(8):
        pass_by(days=1)
        tell()
    assert len(kinds(ear)) == 8


def test_work_for_a_subscriber_that_is_gone_is_done(lotus, mailer):
    subscribers.stop_subscriber(by=AUTHOR, subscriber=mailer)
    work.enqueue(
        kind="consent.deliver", controller_id=lotus.id, payload={"subscriber": str(mailer.id)}
    )
    tell()

    assert Job.objects.filter(kind="consent.deliver").latest("id").state == "done"
