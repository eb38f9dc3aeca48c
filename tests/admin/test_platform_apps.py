"""Officers enter what the company has at platforms; nobody sees a secret again."""

import pytest
from django.urls import reverse

from erasure.models import PlatformApp
from tests.admin.test_law import address
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-01", "ADM-03")]
ADD = "admin:erasure_platformapp_add"


def form(lotus, **changes):
    return {
        "controller": str(lotus.id), "platform": "meta", "audiences": "", "secret": "s3cret-3141",
        "scheme": "account", "before": "meta:", **changes,
    }  # fmt: skip


@pytest.fixture
def app(desk, lotus):
    assert desk.post(reverse(ADD), form(lotus)).status_code == 302
    return PlatformApp.objects.get(controller_id=lotus.id, platform="meta")


def test_a_secret_is_taken_and_shown_to_nobody(desk, app):
    page = desk.get(reverse("admin:erasure_platformapp_change", args=[app.pk]))

    assert page.status_code == 200
    assert "s3cret-3141" not in page.content.decode()
    assert app.sealed_secret is not None


def test_ids_are_entered_one_a_line(desk, lotus):
    made = form(lotus, platform="apple", secret="", audiences="in.lotus.app\nin.lotus.web")

    assert desk.post(reverse(ADD), made).status_code == 302
    assert PlatformApp.objects.get(platform="apple").audiences == ["in.lotus.app", "in.lotus.web"]


@pytest.mark.parametrize("changes", [{"secret": ""}, {"audiences": "a"}, {"platform": "apple"}])
def test_an_app_that_could_prove_nothing_is_explained(desk, lotus, changes):
    answer = desk.post(reverse(ADD), form(lotus, **changes))

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not PlatformApp.objects.filter(platform__in=["meta", "apple"]).exists()


def test_it_is_taken_out_of_use_and_its_secret_is_changed(desk, app):
    before = bytes(app.sealed_secret)

    desk.post(address(app, "secret"), {"go": "1", "secret": "another"})
    desk.post(address(app, "switch"), {"go": "1"})

    app.refresh_from_db()
    assert bytes(app.sealed_secret) != before
    assert not app.is_active


def test_an_auditor_reads_and_changes_nothing(lotus, app):
    auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

    acts = [auditor.post(address(app, verb), {"go": "1"}) for verb in ("secret", "switch")]

    assert [one.status_code for one in acts] == [403, 403]
    assert PlatformApp.objects.get(pk=app.pk).is_active
