"""Officers register objections and restrictions, and lift these after the person was told."""

import pytest
import time_machine
from django.urls import reverse

from consent.models import Objection, Restriction
from subjects import selectors as subjects
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-07", "ADM-03")]


@pytest.fixture
def lena(lotus):
    return lotus.world.person("lena@example.de", residence="DE")


def address(row, verb):
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{name}_act", args=[row.pk, verb])


def added(lotus, person, **more):
    return {"controller": str(lotus.id), "subject": str(person.id), "method": "phone", **more}


@pytest.fixture
def restriction(desk, lotus, lena):
    given = added(lotus, lena, ground="accuracy", scope_type="everything", scope="")
    answer = desk.post(reverse("admin:consent_restriction_add"), given)
    assert answer.status_code == 302, answer.context["form"].errors
    return Restriction.objects.get(subject=lena)


def test_an_objection_is_registered_for_somebody_who_called(desk, lotus, lena):
    given = added(lotus, lena, kind="direct_marketing", purpose="")

    answer = desk.post(reverse("admin:consent_objection_add"), given)

    assert answer.status_code == 302, answer.context["form"].errors
    found = Objection.objects.get(subject=lena)
    assert (found.kind, found.method) == ("direct_marketing", "phone")


def test_what_the_law_does_not_give_is_explained(desk, lotus):
    asha = lotus.world.person("asha.2@lotus.example")
    given = added(lotus, asha, kind="direct_marketing", purpose="")

    answer = desk.post(reverse("admin:consent_objection_add"), given)

    assert answer.status_code == 422
    assert "gives no such right" in answer.content.decode()


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_nobody(desk, lotus, tulip):
    given = added(lotus, tulip.person, ground="claims", scope_type="everything", scope="")

    answer = desk.post(reverse("admin:consent_restriction_add"), given)

    assert answer.status_code == 422
    assert not Restriction.objects.filter(lifted_at=None).exists()


def test_a_restriction_ends_in_three_steps(desk, officer, restriction):
    bare = desk.post(address(restriction, "announce"), {"reason": "", "days": "7"})
    announced = desk.post(address(restriction, "announce"), {"reason": "Put right.", "days": "7"})
    untold = desk.post(address(restriction, "lift"), {"go": "1"})
    told = desk.post(address(restriction, "told"), {"through": "phone"})
    early = desk.post(address(restriction, "lift"), {"go": "1"})

    assert [one.status_code for one in (bare, announced, untold, told, early)] == [
        422, 302, 422, 302, 422,
    ]  # fmt: skip
    assert "has not passed yet" in early.content.decode()
    restriction.refresh_from_db()
    assert (restriction.announced_by, restriction.told_through) == (str(officer.id), "phone")
    with time_machine.travel(restriction.lifts_at, tick=False):
        lifted = house.signed_in(officer).post(address(restriction, "lift"), {"go": "1"})
    assert lifted.status_code == 302
    assert not subjects.standings(restriction.subject).filter(state="restricted").exists()


def test_an_auditor_may_not(auditor, restriction):
    for verb in ("announce", "told", "lift"):
        assert auditor.post(address(restriction, verb), {"go": "1"}).status_code == 403


@pytest.mark.req("P11")
def test_a_restriction_is_recorded_as_seen(desk, restriction, entries):
    page = desk.get(reverse("admin:consent_restriction_change", args=[restriction.pk]))

    assert page.status_code == 200
    assert entries("record:viewed")[0].subject_id == restriction.subject_id
