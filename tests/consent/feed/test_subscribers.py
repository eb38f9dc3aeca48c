"""Who may be made a subscriber, and what can be done about one."""

import pytest

from consent.feed import selectors, subscribers
from consent.feed.errors import (
    KindUnknownError,
    SubscriberExistsError,
    SubscriberLiveError,
    SubscriberServiceError,
    SubscriberStoppedError,
)
from consent.models import Subscriber
from tests.factories.company import AUTHOR, company
from work.webhooks.errors import AddressRefusedError

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-02")]

URL = "https://hooks.example/events"


class TestTheVerbs:
    @pytest.fixture
    def shop(self):
        return company("shop")

    def given(self, shop, **more):
        return {"by": AUTHOR, "controller_id": shop.id, "service_id": shop.service.id, **more}

    def test_one_service_is_one_subscriber(self, shop):
        subscribers.subscribe(**self.given(shop))

        with pytest.raises(SubscriberExistsError):
            subscribers.subscribe(**self.given(shop, url=URL))

    @pytest.mark.req("P9")
    def test_a_service_of_another_controller_is_none(self, shop):
        with pytest.raises(SubscriberServiceError):
            subscribers.subscribe(**self.given(company("other"), service_id=shop.service.id))

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"kinds": ("consent.maybe",)}, KindUnknownError),
            ({"url": "https://10.0.0.1/x"}, AddressRefusedError),
            ({"url": "http://hooks.example/"}, AddressRefusedError),
            ({"scheme": "rsa"}, ValueError),
        ],
    )
    def test_bad_ones_leave_nothing(self, shop, more, error):
        with pytest.raises(error):
            subscribers.subscribe(**self.given(shop, **more))

        assert not Subscriber.objects.exists()

    def test_stopping_twice_and_resuming_a_live_one_are_refused(self, shop):
        made, _ = subscribers.subscribe(**self.given(shop))
        with pytest.raises(SubscriberLiveError):
            subscribers.resume(by=AUTHOR, subscriber=made)
        subscribers.stop_subscriber(by=AUTHOR, subscriber=made)

        with pytest.raises(SubscriberStoppedError):
            subscribers.stop_subscriber(by=AUTHOR, subscriber=made)
        with pytest.raises(SubscriberStoppedError):
            subscribers.greet_again(by=AUTHOR, subscriber=made)

    @pytest.mark.req("CON-16")
    def test_recipients_of_whom_no_service_hears_are_named(self, shop):
        shop.purpose("marketing.email.offers", recipients=("post",))
        assert selectors.unheard_recipients(shop.id) == {"marketing.email.offers": ("post",)}

        subscribers.subscribe(**self.given(shop))

        assert selectors.unheard_recipients(shop.id) == {}
