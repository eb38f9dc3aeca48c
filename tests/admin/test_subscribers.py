"""Officers see to who is told of changes, and look at each delivery."""

import pytest

from consent.feed import selectors
from consent.models import Delivery, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-02", "CON-16")]

ADD = "/admin/consent/subscriber/add/"
CONFIRMED = {"confirmed": "yes"}
URL = "https://hooks.example/events"


def act(row, verb):
    return f"/admin/consent/{row._meta.model_name}/{row.pk}/act/{verb}/"


def page(desk, row):
    return desk.get(f"/admin/consent/{row._meta.model_name}/{row.pk}/change/").content.decode()


class TestOfficersPages:
    @pytest.fixture
    def made(self, lotus):
        return Subscriber.objects.get(controller_id=lotus.id)

    @pytest.fixture
    def free(self, lotus, made):
        Delivery.objects.filter(subscriber=made).delete()
        made.delete()
        return made.service

    def form(self, lotus, service, **more):
        return {
            "controller": str(lotus.id), "service": str(service.id), "url": URL, "scheme": "hmac",
            "due_hours": "24", **CONFIRMED, **more,
        }  # fmt: skip

    def test_adding_shows_the_secret_once(self, desk, lotus, free):
        answer = desk.post(ADD, self.form(lotus, free))

        secret = answer.context["secret"].value
        made = Subscriber.objects.get(url=URL)
        assert secret.startswith("whsec_")
        assert secret not in page(desk, made)
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize(
        "more",
        [{"url": "https://10.0.0.1/"}, {"kinds": ["consent.maybe"]}, {"scheme": "rsa"},
         {"due_hours": "0"}],
    )  # fmt: skip
    def test_bad_forms_are_refused(self, desk, lotus, free, more):
        assert desk.post(ADD, self.form(lotus, free, **more)).status_code == 422
        assert not Subscriber.objects.filter(controller_id=lotus.id).exists()

    def test_stopping_and_resuming(self, desk, made):
        desk.post(act(made, "stop"), CONFIRMED)
        assert "stopped by an officer" in page(desk, made)

        desk.post(act(made, "resume"), CONFIRMED)
        made.refresh_from_db()
        assert made.disabled_at is None

    def test_telling_again(self, desk, made):
        made.position = 1
        made.save()

        desk.post(act(made, "replay"), {"after": "0", **CONFIRMED})

        made.refresh_from_db()
        assert made.position == 0

    def test_each_delivery_is_shown_with_its_trouble(self, desk, made):
        delivery = Delivery.objects.get(subscriber=made)
        Delivery.objects.update(trouble="status_503", attempts=3)

        listed = desk.get("/admin/consent/delivery/").content.decode()

        assert "it answered with status 503" in listed
        assert str(delivery.subject_id)[-12:] in listed
        assert "Consent given" in page(desk, delivery)

    @pytest.mark.req("P11")
    def test_looking_at_deliveries_is_recorded(self, desk, lotus, made, entries):
        before = len(entries("record:viewed"))

        desk.get("/admin/consent/delivery/")

        assert len(entries("record:viewed")) == before + 1

    def test_the_list_of_one_subscriber(self, desk, made):
        answer = desk.get(f"/admin/consent/delivery/?subscriber__id__exact={made.id}")

        assert answer.status_code == 200
        assert answer.context["cl"].result_count == 1

    @pytest.mark.req("P9")
    def test_another_companys_are_not_there(self, desk, tulip):
        foreign = Subscriber.objects.get(controller_id=tulip.id)

        assert desk.get(f"/admin/consent/subscriber/{foreign.pk}/change/").status_code == 404
        assert desk.post(act(foreign, "stop"), CONFIRMED).status_code == 404

    def test_recipients_who_hear_nothing_are_named_beside_the_list(self, desk, lotus, made):
        answer = desk.get("/admin/consent/subscriber/").content.decode()

        named = selectors.unheard_recipients(lotus.id)
        assert ("Recipients who hear of nothing" in answer) == bool(named)
