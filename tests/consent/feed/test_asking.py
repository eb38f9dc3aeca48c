"""A service behind a firewall asks for events, misses none, and says when it has acted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services as accounts
from audit import alarms
from audit.models import EntryIndex
from consent.feed import forgetting, late, numbering, subscribers
from consent.models import Change, Delivery, Feed, Subscriber
from keys.ids import uuid7_at
from tests.api.house import Api, problem
from tests.consent.feed.telling import tell
from tests.consent.feed.test_bodies import is_valid
from tests.factories.company import AUTHOR, OFFERS, company

pytestmark = pytest.mark.req("CON-16", "INT-01")

EVENTS, CONFIRM = "/events", "/events/confirmations"


@pytest.fixture
def api(lotus):
    return Api(lotus.secret)


@pytest.fixture
def asker(subscribe):
    return subscribe(url="")[0]


def got(api, **query):
    numbering.place()
    answer = api.get(EVENTS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def confirmed(api, **said):
    answer = api.post(CONFIRM, said)
    assert answer.status_code == 200, answer.content
    return answer.json()["confirmed"]


def kinds(page):
    return [one["data"]["kind"] for one in page["events"]]


class TestAsking:
    def test_gives_what_has_changed_as_cloud_events(self, lotus, asha, api, asker):
        lotus.yes(asha)
        lotus.withdraws(asha)

        page = got(api)

        assert kinds(page) == ["consent.given", "consent.withdrawn"]
        assert all(is_valid(one) for one in page["events"])
        assert (page["after"], page["has_more"]) == (2, False)

    def test_goes_on_page_by_page_and_misses_nothing(self, lotus, asha, api, asker):
        for _ in range(5):
            lotus.yes(asha)

        first = got(api, limit=2)
        second = got(api, after=first["after"], limit=2)
        third = got(api, after=second["after"], limit=2)

        ids = [one["id"] for page in (first, second, third) for one in page["events"]]
        assert len(set(ids)) == len(ids) == 5
        assert [page["has_more"] for page in (first, second, third)] == [True, True, False]

    def test_changes_nothing_by_asking(self, lotus, asha, api, asker):
        lotus.yes(asha)

        assert got(api) == got(api)

    def test_begins_after_what_was_confirmed(self, lotus, asha, api, asker):
        lotus.yes(asha)
        confirmed(api, through=got(api)["after"])
        lotus.withdraws(asha)

        assert kinds(got(api)) == ["consent.withdrawn"]
        assert kinds(got(api, after=0)) == ["consent.given", "consent.withdrawn"]

    def test_skips_what_is_for_others_and_moves_on(self, lotus, asha, api, asker, monkeypatch):
        monkeypatch.setattr("consent.feed.asking.WINDOW", 2)
        lotus.asks_for("ads.profile")
        for _ in range(3):
            lotus.records(asha, purpose="ads.profile")

        page = got(api)

        assert (page["events"], page["after"], page["has_more"]) == ([], 2, True)

    def test_is_recorded_when_it_shows_somebody_and_not_otherwise(self, lotus, asha, api, asker):
        got(api)
        assert not EntryIndex.objects.filter(event="record:read").exists()
        lotus.yes(asha)

        got(api)

        assert EntryIndex.objects.filter(event="record:read").count() == 1

    @pytest.mark.req("P9")
    def test_shows_nothing_of_another_controller(self, lotus, api, asker):
        kamal = company("kamal")
        kamal.yes(kamal.person())

        assert got(api)["events"] == []

    def test_also_for_one_that_is_called(self, lotus, asha, api, ear, mailer):
        lotus.yes(asha)
        tell()

        assert kinds(got(api, after=0)) == ["consent.given"]


class TestChangingTheWay:
    def test_from_being_called_to_asking_misses_nothing(self, lotus, asha, api, ear, mailer):
        lotus.yes(asha)
        tell()
        ear.manners.status = 500
        lotus.withdraws(asha)
        tell()

        subscribers.change_address(by=AUTHOR, subscriber=mailer, url="")

        assert kinds(got(api)) == ["consent.withdrawn"]
        assert not Delivery.objects.filter(state="waiting").exists()

    def test_from_asking_to_being_called_neither(self, lotus, asha, api, ear, asker):
        lotus.yes(asha)
        confirmed(api, through=got(api)["after"])
        lotus.withdraws(asha)

        subscribers.change_address(by=AUTHOR, subscriber=asker, url=ear.url)
        tell()

        assert [one.event["data"]["kind"] for one in ear.heard] == ["consent.withdrawn"]


class TestRefusals:
    def test_who_is_no_subscriber(self, api):
        problem(api.get(EVENTS), 404, "not_subscribed")
        problem(api.post(CONFIRM, {"through": 0}), 404, "not_subscribed")

    def test_who_was_stopped(self, api, asker):
        subscribers.stop_subscriber(by=AUTHOR, subscriber=asker)

        problem(api.get(EVENTS), 404, "not_subscribed")

    def test_a_position_that_is_not_there_yet(self, api, asker):
        problem(api.get(EVENTS, {"after": 99}), 400, "position_unknown")
        problem(api.post(CONFIRM, {"through": 99}), 400, "position_unknown")

    def test_a_position_before_what_is_kept(self, lotus, asha, api, asker):
        lotus.yes(asha)
        numbering.place()
        Feed.objects.update(forgotten=1)

        problem(api.get(EVENTS, {"after": 0}), 410, "events_forgotten")

    @pytest.mark.parametrize(
        "query",
        [{"after": "-1"}, {"after": "x"}, {"limit": "0"}, {"limit": "1001"}, {"before": "1"},
         {"after": str(2**63)}],
    )  # fmt: skip
    def test_a_bad_query(self, api, asker, query):
        assert api.get(EVENTS, query).status_code == 400

    @pytest.mark.parametrize(
        "said",
        [{}, {"through": 0, "events": ["01931c45-02d7-7f1e-a3b5-6c9d0e8f7a21"]}, {"through": -1},
         {"events": []}, {"events": ["x"]}, {"events": "all"}, {"all": True}, []],
    )  # fmt: skip
    def test_a_bad_confirmation(self, api, asker, said):
        assert api.post(CONFIRM, said).status_code == 400

    def test_strangers(self, asker):
        assert Api("").get(EVENTS).status_code == 401


class TestConfirming:
    def test_single_events_of_one_that_must(self, lotus, asha, api, ear, subscribe):
        subscribe(must_confirm=True)
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()
        assert not Delivery.objects.filter(confirmed_at__isnull=False).exists()
        one = ear.heard[1].event["id"]

        assert confirmed(api, events=[one]) == 1
        assert confirmed(api, events=[one]) == 0
        assert Delivery.objects.get(confirmed_at__isnull=False).change_id == (
            Change.objects.get(kind="consent.withdrawn").id
        )

    def test_all_up_to_a_position(self, lotus, asha, api, ear, subscribe):
        subscribe(must_confirm=True)
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()

        assert confirmed(api, through=2) == 2

    def test_hearing_is_enough_for_others(self, lotus, asha, mailer):
        lotus.withdraws(asha) if lotus.yes(asha) else None
        tell()

        assert not Delivery.objects.filter(confirmed_at=None).exists()

    def test_nobody_confirms_what_was_not_heard(self, lotus, asha, api, ear, subscribe):
        subscribe(must_confirm=True)
        ear.manners.status = 500
        lotus.yes(asha)
        tell()

        assert confirmed(api, events=[str(Change.objects.get().id)]) == 0

    @pytest.mark.req("P9")
    def test_nobody_confirms_for_another(self, lotus, asha, ear, subscribe):
        subscribe(must_confirm=True)
        service = accounts.create_service(
            by=AUTHOR, controller_id=lotus.id, code="crm", name="CRM", purposes=[OFFERS]
        )
        _, key = accounts.issue_key(by=AUTHOR, service=service)
        subscribers.subscribe(by=AUTHOR, controller_id=lotus.id, service_id=service.id)
        lotus.yes(asha)
        tell()

        confirmed(Api(key), events=[ear.heard[0].event["id"]])

        assert Delivery.objects.filter(confirmed_at=None).count() == 1

    def test_a_confirmation_is_recorded(self, lotus, asha, api, asker):
        lotus.yes(asha)
        got(api)
        confirmed(api, through=1)
        confirmed(api, through=1)

        assert EntryIndex.objects.filter(event="events:confirmed").count() == 1


def hours_ago(hours):
    return timezone.now() - timedelta(hours=hours)


class TestLateness:
    def test_an_ending_that_was_heard_but_not_confirmed_is_an_alarm_once(
        self, lotus, asha, subscribe
    ):
        subscribe(must_confirm=True)
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()
        Delivery.objects.exclude(due_at=None).update(due_at=hours_ago(1))

        assert (late.escalate_deliveries(), late.escalate_deliveries()) == (1, 0)

        (alarm,) = alarms.open_alarms([lotus.id])
        assert (alarm.kind, str(asha.id) in alarm.detail) == ("event_unheard", False)
        assert EntryIndex.objects.filter(event="events:late").count() == 1

    def test_one_that_was_not_even_heard_too(self, lotus, asha, ear, mailer):
        ear.manners.status = 500
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()
        Delivery.objects.exclude(due_at=None).update(due_at=hours_ago(1))

        assert late.escalate_deliveries() == 1

    def test_a_yes_has_no_hurry(self, lotus, asha, subscribe):
        subscribe(must_confirm=True)
        lotus.yes(asha)
        tell()

        assert Delivery.objects.get().due_at is None

    def test_who_confirmed_in_time_is_not_late(self, lotus, asha, mailer):
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()
        Delivery.objects.exclude(due_at=None).update(due_at=hours_ago(1))

        assert late.escalate_deliveries() == 0

    def test_who_asks_and_does_not_confirm_is_late_once_for_each_news(
        self, lotus, asha, api, asker
    ):
        lotus.yes(asha)
        lotus.withdraws(asha)
        got(api)
        assert late.escalate_asking() == 0
        Change.objects.update(noted_at=hours_ago(25))

        assert (late.escalate_asking(), late.escalate_asking()) == (1, 0)

    def test_who_asked_and_confirmed_is_not(self, lotus, asha, api, asker):
        lotus.yes(asha)
        lotus.withdraws(asha)
        confirmed(api, through=got(api)["after"])
        Change.objects.update(noted_at=hours_ago(25))

        assert late.escalate_asking() == 0


class TestForgetting:
    def aged(self):
        old = hours_ago(24 * 91)
        for one in Change.objects.all():
            Delivery.objects.filter(change_id=one.id).update(created_at=old)
            new = uuid7_at(old)
            Delivery.objects.filter(change_id=one.id).update(change_id=new)
            Change.objects.filter(id=one.id).update(id=new)

    def test_old_ones_go_and_the_feed_says_from_where_on_there_are_any(
        self, lotus, asha, api, mailer
    ):
        lotus.yes(asha)
        tell()
        self.aged()
        lotus.withdraws(asha)
        tell()

        assert forgetting.forget() is False
        assert [one.kind for one in Change.objects.all()] == ["consent.withdrawn"]
        assert Delivery.objects.count() == 1
        assert Feed.objects.get(controller_id=lotus.id).forgotten == 1
        problem(api.get(EVENTS, {"after": 0}), 410, "events_forgotten")
        assert kinds(got(api, after=1)) == ["consent.withdrawn"]

    def test_what_still_waits_stays(self, lotus, asha, ear, mailer):
        ear.manners.status = 500
        lotus.yes(asha)
        tell()
        self.aged()

        forgetting.forget()

        assert Change.objects.count() == Delivery.objects.count() == 1

    def test_a_stopped_one_that_missed_what_is_deleted_is_told_so(self, lotus, asha, mailer):
        subscribers.stop_subscriber(by=AUTHOR, subscriber=mailer)
        lotus.yes(asha)
        numbering.place()
        self.aged()
        forgetting.forget()

        stopped = Subscriber.objects.get()
        from consent.feed.errors import EventsForgottenError

        with pytest.raises(EventsForgottenError):
            subscribers.resume(by=AUTHOR, subscriber=stopped)
        with pytest.raises(EventsForgottenError):
            subscribers.replay(by=AUTHOR, subscriber=stopped, after=0)
        subscribers.replay(by=AUTHOR, subscriber=stopped, after=1)
        assert subscribers.resume(by=AUTHOR, subscriber=stopped).disabled_at is None
