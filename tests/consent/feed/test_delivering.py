"""A subscriber hears of what concerns it: signed, in order of each person, again if need be."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from accounts import services as accounts
from audit.models import EntryIndex
from consent.feed import starting, subscribers
from consent.models import Change, Delivery, Subscriber
from subjects.models import Subject
from tests.consent.feed.telling import kinds, pass_by, tell
from tests.factories.company import AUTHOR, OFFERS, company
from tests.work.webhooks.ear import listening

pytestmark = pytest.mark.req("INT-02", "CON-16")

DAY = timedelta(days=1)


class TestWhoHears:
    @pytest.mark.req("BRD-CC7", "BRD-CW2", "BRD-CV3", "BRD-NT2")
    def test_a_withdrawal_reaches_the_subscriber(self, lotus, asha, ear, subscribe):
        _subscriber, secret = subscribe()
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()

        assert kinds(ear) == ["consent.given", "consent.withdrawn"]
        assert all(one.is_signed_with(secret) for one in ear.heard)
        assert {one.state for one in Delivery.objects.all()} == {"heard"}

    def test_nothing_from_before_it_subscribed(self, lotus, asha, ear, subscribe):
        lotus.yes(asha)
        starting.step()
        subscribe()
        lotus.withdraws(asha)
        tell()

        assert kinds(ear) == ["consent.withdrawn"]

    def test_only_of_purposes_its_service_is_registered_for(self, lotus, asha, ear, mailer):
        lotus.asks_for("ads.profile")
        lotus.records(asha, purpose="ads.profile")
        lotus.yes(asha)
        tell()

        assert [one.event["data"]["purpose"] for one in ear.heard] == [OFFERS]

    def test_of_an_objection_to_all_marketing(self, lotus, asha, ear, mailer):
        from consent import services

        services.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)
        tell()

        assert ear.heard[0].event["data"]["about"] == "direct_marketing"

    def test_only_of_the_kinds_it_wants(self, lotus, asha, ear, subscribe):
        subscribe(kinds=("consent.withdrawn",))
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()

        assert kinds(ear) == ["consent.withdrawn"]

    @pytest.mark.req("P9")
    def test_never_of_another_controllers_people(self, lotus, ear, mailer):
        kamal = company("kamal")
        kamal.yes(kamal.person())
        tell()

        assert ear.heard == []

    def test_not_while_its_service_is_switched_off(self, lotus, asha, ear, mailer):
        lotus.service.is_active = False
        lotus.service.save()
        lotus.yes(asha)
        tell()

        assert ear.heard == []

    def test_each_of_several_for_itself(self, lotus, asha, ear, mailer):
        service = accounts.create_service(
            by=AUTHOR, controller_id=lotus.id, code="crm", name="CRM", purposes=[OFFERS]
        )
        with listening() as other:
            subscribers.subscribe(
                by=AUTHOR, controller_id=lotus.id, service_id=service.id, url=other.url
            )
            tell()
            ear.manners.status = 500
            lotus.yes(asha)
            tell()

            assert (kinds(ear), kinds(other)) == ([], ["consent.given"])


class TestTheHandshake:
    def test_asks_by_our_name_before_anything_is_sent(self, lotus, asha, ear, mailer, settings):
        assert ear.asked[0]["webhook-request-origin"] == "127.0.0.1"
        assert mailer.greeted_at is not None

    @pytest.mark.parametrize(
        "allows", [{}, {"WebHook-Allowed-Origin": "somebody.example"}], ids=["silent", "other"]
    )
    def test_nothing_is_sent_to_who_has_not_agreed(self, lotus, asha, ear, subscribe, allows):
        ear.manners.allows = allows
        subscriber, _ = subscribe()
        lotus.yes(asha)
        tell()

        assert ear.heard == []
        subscriber.refresh_from_db()
        assert (subscriber.greeted_at, subscriber.trouble) == (None, "no_agreement")

    def test_who_agrees_later_hears_what_it_missed(self, lotus, asha, ear, subscribe):
        ear.manners.allows = {}
        subscriber, _ = subscribe()
        lotus.yes(asha)
        ear.manners.allows = {"WebHook-Allowed-Origin": "127.0.0.1"}

        subscribers.greet_again(by=AUTHOR, subscriber=subscriber)
        tell()

        assert kinds(ear) == ["consent.given"]

    def test_an_agreed_rate_is_kept(self, lotus, asha, ear, subscribe):
        ear.manners.allows = {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "2"}
        subscriber, _ = subscribe()
        for n in range(5):
            lotus.yes(lotus.person(f"p{n}@example.in"))
        tell()

        assert (subscriber.rate_per_minute, len(ear.heard)) == (2, 2)
        pass_by(seconds=61)
        tell()
        assert len(ear.heard) == 4

    def test_a_new_address_is_asked_anew(self, lotus, asha, ear, mailer):
        with listening() as other:
            other.manners.allows = {}
            subscribers.change_address(by=AUTHOR, subscriber=mailer, url=other.url)
            lotus.yes(asha)
            tell()

            assert (len(other.asked) > 0, other.heard, ear.heard) == (True, [], [])

    def test_a_new_address_hears_at_once_what_the_old_one_refused(self, lotus, asha, ear, mailer):
        ear.manners.decide = lambda _heard: 500
        lotus.yes(asha)
        tell()
        pass_by(hours=-24)  # its next try is a day away

        with listening() as other:
            subscribers.change_address(by=AUTHOR, subscriber=mailer, url=other.url)
            tell()

            assert kinds(other) == ["consent.given"]


class TestOrder:
    def test_what_follows_a_failure_of_one_person_waits_and_others_go_on(
        self, lotus, asha, ear, mailer
    ):
        ravi = lotus.person("ravi@example.in")
        ear.manners.decide = lambda heard: (
            500 if heard.event["data"]["kind"] == "consent.given"
            and heard.event["subject"] == str(asha.id) else 204
        )  # fmt: skip
        lotus.yes(asha)
        lotus.withdraws(asha)
        lotus.yes(ravi)
        lotus.withdraws(ravi)
        tell()
        pass_by(seconds=30)
        tell()

        told = [(one.event["subject"], one.event["data"]["kind"]) for one in ear.taken]
        assert told == [(str(ravi.id), "consent.given"), (str(ravi.id), "consent.withdrawn")]
        ear.manners.decide = None
        pass_by(days=1)
        tell()
        told = [
            one.event["data"]["kind"] for one in ear.taken if one.event["subject"] == str(asha.id)
        ]
        assert told == ["consent.given", "consent.withdrawn"]

    def test_nothing_is_lost_and_each_persons_order_kept_by_a_fickle_receiver(
        self, lotus, ear, mailer
    ):
        """It fails on every third call, whoever it is about; everything arrives, in order."""
        people = [lotus.person(f"p{n}@example.in") for n in range(12)]
        calls = iter(range(100_000))
        ear.manners.decide = lambda heard: 503 if next(calls) % 3 == 0 else 204
        for _ in range(3):
            for person in people:
                lotus.yes(person)
        for person in people:
            lotus.withdraws(person)

        for _ in range(30):
            tell(rounds=2)
            pass_by(days=1)

        heard = defaultdict(list)
        for one in ear.taken:
            heard[one.event["subject"]].append(one.event["sequence"])
        wanted = {
            str(person.id): [
                f"{n:020d}" for n in Change.objects.filter(subject_id=person.id)
                .order_by("position").values_list("position", flat=True)
            ]
            for person in people
        }  # fmt: skip
        assert heard == wanted


class TestSecrets:
    def test_both_sign_while_they_change_over(self, lotus, asha, ear, subscribe):
        subscriber, old = subscribe()
        new = subscribers.change_secret(by=AUTHOR, subscriber=subscriber)
        lotus.yes(asha)
        tell()

        (heard,) = ear.heard
        assert heard.is_signed_with(new)
        assert heard.is_signed_with(old)

    def test_the_former_one_ends(self, lotus, asha, ear, subscribe):
        subscriber, old = subscribe()
        new = subscribers.change_secret(by=AUTHOR, subscriber=subscriber)
        Subscriber.objects.update(old_until_at=datetime.now(UTC))
        lotus.yes(asha)
        tell()

        (heard,) = ear.heard
        assert (heard.is_signed_with(new), heard.is_signed_with(old)) == (True, False)

    def test_ed25519_gives_the_public_key_and_signs_with_the_other_half(
        self, lotus, asha, ear, subscribe
    ):
        _subscriber, public = subscribe(scheme="ed25519")
        lotus.yes(asha)
        tell()

        (heard,) = ear.heard
        assert public.startswith("whpk_")
        assert heard.is_signed_with(public)

    def test_are_not_in_the_clear(self, subscribe):
        subscriber, secret = subscribe()

        assert secret.removeprefix("whsec_").encode() not in bytes(subscriber.wrapped)


class TestReplay:
    def test_tells_everything_after_a_position_again_with_the_same_ids(
        self, lotus, asha, ear, mailer
    ):
        for _ in range(4):
            lotus.yes(asha)
        tell()
        first = [one.headers["webhook-id"] for one in ear.heard]

        subscribers.replay(by=AUTHOR, subscriber=mailer, after=2)
        tell()

        assert [one.headers["webhook-id"] for one in ear.heard[4:]] == first[2:]

    def test_what_still_waits_is_not_sent_twice(self, lotus, asha, ear, mailer):
        ear.manners.status = 500
        lotus.yes(asha)
        lotus.withdraws(asha)
        tell()
        ear.manners.status = 204

        subscribers.replay(by=AUTHOR, subscriber=mailer, after=0)
        pass_by(days=1)
        tell()

        assert kinds(ear) == ["consent.given", "consent.withdrawn"]


class TestTheRecord:
    def test_one_entry_a_round_says_what_was_heard_and_names_nobody(self, lotus, asha, ear, mailer):
        lotus.yes(asha)
        tell()

        entry = EntryIndex.objects.get(event="events:heard")
        assert (entry.target_id, entry.subject_id) == (str(lotus.service.id), None)

    def test_a_person_who_is_gone_does_not_stop_the_others(self, lotus, asha, ear, mailer):
        """A change holds no key to the person's row."""
        assert not any(
            field.related_model is Subject for field in Change._meta.fields + Delivery._meta.fields
        )
