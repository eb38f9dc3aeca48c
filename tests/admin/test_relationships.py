"""Officers record how people stand to each other, on proof that they saw, and end it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from profiles import relations
from profiles.models import Relation
from subjects.models import Relationship
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-01")]

ADD = "/admin/subjects/relationship/add/"


@pytest.fixture
def ben(lotus):
    return house.new_person(lotus, "ben@lotus.example")


@pytest.fixture
def ira(lotus):
    return house.new_person(lotus, "ira@lotus.example")


def form(lotus, one, other, **more):
    return {
        "controller": str(lotus.id), "subject": str(one.id), "related": str(other.id),
        "kind": "household", "verified_by": "account-opening", "confirmed": "yes", **more,
    }  # fmt: skip


def between(one, other):
    return Relationship.objects.filter(subject=one, related_id=other.id)


def stands(lotus, one, relation, unit=""):
    return relations.in_capacity(lotus.id, [one.id], relation, unit) == {one.id}


class TestRecording:
    @pytest.mark.parametrize(
        ("kind", "relation"),
        [("account_holder", "holder"), ("joint_holder", "joint"), ("household", "household"),
         ("employer", "employer")],
    )  # fmt: skip
    def test_gives_the_capacity_at_that_unit_alone(self, desk, lotus, ben, ira, kind, relation):
        answer = desk.post(ADD, form(lotus, ben, ira, kind=kind, unit="cards"), follow=True)

        assert "It is on record" in answer.content.decode()
        assert stands(lotus, ben, Relation(relation), "cards")
        assert not stands(lotus, ben, Relation(relation), "loans")

    def test_twice_is_one(self, desk, lotus, ben, ira):
        for one, other in ((ben, ira), (ben, ira), (ira, ben)):
            assert desk.post(ADD, form(lotus, one, other)).status_code == 302

        assert Relationship.objects.filter(kind="household", ended_at=None).count() == 1

    def test_is_on_record_with_the_officer(self, desk, lotus, ben, ira, entries, officer):
        desk.post(ADD, form(lotus, ben, ira))

        (entry,) = [one for one in entries("subject:related") if one.actor_type == "officer"]
        assert (entry.actor_id, entry.subject_id) == (str(officer.pk), ben.id)

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"kind": "guardian"}, "Select a valid choice"),
            ({"kind": "boss"}, "Select a valid choice"),
            ({"unit": "nowhere"}, "Select a valid choice"),
            ({"verified_by": ""}, "required"),
            ({"verified_by": "his word, and her’s"}, "without spaces"),
            ({"ends_on": "2020-01-01"}, "must be in the future"),
            ({"subject": "asha@lotus.example"}, "valid UUID"),
        ],
    )
    def test_refuses_what_cannot_be(self, desk, lotus, ben, ira, more, words):
        answer = desk.post(ADD, form(lotus, ben, ira, **more))

        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        assert not between(ben, ira).exists()

    def test_refuses_somebody_to_themself(self, desk, lotus, ben):
        answer = desk.post(ADD, form(lotus, ben, ben))

        assert answer.status_code == 422
        assert "Nobody stands to themself" in answer.content.decode()

    def test_refuses_what_turns_others_round(self, desk, lotus, ben, ira):
        desk.post(ADD, form(lotus, ben, ira, kind="account_holder"))

        answer = desk.post(ADD, form(lotus, ira, ben, kind="account_holder"))

        assert answer.status_code == 422
        assert not between(ira, ben).exists()

    @pytest.mark.req("P9")
    def test_knows_nobody_of_another_company(self, desk, lotus, tulip, ben):
        for one, other in ((ben, tulip.person), (tulip.person, ben)):
            answer = desk.post(ADD, form(lotus, one, other))
            assert answer.status_code == 422
        assert desk.post(ADD, form(tulip, tulip.person, tulip.twins[0])).status_code == 422
        assert not between(ben, tulip.person).exists()
        assert not between(tulip.person, ben).exists()

    def test_lasts_until_the_day_that_was_said(self, desk, lotus, ben, ira):
        day = timezone.localdate() + timedelta(days=30)

        desk.post(ADD, form(lotus, ben, ira, ends_on=day.isoformat()))

        assert between(ben, ira).get().ends_on == day

    def test_is_for_those_who_manage_what_is_seen(self, lotus, ben, ira):
        client = house.signed_in(house.officer(lotus, "oskar", "operator"))

        assert client.get("/admin/subjects/relationship/").status_code == 200
        assert client.get(ADD).status_code == 403
        assert client.post(ADD, form(lotus, ben, ira)).status_code == 403


class TestEnding:
    @pytest.fixture
    def found(self, desk, lotus, ben, ira):
        desk.post(ADD, form(lotus, ben, ira, kind="joint_holder"))
        return between(ben, ira).get()

    def test_ends_the_capacity_of_both_once(self, desk, lotus, ben, ira, found):
        address = f"/admin/subjects/relationship/{found.id}/act/end/"

        first = desk.post(address, {"confirmed": "yes"}, follow=True)
        again = desk.post(address, {"confirmed": "yes"})

        assert "It has ended" in first.content.decode()
        assert again.status_code == 422
        assert not stands(lotus, ben, Relation.JOINT)
        assert not stands(lotus, ira, Relation.JOINT)

    def test_is_no_matter_of_this_page_for_who_decides(self, desk, lotus, ben, ira):
        row = Relationship.objects.create(
            controller_id=lotus.id, subject=ben, related_id=ira.id, kind="guardian",
            verified_at=timezone.now(), verified_by="court",
        )  # fmt: skip

        page = desk.get(f"/admin/subjects/relationship/{row.id}/change/").content.decode()

        assert "Lawful guardian of" in page
        assert "act/end" not in page
        answer = desk.post(f"/admin/subjects/relationship/{row.id}/act/end/", {"confirmed": "yes"})
        assert answer.status_code == 422
        row.refresh_from_db()
        assert row.ended_at is None

    @pytest.mark.req("P9")
    def test_of_another_company_is_not_there(self, desk, tulip):
        foreign = Relationship.objects.filter(controller_id=tulip.id).first()

        address = f"/admin/subjects/relationship/{foreign.id}/act/end/"
        assert desk.post(address, {"confirmed": "yes"}).status_code == 404
        assert Relationship.objects.get(pk=foreign.pk).ended_at is None


class TestFinding:
    """The row's own page, with what can be done there, is reached where the row is shown."""

    def test_from_the_list(self, desk, lotus):
        row = Relationship.objects.filter(controller_id=lotus.id).first()

        page = desk.get("/admin/subjects/relationship/").content.decode()

        assert re.search(rf'<a href="/admin/subjects/relationship/{row.id}/change/[^"]*">\w', page)

    def test_from_the_page_of_either(self, desk, lotus, ben, ira):
        desk.post(ADD, form(lotus, ben, ira, unit="cards"))
        row = between(ben, ira).get()

        for one, other in ((ben, ira), (ira, ben)):
            page = desk.get(f"/admin/people/{one.id}/").content.decode()
            assert f"/admin/subjects/relationship/{row.id}/change/" in page
            assert f"/admin/people/{other.id}/" in page


def test_no_lists_link_to_a_row_is_swallowed_by_that_to_the_person(desk, lotus):
    """A link within a link is none: browsers end the outer one where the inner one begins."""
    swallowed = [
        model.__name__ for model, _ in house.admins()
        if re.search(r"<a [^>]*>\s*<a ", _list(desk, model))
    ]  # fmt: skip

    assert swallowed == []


def _list(desk, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    return desk.get(reverse(f"admin:{name}_changelist"), follow=True).content.decode()
