"""Officers enter, accept and suspend consent managers, and register the company's sites."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse

from consent.models import CollectionSite, ConsentManager, ManagerKey
from tests.consent.signing import public_of
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-27", "ADM-03")]
FORM = {"code": "mitra", "name": "Mitra", "registration": "DPB/CM/2"}
PUBLIC = base64.b64encode(
    public_of(Ed25519PrivateKey.from_private_bytes(b"m" * 32))
).decode()  # fmt: skip


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.fixture
def manager(desk, lotus):
    address = reverse("admin:consent_consentmanager_add")
    assert desk.post(address, {**FORM, "controller": str(lotus.id)}).status_code == 302
    return ConsentManager.objects.get(code="mitra")


def act(client, row, verb, form=None):
    name = f"admin:consent_{row._meta.model_name}_act"
    return client.post(reverse(name, args=[row.pk, verb]), form or {"go": "1"})


def test_one_officer_enters_and_another_accepts(desk, second, manager):
    alone = act(desk, manager, "accept")
    together = act(second, manager, "accept")

    manager.refresh_from_db()
    assert (alone.status_code, together.status_code) == (422, 302)
    assert manager.state == "active"


def test_a_suspension_has_a_reason(desk, second, manager):
    act(second, manager, "accept")

    without = act(desk, manager, "suspend", {"reason": ""})
    act(desk, manager, "suspend", {"reason": "board_direction"})

    manager.refresh_from_db()
    assert without.status_code == 422
    assert (manager.state, manager.suspension) == ("suspended", "board_direction")


def test_a_key_is_added_by_what_the_manager_published(desk, manager):
    wrong = [act(desk, manager, "add-key", {"public": one, "days": "30"})
             for one in ("not base64!", base64.b64encode(b"short").decode())]  # fmt: skip
    act(desk, manager, "add-key", {"public": PUBLIC, "days": "30"})

    key = ManagerKey.objects.get(manager=manager)
    page = desk.get(reverse("admin:consent_managerkey_change", args=[key.pk])).content.decode()
    assert [one.status_code for one in wrong] == [422, 422]
    assert PUBLIC.replace("+", "&#x2B;") in page or PUBLIC in page
    assert str(key.pk) in page
    act(desk, key, "revoke")
    key.refresh_from_db()
    assert key.revoked_at


def test_the_same_registration_is_entered_once(desk, lotus, manager):
    address = reverse("admin:consent_consentmanager_add")

    again = desk.post(address, {**FORM, "code": "other", "controller": str(lotus.id)})

    assert again.status_code == 422


@pytest.mark.parametrize("origin", ["http://shop.example", "shop.example", "https://a.example/x"])
def test_a_site_is_an_origin(origin, desk, lotus):
    address = reverse("admin:consent_collectionsite_add")

    refused = desk.post(address, {"origin": origin, "controller": str(lotus.id)})
    made = desk.post(address, {"origin": "https://New.example/", "controller": str(lotus.id)})

    site = CollectionSite.objects.get(origin="https://new.example")
    assert (refused.status_code, made.status_code) == (422, 302)
    act(desk, site, "end")
    site.refresh_from_db()
    assert site.ended_at


@pytest.mark.req("P9")
def test_another_company_has_neither(manager, db):
    tulip = house.make("tulip", "Tulip Stores", "bela@tulip.example")
    stranger = house.signed_in(house.officer(tulip, "tom", "privacy_officer"))

    assert act(stranger, manager, "accept").status_code == 404
    page = stranger.get(reverse("admin:consent_consentmanager_changelist")).content.decode()
    assert "DPB/CM/2" not in page
