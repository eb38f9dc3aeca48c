"""Officers give services an address for recalls, whose secret is shown once."""

import pytest

from policies.recalls.models import Endpoint, Recall
from work.webhooks import addresses
from work.webhooks.errors import AddressRefusedError

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-02")]

ADD = "/admin/policies/endpoint/add/"
URL = "https://hooks.example/new"
CONFIRMED = {"confirmed": "yes"}


@pytest.fixture
def free(lotus):
    """A service without an address."""
    live = Endpoint.objects.get(controller_id=lotus.id)
    live.disabled_at, live.disabled_reason = live.created_at, "officer"
    live.save()
    return live.service


def form(lotus, service, **more):
    return {"controller": str(lotus.id), "service": str(service.id), "url": URL, **more}


def act(endpoint, verb):
    return f"/admin/policies/endpoint/{endpoint.id}/act/{verb}/"


class TestAdding:
    def test_shows_the_secret_once_and_keeps_it_only_wrapped(self, desk, lotus, free):
        answer = desk.post(ADD, form(lotus, free))

        secret = answer.context["secret"].value
        endpoint = Endpoint.objects.get(url=URL)
        page = desk.get(f"/admin/policies/endpoint/{endpoint.id}/change/").content.decode()
        assert secret.startswith("whsec_")
        assert secret in answer.content.decode()
        assert secret not in page
        assert secret.encode() not in bytes(endpoint.wrapped)
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example/x",
            "ftp://hooks.example/x",
            "https://10.0.0.5/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.5]/x",
            "https://[fe80::1]/x",
            "https://0.0.0.0/x",
            "https://user:pass@hooks.example/x",
            "https://hooks.example:99999/x",
            "https:///x",
            "https://hooks.example/a b",
            "https://hooks.example/\u0000",
            "javascript:alert(1)",
        ],
    )
    def test_refuses_what_is_neither_https_nor_this_machine(self, desk, lotus, free, url):
        answer = desk.post(ADD, form(lotus, free, url=url))

        assert answer.status_code == 422
        assert not Endpoint.objects.filter(disabled_at=None, controller_id=lotus.id).exists()

    def test_a_second_address_is_refused(self, desk, lotus):
        service = Endpoint.objects.get(controller_id=lotus.id).service

        answer = desk.post(ADD, form(lotus, service))

        assert answer.status_code == 422
        assert Endpoint.objects.filter(controller_id=lotus.id).count() == 1

    @pytest.mark.req("P9")
    def test_for_a_service_of_another_company_is_refused(self, desk, lotus, tulip, free):
        foreign = Endpoint.objects.get(controller_id=tulip.id).service

        answer = desk.post(ADD, form(lotus, foreign))

        assert answer.status_code == 422
        assert not Endpoint.objects.filter(url=URL).exists()


class TestChanging:
    def test_the_secret_shows_the_new_one_and_keeps_the_former_for_a_while(self, desk, lotus):
        endpoint = Endpoint.objects.get(controller_id=lotus.id)

        answer = desk.post(act(endpoint, "change-secret"), CONFIRMED)

        after = Endpoint.objects.get(pk=endpoint.pk)
        assert answer.context["secret"].value.startswith("whsec_")
        assert bytes(after.old_wrapped) == bytes(endpoint.wrapped)
        assert bytes(after.wrapped) != bytes(endpoint.wrapped)
        assert after.old_until_at is not None

    def test_ending_is_final(self, desk, lotus):
        endpoint = Endpoint.objects.get(controller_id=lotus.id)

        desk.post(act(endpoint, "end"), CONFIRMED)
        again = desk.post(act(endpoint, "end"), CONFIRMED)

        assert Endpoint.objects.get(pk=endpoint.pk).disabled_reason == "officer"
        assert again.status_code == 422


def test_recalls_are_listed_with_whom_they_were_about_and_why(desk, lotus):
    recall = Recall.objects.filter(controller_id=lotus.id).first()

    page = desk.get("/admin/policies/recall/").content.decode()

    assert "The person withdrew the consent" in page
    assert str(recall.subject_id)[-12:] in page


@pytest.mark.parametrize("name", ["localhost", "hooks.example"])
def test_a_name_that_leads_inside_is_not_called(monkeypatch, name):
    """Whatever the name says, the address that is called was looked at (no rebinding)."""
    found = [(2, 1, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_args, **_more: found)

    with pytest.raises(AddressRefusedError):
        addresses.resolve(f"https://{name}/x")
