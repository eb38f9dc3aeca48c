"""Officers record legal findings, freeze after an incident, and decide on objections."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import services as consent
from consent.models import Objection
from registry.models import Assessment, Freeze
from tests.desk import house
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08", "ADM-03")]


def address(row, verb):
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{name}_act", args=[row.pk, verb])


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


def form(lotus, **changes):
    until = timezone.now().date() + timedelta(days=30)
    return {
        "controller": str(lotus.id), "kind": "lia", "purpose": OFFERS, "topic": "",
        "citation": "GDPR Art 6(1)(f)", "conclusion": "Balanced.", "reference": "",
        "valid_until": until.isoformat(), **changes,
    }  # fmt: skip


@pytest.fixture
def finding(desk, lotus):
    assert desk.post(reverse("admin:registry_assessment_add"), form(lotus)).status_code == 302
    return Assessment.objects.get(kind="lia")


class TestAFinding:
    def test_is_approved_by_another_officer_only(self, desk, second, finding):
        own = desk.post(address(finding, "approve"), {"go": "1"})
        theirs = second.post(address(finding, "approve"), {"go": "1"})

        assert own.status_code == 422
        assert "second person" in own.content.decode()
        assert theirs.status_code == 302
        assert Assessment.objects.get(pk=finding.pk).approved_at

    def test_that_lacks_a_part_is_explained_beside_it(self, desk, lotus):
        answer = desk.post(
            reverse("admin:registry_assessment_add"), form(lotus, valid_until="", purpose="")
        )

        assert answer.status_code == 422
        assert "purpose" in answer.context["form"].errors
        assert not Assessment.objects.filter(kind="lia").exists()

    def test_of_another_company_cannot_be_recorded(self, desk, lotus, tulip):
        answer = desk.post(
            reverse("admin:registry_assessment_add"), form(lotus, controller=str(tulip.id))
        )

        assert answer.status_code == 422
        assert not Assessment.objects.filter(kind="lia").exists()

    def test_is_not_an_auditors_to_record_or_approve(self, auditor, lotus, finding):
        answers = [
            auditor.post(reverse("admin:registry_assessment_add"), form(lotus)),
            auditor.post(address(finding, "approve"), {"go": "1"}),
            auditor.post(address(finding, "end"), {"go": "1"}),
        ]

        assert {answer.status_code for answer in answers} == {403}

    def test_shows_who_recorded_it(self, desk, finding):
        page = desk.get(reverse("admin:registry_assessment_change", args=[finding.pk]))

        assert "olga" in page.content.decode()


class TestAFreeze:
    def test_is_released_for_a_reason(self, desk, second, lotus):
        given = {
            "controller": str(lotus.id),
            "kind": "recipient",
            "code": "post",
            "incident": "INC-7",
        }
        desk.post(reverse("admin:registry_freeze_add"), given)
        frozen = Freeze.objects.get(code="post")

        bare = second.post(address(frozen, "release"), {"reason": ""})
        released = second.post(address(frozen, "release"), {"reason": "Contained."})

        assert (bare.status_code, released.status_code) == (422, 302)
        assert Freeze.objects.get(pk=frozen.pk).release_reason == "Contained."

    def test_of_what_does_not_exist_is_explained(self, desk, lotus):
        given = {
            "controller": str(lotus.id),
            "kind": "service",
            "code": "nobody",
            "incident": "INC-7",
        }

        answer = desk.post(reverse("admin:registry_freeze_add"), given)

        assert answer.status_code == 422
        assert "code" in answer.context["form"].errors


class TestAnObjection:
    @pytest.fixture
    def objection(self, lotus):
        return consent.object_to(
            by=AUTHOR, controller_id=lotus.id, subject_id=lotus.person.id,
            kind="particular_situation", purpose=OFFERS,
        )  # fmt: skip

    @pytest.mark.parametrize(("verb", "state"), [("uphold", "upheld"), ("dismiss", "dismissed")])
    def test_is_decided_with_grounds(self, desk, officer, objection, verb, state):
        bare = desk.post(address(objection, verb), {"grounds": ""})
        decided = desk.post(address(objection, verb), {"grounds": "Weighed."})

        found = Objection.objects.get(pk=objection.pk)
        assert (bare.status_code, decided.status_code) == (422, 302)
        assert (found.state, found.decided_by) == (state, str(officer.id))

    @pytest.mark.req("P11")
    def test_is_recorded_as_seen(self, desk, objection, entries):
        desk.get(reverse("admin:consent_objection_change", args=[objection.pk]))

        assert entries("record:viewed")[0].subject_id == objection.subject_id
