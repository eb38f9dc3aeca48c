"""Officers record AI models, approve those of others, and say which party is a foreign State."""

import pytest
from django.urls import reverse

from registry.models import AIModel, Party
from tests.admin.test_law import address
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-18", "ADM-03")]


def form(lotus, **changes):
    return {
        "controller": str(lotus.id), "code": "prop-7", "version": "1", "name": "Propensity",
        "risk": "minimal", "oversight": "Model board", "review_route": "/privacy/", **changes,
    }  # fmt: skip


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.fixture
def model(desk, lotus):
    assert desk.post(reverse("admin:registry_aimodel_add"), form(lotus)).status_code == 302
    return AIModel.objects.get(controller_id=lotus.id, code="prop-7")


def test_a_model_is_approved_by_another_officer_only(desk, second, model):
    own = desk.post(address(model, "approve"), {"go": "1"})
    theirs = second.post(address(model, "approve"), {"go": "1"})

    assert (own.status_code, theirs.status_code) == (422, 302)
    assert AIModel.objects.get(pk=model.pk).approved_at


def test_a_model_is_retired(desk, model):
    assert desk.post(address(model, "retire"), {"go": "1"}).status_code == 302
    assert AIModel.objects.get(pk=model.pk).retired_at


def test_diligence_that_lacks_a_part_is_explained_beside_it(desk, lotus):
    answer = desk.post(
        reverse("admin:registry_aimodel_add"), form(lotus, diligence_reference="D-1")
    )

    assert answer.status_code == 422
    assert "diligence_until" in answer.context["form"].errors
    assert not AIModel.objects.filter(code="prop-7").exists()


def test_an_auditor_reads_models_and_changes_nothing(lotus, model):
    auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

    page = auditor.get(reverse("admin:registry_aimodel_change", args=[model.pk]))
    acts = [auditor.post(address(model, verb), {"go": "1"}) for verb in ("approve", "retire")]

    assert "Model board" in page.content.decode()
    assert {answer.status_code for answer in acts} <= {403, 404}
    assert not AIModel.objects.get(pk=model.pk).retired_at


@pytest.mark.req("POL-17")
def test_a_party_is_noted_as_a_foreign_state(desk, lotus):
    party = Party.objects.filter(controller_id=lotus.id).first()
    given = {"go": "1", "is_foreign_state": "on", "state_order": "G.S.R. 1(E)"}

    noted = desk.post(address(party, "foreign-state"), given)
    alone = desk.post(address(party, "foreign-state"), {"go": "1", "state_order": "x"})

    assert (noted.status_code, alone.status_code) == (302, 422)
    assert Party.objects.get(pk=party.pk).is_foreign_state
