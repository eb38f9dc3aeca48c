"""Exports of consents in the admin: who may ask, watch and take."""

import pytest

from consent.models import ConsentExport
from tests.desk import house
from tests.portal.world import OFFERS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-01", "ADM-03")]
ADD, LIST = "/admin/consent/consentexport/add/", "/admin/consent/consentexport/"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.CONSENT_EXPORT_FOLDER = str(tmp_path / "exports")


def form(lotus, **parts):
    return {"controller": str(lotus.id), "reason": "A case", "form": "csv", **parts}


def newest():
    return ConsentExport.objects.order_by("-id").first()


def made(client, lotus, **parts):
    assert client.post(ADD, form(lotus, **parts)).status_code == 302
    while work.run_available(worker="w"):
        pass
    return newest()


def take(client, export):
    answer = client.post(f"{LIST}{export.id}/act/take/", {"sure": "yes"})
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_asking_makes_a_file_that_can_be_taken(desk, lotus, officer, entries):
    export = made(desk, lotus, purposes=OFFERS)

    answer = take(desk, export)

    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert OFFERS.encode() in answer.body
    assert (export.state, export.lines) == ("ready", 1)
    (taken,) = entries("ledger:export_taken")
    assert (taken.actor_id, taken.controller_id) == (str(officer.pk), lotus.id)


def test_the_page_says_how_far_it_is(desk, lotus):
    desk.post(ADD, form(lotus))

    page = desk.get(f"{LIST}{newest().id}/change/").content.decode()

    assert "In the making: 0 lines so far" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"), ({"form": "xls"}, "form"),
        ({"purposes": "no.such"}, "purposes"),
        ({"since": "2026-01-02T00:00", "until": "2026-01-01T00:00"}, "until"),
        ({"controller": "01900000-0000-7000-8000-000000000bad"}, "controller"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_leaves_nothing(desk, lotus, wrong, field):
    before = ConsentExport.objects.count()

    answer = desk.post(ADD, form(lotus, **wrong))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert ConsentExport.objects.count() == before


@pytest.mark.req("P9")
def test_another_companys_export_does_not_exist(desk, lotus, tulip):
    other = house.signed_in(house.officer(tulip, "tim", "privacy_officer"))
    export = made(other, tulip)

    assert desk.get(f"{LIST}{export.id}/change/").status_code in {302, 404}
    assert take(desk, export).status_code == 404
    assert str(export.id) not in desk.get(LIST).content.decode()


def test_a_deleted_one_cannot_be_taken_and_has_no_button(desk, lotus):
    export = made(desk, lotus)
    ConsentExport.objects.filter(id=export.id).update(state="expired")

    assert take(desk, export).status_code == 422
    assert "act/take" not in desk.get(f"{LIST}{export.id}/change/").content.decode()
