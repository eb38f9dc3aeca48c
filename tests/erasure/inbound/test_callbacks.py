"""Platforms pass on that somebody wants their data gone: signed or not at all, and once."""

import json
import time

import pytest
from django.test import Client

from audit.actors import Actor
from audit.alarms import open_alarms
from audit.models import EntryIndex
from consent import selectors as consents
from erasure import errors_inbound as errors
from erasure.inbound import services, shops
from erasure.models import Callback, Case, PlatformApp
from rights.models import Request
from subjects import selectors as subjects
from subjects import services as people
from tests.erasure.inbound import signing
from tests.factories.company import company
from tests.registry.connectors.house import answering
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-01")]
OFFICER = Actor("officer", "meera")
NOW = time.time()
SETUPS = {
    "apple": {"audiences": [signing.APP_ID], "before": "apple:"},
    "google": {"audiences": [signing.GOOGLE_ID], "before": "google:"},
    "meta": {"secret": signing.SECRET, "before": "meta:"},
    "shopify": {"secret": signing.SECRET, "scheme": "crm"},
}  # fmt: skip
ACCOUNTS = {
    "apple": ("account", "apple:001.ann"), "google": ("account", "google:777"),
    "meta": ("account", "meta:10158220413077"), "shopify": ("crm", "191167"),
}  # fmt: skip
STATUS = {"apple": 200, "google": 202, "meta": 200, "shopify": 200}


@pytest.fixture
def lotus():
    return company()


@pytest.fixture
def apps(lotus):
    """Lotus has an app at each platform; the keys of two were read before."""
    made = {
        one: services.record_app(by=OFFICER, controller_id=lotus.id, platform=one, **more)
        for one, more in SETUPS.items()
    }
    PlatformApp.objects.filter(platform__in=["apple", "google"]).update(
        keys=[signing.published()], keys_at="2020-01-01T00:00Z"
    )
    return made


@pytest.fixture
def asha(lotus):
    found = lotus.person("somebody@example.in")
    for scheme, value in ACCOUNTS.values():
        people.add_identifier(by=OFFICER, subject=found, scheme=scheme, value=value)
    return found


def sent(platform):
    """What the platform sends to have somebody erased, as keywords of a call."""
    match platform:
        case "apple":
            return {"data": signing.apple(NOW)}
        case "google":
            return {"data": signing.google(NOW)}
        case "meta":
            return {"data": signing.meta()}
    return signing.shopify()


def call(lotus, platform, *, slug="", **said):
    kind = "application/x-www-form-urlencoded" if platform == "meta" else "application/json"
    path = f"/api/v1/callbacks/{platform}/{slug or lotus.controller.slug}"
    return Client().post(path, content_type=kind, **said)


class TestReceiving:
    @pytest.mark.parametrize("platform", SETUPS)
    def test_a_signed_word_opens_a_case_and_the_standing_is_set(self, lotus, apps, asha, platform):
        answer = call(lotus, platform, **sent(platform))

        row, case = Callback.objects.get(), Case.objects.get()
        assert answer.status_code == STATUS[platform]
        assert (row.outcome, row.case_id) == ("opened", case.id)
        assert (case.trigger, case.subject_id, case.scope_type) == (
            "platform", asha.id, "everything",
        )  # fmt: skip
        assert "erasing" in {one.state for one in subjects.standings(asha)}

    @pytest.mark.parametrize("platform", SETUPS)
    def test_told_again_it_is_one_case_and_the_same_answer(self, lotus, apps, asha, platform):
        first = call(lotus, platform, **sent(platform))

        again = call(lotus, platform, **sent(platform))

        assert again.content == first.content
        assert Callback.objects.count() == Case.objects.count() == 1

    def test_two_platforms_about_one_person_are_one_case(self, lotus, apps, asha):
        call(lotus, "meta", **sent("meta"))

        call(lotus, "google", **sent("google"))

        outcomes = Callback.objects.order_by("id").values_list("outcome", flat=True)
        assert list(outcomes) == ["opened", "joined"]

    @pytest.mark.parametrize("platform", SETUPS)
    def test_somebody_unknown_is_noted_and_no_case_is_opened(self, lotus, apps, platform):
        answer = call(lotus, platform, **sent(platform))

        assert answer.status_code == STATUS[platform]
        assert Callback.objects.get().outcome == "unknown_person"
        assert not Case.objects.exists()

    def test_a_shop_names_them_by_their_address_where_their_number_is_unknown(self, lotus, apps):
        found = lotus.person("asha.rao@example.in")

        call(lotus, "shopify", **sent("shopify"))

        assert Case.objects.get().subject_id == found.id

    @pytest.mark.parametrize(
        ("said", "outcome"),
        [
            (signing.DATA_REQUEST, "access_asked"),
            ({"shop_id": 1, "shop_domain": "x.myshopify.com"}, "shop_closed"),
        ],
    )
    def test_what_is_no_erasure_of_somebody_is_left_to_an_officer(self, lotus, apps, said, outcome):
        call(lotus, "shopify", **signing.shopify(said))

        assert Callback.objects.get().outcome == outcome
        assert not Case.objects.exists()
        assert [one.detail for one in open_alarms([lotus.id])] == [outcome]

    @pytest.mark.parametrize(
        ("type_", "outcome"),
        [
            ("account-deleted", "opened"), ("consent-revoked", "sign_in_revoked"),
            ("email-disabled", "nothing"),
        ],
    )  # fmt: skip
    def test_apple_says_several_things(self, lotus, apps, asha, type_, outcome):
        call(lotus, "apple", data=signing.apple(NOW, type=type_))

        assert Callback.objects.get().outcome == outcome

    def test_a_customer_who_wants_a_copy_has_a_request_taken_in(self, lotus, apps, asha):
        for number in ("w-1", "w-2"):
            call(lotus, "shopify", **signing.shopify(signing.DATA_REQUEST, number=number))
        work.run_available(worker="test")

        found = Request.objects.get(subject_id=asha.id)  # two messages are one request
        assert (found.kind, found.channel, found.state) == ("access", "platform", "received")
        assert set(Callback.objects.values_list("outcome", flat=True)) == {"access_opened"}
        assert not open_alarms([lotus.id]).filter(kind="callback_waits").exists()

    def test_who_takes_their_sign_in_back_takes_back_what_they_consented_to(
        self, lotus, apps, asha
    ):
        lotus.yes(asha)

        call(lotus, "apple", data=signing.apple(NOW, type="consent-revoked"))

        (state,) = consents.states(lotus.id, asha.id)
        assert state.state == "withdrawn"
        assert not Case.objects.exists()
        assert Callback.objects.get().outcome == "sign_in_revoked"

    def test_google_tries_the_address(self, lotus, apps):
        answer = call(lotus, "google", data=signing.google(NOW, signing.VERIFICATION))

        assert answer.status_code == 202
        assert Callback.objects.get().outcome == "verified"

    def test_it_is_recorded_and_names_nobody(self, lotus, apps, asha):
        call(lotus, "shopify", **sent("shopify"))

        row = Callback.objects.values_list()[0]
        assert EntryIndex.objects.filter(event="callback:received").count() == 1
        assert not any("191167" in str(one) or "asha" in str(one) for one in row)


class TestClosedShops:
    """shop/redact names nobody: an officer sees of how many, and decides."""

    SHOP = {"shop_id": 954889, "shop_domain": "lotus.myshopify.com"}

    @pytest.fixture
    def row(self, lotus, apps, asha):
        lotus.person("no.customer@example.in")
        call(lotus, "shopify", **signing.shopify(self.SHOP))
        return Callback.objects.get()

    def test_by_itself_nothing_goes(self, lotus, row):
        assert row.outcome == "shop_closed"
        assert shops.people(row) == 1
        assert not Case.objects.exists()

    def test_an_officer_has_its_people_erased_and_nobody_else(self, lotus, row, asha):
        given = {"by": OFFICER, "controller_id": lotus.id, "callback_id": row.id}

        shops.erase_people(**given)
        work.run_available(worker="test")

        assert Case.objects.get().subject_id == asha.id
        assert Callback.objects.get().outcome == "shop_erased"
        for again in (shops.erase_people, shops.keep_people):
            with pytest.raises(errors.ShopSettledError):
                again(**given)

    def test_or_says_that_nothing_follows(self, lotus, row):
        shops.keep_people(by=OFFICER, controller_id=lotus.id, callback_id=row.id)
        work.run_available(worker="test")

        assert Callback.objects.get().outcome == "shop_kept"
        assert not Case.objects.exists()


class TestRefusing:
    @pytest.mark.parametrize("platform", SETUPS)
    def test_what_is_not_signed_is_401_and_nothing_happens(self, lotus, apps, asha, platform):
        said = sent(platform)
        said["data"] = said["data"][:-3] + b"AAA"

        answer = call(lotus, platform, **said)

        assert answer.status_code == 401
        assert answer.json()["code"] == "callback_unproven"
        assert not Callback.objects.exists()

    @pytest.mark.parametrize("platform", [*SETUPS, "amazon"])
    def test_strangers_learn_nothing_of_who_is_here(self, lotus, platform):
        said = sent(platform)

        here = call(lotus, platform, **said)
        nowhere = call(lotus, platform, slug="nobody", **said)

        assert here.status_code == nowhere.status_code == 401

    def test_a_secret_of_another_app_proves_nothing(self, lotus, apps):
        assert call(lotus, "meta", data=signing.meta("other")).status_code == 401
        assert call(lotus, "shopify", **signing.shopify(secret="other")).status_code == 401

    def test_an_app_that_is_switched_off_is_not_heard(self, lotus, apps):
        services.switch_app(by=OFFICER, app=apps["meta"])

        assert call(lotus, "meta", **sent("meta")).status_code == 401

    @pytest.mark.parametrize("platform", SETUPS)
    def test_reading_is_no_way_in(self, lotus, apps, platform):
        path = f"/api/v1/callbacks/{platform}/{lotus.controller.slug}"

        assert Client().get(path).status_code == 401

    def test_signed_nonsense_is_400(self, lotus, apps):
        assert call(lotus, "meta", data=signing.meta(user_id=None)).status_code == 400
        assert not Callback.objects.exists()


class TestKeys:
    @pytest.fixture(autouse=True)
    def _this_machine_may_be_called(self, settings):
        settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]

    def known_at(self, platform, url, keys=()):
        PlatformApp.objects.filter(platform=platform).update(
            keys_url=url, keys=list(keys), keys_at=None
        )

    def test_a_new_key_is_read_where_the_platform_publishes_it(self, lotus, apps, asha):
        with answering() as place:
            place.say(200, {"keys": [signing.published()]})
            self.known_at("google", place.url)

            answer = call(lotus, "google", **sent("google"))

        assert answer.status_code == 202
        assert [one.method for one in place.heard] == ["GET"]

    def test_a_key_that_does_not_exist_is_asked_for_no_oftener(self, lotus, apps):
        with answering() as place:
            place.say(200, {"keys": [signing.published("other", signing.key("x"))]})
            self.known_at("google", place.url)

            answers = [call(lotus, "google", **sent("google")) for _ in range(3)]

        assert [one.status_code for one in answers] == [401] * 3
        assert len(place.heard) == 1

    def test_while_the_keys_cannot_be_read_it_is_sent_again_later(self, lotus, apps):
        with answering() as place:
            place.say(500)
            self.known_at("google", place.url)

            answer = call(lotus, "google", **sent("google"))

        assert answer.status_code == 503
        assert not Callback.objects.exists()


class TestStatus:
    def test_meta_is_told_where_the_person_reads_how_far_it_is(self, lotus, apps, asha, settings):
        told = call(lotus, "meta", **sent("meta")).json()

        code = Callback.objects.get().code
        assert told["confirmation_code"] == code
        assert told["url"].startswith(settings.BASE_URL)
        answer = Client().get(told["url"].removeprefix(settings.BASE_URL))
        assert answer.status_code == 200
        assert code in answer.content.decode()
        assert "10158220413077" not in answer.content.decode()

    def test_of_somebody_unknown_it_says_so(self, lotus, apps):
        told = call(lotus, "meta", **sent("meta")).json()

        page = Client().get(
            f"/privacy/{lotus.controller.slug}/deletions/{told['confirmation_code']}/"
        )

        assert "knows nobody" in page.content.decode()

    def test_a_code_that_was_never_given_leads_nowhere(self, lotus):
        answer = Client().get(f"/privacy/{lotus.controller.slug}/deletions/{'0' * 32}/")

        assert answer.status_code == 404


class TestApps:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"platform": "apple"}, {"platform": "apple", "audiences": ["a"], "secret": "s"},
            {"platform": "meta"}, {"platform": "meta", "secret": "s", "audiences": ["a"]},
            {"platform": "meta", "secret": "s", "keys_url": "https://x.example"},
            {"platform": "meta", "secret": "naïve"}, {"platform": "amazon", "secret": "s"},
            {"platform": "meta", "secret": "s", "scheme": "passport"},
        ],
    )  # fmt: skip
    def test_one_that_could_prove_nothing_is_refused(self, lotus, wrong):
        with pytest.raises(errors.PlatformAppError):
            services.record_app(by=OFFICER, controller_id=lotus.id, **wrong)

        assert not PlatformApp.objects.exists()

    def test_there_is_one_at_a_platform(self, lotus, apps):
        with pytest.raises(errors.PlatformAppThereError):
            services.record_app(
                by=OFFICER, controller_id=lotus.id, platform="meta", secret="another"
            )

    def test_its_secret_is_sealed_and_can_be_changed(self, lotus, apps, asha):
        stored = PlatformApp.objects.get(platform="meta")

        services.set_app_secret(by=OFFICER, app=stored, secret="newer")

        assert signing.SECRET.encode() not in bytes(stored.sealed_secret)
        assert call(lotus, "meta", **sent("meta")).status_code == 401
        assert call(lotus, "meta", data=signing.meta("newer")).status_code == 200

    def test_two_companies_hear_each_of_their_own(self, lotus, apps, asha):
        assert json.loads(call(lotus, "meta", **sent("meta")).content)["confirmation_code"]
        assert call(lotus, "meta", slug="other", **sent("meta")).status_code == 401
