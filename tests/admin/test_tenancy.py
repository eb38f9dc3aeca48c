"""Another company's rows do not exist, by whatever door an officer tries (P9)."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from consent.models import Purpose
from registry.models import DataCategory
from tests.desk import house
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("P9")]

MODELS = [model.__name__ for model, _ in house.admins()]
PAGES = ("change", "delete", "history")


def route(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def verbs_of(model):
    return [verb.name for verb in getattr(admin.site._registry[model], "verbs", ())]


class TestEveryModel:
    def test_hides_the_rows_of_another_company(self, desk, lotus, tulip, subtests):
        for name in MODELS:
            with subtests.test(name):
                model = house.model_named(name)
                foreign = tulip.rows[name]

                answers = {
                    page: desk.get(route(model, page, foreign)).status_code for page in PAGES
                }
                answers |= {verb: desk.get(route(model, "act", foreign, verb)).status_code
                            for verb in verbs_of(model)}  # fmt: skip

                assert set(answers.values()) <= {403, 404}, answers
                assert answers["change"] == 404

    def test_refuses_posts_about_the_rows_of_another_company(self, desk, lotus, tulip, subtests):
        for name in MODELS:
            with subtests.test(name):
                model = house.model_named(name)
                foreign = tulip.rows[name]
                addresses = [route(model, page, foreign) for page in ("change", "delete")]
                addresses += [route(model, "act", foreign, verb) for verb in verbs_of(model)]

                answers = {
                    address: desk.post(address, {"post": "yes"}).status_code
                    for address in addresses
                }

                assert set(answers.values()) <= {403, 404}, answers

    def test_lists_only_what_belongs_to_the_officers_company(self, desk, lotus, tulip, subtests):
        for name in MODELS:
            with subtests.test(name):
                model = house.model_named(name)

                answer = desk.get(
                    route(model, "changelist"), {"kind": "all"} if name == "EntryIndex" else {}
                )

                listed = {row.pk for row in answer.context["cl"].result_list}
                assert answer.status_code == 200
                assert lotus.rows[name] in listed
                assert tulip.rows[name] not in listed

    def test_its_page_of_the_own_row_opens(self, desk, lotus, subtests):
        for name in MODELS:
            with subtests.test(name):
                model = house.model_named(name)

                answer = desk.get(route(model, "change", lotus.rows[name]), follow=True)

                assert answer.status_code == 200


def test_the_desks_pages_know_nobody_of_another_company(desk, tulip):
    foreign = tulip.person.id
    pages = [
        reverse("admin:person", args=[foreign]),
        reverse("admin:reveal", args=[foreign]),
        reverse("admin:person_choice", args=[foreign, OFFERS]),
    ]

    gets = [desk.get(page).status_code for page in pages]
    posts = [desk.post(page, {"reason": "grievance"}).status_code for page in pages[1:]]

    assert set(gets + posts) == {404}


def test_nobody_of_another_company_can_be_looked_up(desk, lotus, tulip, entries):
    form = {"controller": str(tulip.id), "scheme": "email", "value": tulip.email}

    elsewhere = desk.post("/admin/people/find/", form)
    here = desk.post("/admin/people/find/", {**form, "controller": str(lotus.id)})

    assert elsewhere.status_code == 422
    assert here.status_code == 200
    assert [entry.outcome for entry in entries("person:searched")] == ["not_found"]


def test_nothing_can_be_added_to_another_company(desk, lotus, tulip):
    form = {"controller": str(tulip.id), "code": "pd:Name", "name": "Name"}

    answer = desk.post("/admin/registry/datacategory/add/", form)

    assert answer.status_code == 422
    assert not DataCategory.objects.filter(code="pd:Name").exists()


def test_filters_offer_no_row_of_another_company(desk, lotus, tulip):
    foreign = Purpose.objects.filter(controller_id=tulip.id).values_list("id", flat=True)

    page = desk.get("/admin/consent/consentstate/").content.decode()

    assert "purpose__id__exact" in page
    assert not [one for one in foreign if str(one) in page]


def test_staff_pages_do_not_tell_roles_at_another_company(desk, lotus, tulip):
    colleague = house.officer(tulip, "lotus-colleague", "auditor")

    page = desk.get(f"/admin/accounts/user/{colleague.id}/change/").content.decode()

    assert "Lotus Bazaar: Operator" in page
    assert "Tulip" not in page


def test_a_role_of_another_company_cannot_be_given(desk, lotus, tulip):
    colleague = lotus.rows["User"]
    form = {"controller": str(tulip.id), "role": "privacy_officer"}

    answer = desk.post(f"/admin/accounts/user/{colleague}/act/assign-role/", form)

    assert answer.status_code == 422
    assert not tulip.controller.role_groups.filter(group__user=colleague).exists()


def test_the_first_page_shows_only_the_own_company(desk, tulip):
    page = desk.get("/admin/", {"controller": str(tulip.id)}).content.decode()

    assert "Lotus Bazaar" in page
    assert "Tulip" not in page


def test_a_superuser_without_a_role_sees_nothing(lotus, officer):
    officer.groups.clear()
    officer.is_superuser = True
    officer.save()
    client = house.signed_in(officer)

    assert client.get("/admin/subjects/subject/").status_code == 302
    assert client.get(f"/admin/people/{lotus.person.id}/").status_code == 302


def test_the_loss_of_a_role_counts_at_the_next_request(desk, lotus, officer):
    assert desk.get("/admin/subjects/subject/").status_code == 200

    officer.groups.clear()

    assert desk.get("/admin/subjects/subject/").status_code == 302


def test_djangos_redirect_to_any_row_is_gone():
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])
