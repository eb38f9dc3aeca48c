"""The matrix page: who sees what, drafted in the table, previewed, approved by a second person."""

import pytest
from django.urls import reverse

from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.matrix import Place
from profiles.models import AttributeDefinition, ReaderRole, Seat, ViewRule, ViewVersion
from registry.models import System
from tests.desk import house
from tests.desk.profiles.conftest import officer
from tests.desk.profiles.test_profile import text
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import BRANCH, CAMPAIGN, CONTACT, HEALTH, MONEY, rule
from tests.factories.profiles import house as company

pytestmark = pytest.mark.req("PRO-01", "ADM-03")
VIEWS, SAVE = "/admin/views/", "/admin/views/save/"
PREVIEW, ATTEST = "/admin/views/preview/", "/admin/views/preview/done/"
CONTACT_PLACE = Place(BRANCH, OFFERS, CONTACT)


@pytest.fixture
def draft(lotus, manager):
    """What the manager drafted: contact data in full for the campaign tool, money hidden."""
    answer = manager.post(
        "/admin/profiles/viewversion/add/", {"controller": str(lotus.id), "note": "For letters"}
    )
    assert answer.status_code == 302, text(answer)
    return selectors.draft(lotus.id)


def asked(lotus, version, **more):
    return {"controller": str(lotus.id), "version": version.number, "purpose": OFFERS, **more}


def save(client, lotus, version, squares, **more):
    version.refresh_from_db()
    form = asked(lotus, version, relation="self", seen=version.changed_at.isoformat(), **more)
    named = {"|".join(place): treatment for place, treatment in squares.items()}
    return client.post(SAVE, {**form, **named}, follow=True)


def attest(client, lotus, version):
    version.refresh_from_db()
    form = asked(lotus, version, relation="self", seen=version.changed_at.isoformat())
    return client.post(ATTEST, form, follow=True)


def act(client, row, verb, form=None):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_act"
    address = reverse(name, args=[row.pk, verb])
    if form is None:
        page = client.get(address)
        form = {name: field.value() or "on" for name, field in _bound(page).items()}
    return client.post(address, form or {"confirmed": "yes"})


def _bound(page):
    form = page.context["form"]
    return {field.html_name: field for field in form}


class TestTheTable:
    def test_shows_what_is_in_force_by_role_and_category(self, auditor):
        page = text(auditor.get(VIEWS))

        assert "Version 1 : In force" in page
        assert "Branch branch Campaign campaign" in page
        assert f"{CONTACT} Its 2 attributes" in page
        assert "Range" in page
        assert "Change this table" not in page

    def test_tells_rules_of_single_attributes_apart(self, auditor):
        page = text(auditor.get(VIEWS, {"category": CONTACT}))

        assert "email as its category as its category" in page
        assert "home Shown as its category" in page

    def test_marks_sensitive_data_and_what_the_purpose_does_not_need(self, lotus, auditor):
        lotus.shows(rule("show", category=HEALTH, sensitivity="special", purpose="sys.rights"))

        page = text(auditor.get(VIEWS, {"purpose": OFFERS}))

        assert "Special category, or about convictions" in page
        assert "not needed for this purpose" not in page
        AttributeDefinition.objects.filter(code="born_on").update(category="pd:Age")
        assert "not needed for this purpose" in text(auditor.get(VIEWS, {"purpose": OFFERS}))

    def test_says_when_nobody_sees_anything(self, lotus, auditor):
        profiles.roll_back_view(by=AUTHOR, controller_id=lotus.id, number=0)

        assert "nobody sees anything of anybody" in text(auditor.get(VIEWS))

    @pytest.mark.parametrize(
        "wrong",
        [{"purpose": "no.such"}, {"relation": "cousin"}, {"version": "9"}, {"version": "x"}],
        ids=str,
    )
    def test_of_what_is_not_there_does_not_exist(self, auditor, wrong):
        assert auditor.get(VIEWS, wrong).status_code == 404

    def test_is_not_for_who_only_reads_profiles(self, desk):
        for address in (VIEWS, PREVIEW):
            assert desk.get(address).status_code == 403
        for address in (SAVE, ATTEST):
            assert desk.post(address).status_code == 403

    @pytest.mark.req("P9")
    def test_knows_no_other_company(self, auditor):
        tulip = company("tulip")
        profiles.create_role(by=AUTHOR, controller_id=tulip.id, code="secret", name="Secret role")

        assert "Secret role" not in text(auditor.get(VIEWS, {"controller": str(tulip.id)}))

    def test_without_roles_or_attributes_says_what_to_do(self, lotus, manager):
        AttributeDefinition.objects.update(is_active=False)
        ReaderRole.objects.update(is_active=False)

        assert "No reader’s role is named yet." in text(manager.get(VIEWS))


class TestADraft:
    def test_is_changed_in_the_table(self, lotus, manager, draft):
        squares = {
            Place(CAMPAIGN, OFFERS, CONTACT): "show", Place(BRANCH, OFFERS, MONEY): "",
            Place(BRANCH, OFFERS, CONTACT): "partial",
        }  # fmt: skip

        page = text(save(manager, lotus, draft, squares))

        rules = selectors.rules_of(draft)
        assert rules[Place(CAMPAIGN, OFFERS, CONTACT)] == "show"
        assert Place(BRANCH, OFFERS, MONEY) not in rules
        assert f"Campaign Offers by e-mail {CONTACT} Hidden Shown shows more" in page
        assert "Range Hidden shows less" in page
        assert "was: Range" in page

    def test_is_changed_attribute_by_attribute(self, lotus, manager, draft):
        place = CONTACT_PLACE._replace(attribute="email")

        save(manager, lotus, draft, {place: "token"}, category=CONTACT)

        assert selectors.rules_of(draft)[place] == "token"

    def test_offers_only_what_does_justice_to_the_values(self, lotus, manager, draft):
        page = manager.get(VIEWS, asked(lotus, draft, edit="1")).content.decode()
        square = page.split(f'name="{"|".join(CONTACT_PLACE)}"')[1].split("</select>")[0]

        assert 'value="partial" selected' in square
        assert 'value="region"' in square
        assert 'value="bucket"' not in square
        save(manager, lotus, draft, {CONTACT_PLACE: "bucket"})
        assert selectors.rules_of(draft)[CONTACT_PLACE] == "partial"

    def test_that_somebody_else_changed_meanwhile_is_left(self, lotus, manager, draft):
        form = asked(lotus, draft, relation="self", seen=draft.changed_at.isoformat())
        profiles.put_rules(by=AUTHOR, version=draft, rules=[rule("token")])

        answer = manager.post(SAVE, {**form, "|".join(CONTACT_PLACE): "show"}, follow=True)

        assert "Somebody changed the draft meanwhile" in answer.content.decode()
        assert selectors.rules_of(draft)[CONTACT_PLACE] == "token"

    def test_is_not_changed_by_an_auditor(self, lotus, auditor, draft):
        before = selectors.rules_of(draft)

        assert save(auditor, lotus, draft, {CONTACT_PLACE: "show"}).status_code == 403
        assert attest(auditor, lotus, draft).status_code == 403
        assert selectors.rules_of(draft) == before

    def test_only_a_draft_is_changed(self, lotus, manager):
        version = selectors.in_force(lotus.id)

        assert save(manager, lotus, version, {CONTACT_PLACE: "show"}).status_code == 404
        assert attest(manager, lotus, version).status_code == 404

    @pytest.mark.req("P9")
    def test_of_another_company_is_not_found(self, manager, lotus):
        tulip = company("tulip")
        foreign = profiles.draft_view(by=AUTHOR, controller_id=tulip.id, note="Theirs")

        answer = save(manager, tulip, foreign, {CONTACT_PLACE: "show"})

        assert answer.status_code == 404
        assert selectors.rules_of(foreign) == {}


class TestThePreview:
    def test_shows_the_invented_person_by_role(self, lotus, manager, draft):
        save(manager, lotus, draft, {Place(CAMPAIGN, OFFERS, CONTACT): "show"})

        page = text(manager.get(PREVIEW, asked(lotus, draft)))

        assert "email a•••@•••.example Masked asha@sample.example" in page
        assert "income 40000-49999 Masked Hidden" in page
        assert "diagnosis Sensitive Hidden" in page

    @pytest.mark.parametrize(
        ("situation", "words"), [("withdrawn", "Not permitted"), ("other", "Masked")]
    )
    def test_shows_what_remains_in_other_situations(self, lotus, manager, situation, words):
        page = text(manager.get(PREVIEW, {"situation": situation}))

        assert words in page

    def test_comes_before_approval_by_somebody_else(self, lotus, manager, second, draft):
        save(manager, lotus, draft, {Place(CAMPAIGN, OFFERS, CONTACT): "show"})
        early = act(second, draft, "approve")
        attest(second, lotus, draft)

        own = act(manager, draft, "approve")
        answer = act(second, draft, "approve")

        assert (early.status_code, own.status_code, answer.status_code) == (422, 422, 302)
        assert "Look at the preview first" in text(early)
        assert "Somebody who changed nothing" in text(own)
        assert selectors.in_force(lotus.id) == draft

    def test_of_something_older_is_not_noted(self, lotus, manager, second, draft):
        form = asked(lotus, draft, relation="self", seen=draft.changed_at.isoformat())
        save(manager, lotus, draft, {CONTACT_PLACE: "show"})

        second.post(ATTEST, form)

        draft.refresh_from_db()
        assert draft.previewed_at is None

    def test_is_of_what_the_approver_had_on_the_page(self, lotus, manager, second, draft):
        attest(second, lotus, draft)
        seen = {"seen": draft.changed_at.isoformat(), "is_read": "on"}
        save(manager, lotus, draft, {CONTACT_PLACE: "show"})
        attest(second, lotus, draft)

        assert act(second, draft, "approve", seen).status_code == 422
        assert selectors.in_force(lotus.id) != draft


class TestVerbs:
    def test_write_and_remove_single_rules(self, lotus, manager, draft):
        form = {"role": CAMPAIGN, "purpose": OFFERS, "category": MONEY, "attribute": "born_on",
                "sensitivity": "ordinary", "relation": "self", "treatment": "year"}  # fmt: skip

        assert act(manager, draft, "put-rule", form).status_code == 302

        row = ViewRule.objects.get(version=draft, treatment="year")
        wrong = act(manager, draft, "put-rule", {**form, "treatment": "region"})
        assert wrong.status_code == 422
        assert "cannot be treated so" in text(wrong)
        assert act(manager, row, "remove").status_code == 302
        assert not ViewRule.objects.filter(pk=row.pk).exists()

    def test_go_back_and_show_nobody_anything(self, lotus, manager):
        lotus.shows(rule("show"))
        first = ViewVersion.objects.get(number=1)

        act(manager, first, "go-back", {})

        restored = selectors.in_force(lotus.id)
        assert restored.restores == first
        assert "Gone back to by" in text(
            manager.get(reverse("admin:profiles_viewversion_change", args=[restored.pk]))
        )
        act(manager, restored, "close", {})
        assert selectors.in_force(lotus.id) is None

    def test_give_a_draft_up(self, lotus, manager, draft):
        assert act(manager, draft, "discard", {}).status_code == 302
        assert selectors.draft(lotus.id) is None

    def test_name_a_role_and_seat_somebody(self, lotus, manager, entries):
        olga = officer(lotus, "olga", "profile_reader")
        form = {"controller": str(lotus.id), "code": "agent", "name": "Agent"}
        assert manager.post("/admin/profiles/readerrole/add/", form).status_code == 302
        role = ReaderRole.objects.get(code="agent")
        given = {"holder": f"officer {olga.pk}", "unit": "cards", "until": ""}

        assert act(manager, role, "seat", given).status_code == 302

        seat = Seat.objects.get(holder_id=str(olga.pk))
        page = text(manager.get(reverse("admin:profiles_readerrole_change", args=[role.pk])))
        assert "officer olga · cards" in page
        assert act(manager, seat, "end", {}).status_code == 302
        assert len(entries("seat:granted")) == len(entries("seat:ended")) == 1

    def test_seat_nobody_at_their_own_hand(self, lotus, manager):
        mira = officer(lotus, "mira")
        role = ReaderRole.objects.get(code=BRANCH)

        answer = act(manager, role, "seat", {"holder": f"officer {mira.pk}"})

        assert answer.status_code == 422
        assert "Nobody gives a seat to themselves" in text(answer)

    def test_define_change_and_retire_an_attribute(self, lotus, manager):
        form = {
            "controller": str(lotus.id), "code": "tier", "title": "Tier", "category": CONTACT,
            "kind": "choice", "sensitivity": "ordinary", "choices": "silver\ngold",
            "max_length": "20", "former_days": "0",
        }  # fmt: skip
        answer = manager.post("/admin/profiles/attributedefinition/add/", form)
        assert answer.status_code == 302, text(answer)
        tier = AttributeDefinition.objects.get(code="tier")

        act(manager, tier, "change-terms", {**form, "title": "Club tier", "fresh_for_days": "30"})

        tier.refresh_from_db()
        assert (tier.title, tier.fresh_for_days) == ("Club tier", 30)
        assert tier.choices == ["silver", "gold"]
        assert act(manager, tier, "retire", {}).status_code == 302
        wrong = manager.post(
            "/admin/profiles/attributedefinition/add/",
            {**form, "code": "x", "kind": "text", "choices": "", "category": "pd:Nothing"},
        )
        assert wrong.status_code == 422
        assert "no such data category" in text(wrong)

    def test_record_a_system_without_telling_its_secret(self, lotus, manager):
        form = {
            "controller": str(lotus.id), "code": "core", "name": "Core", "kind": "pushed",
            "unit": "loans", "settings": "", "timeout_ms": "800", "secret": "",
        }  # fmt: skip
        answer = manager.post("/admin/registry/system/add/", form)
        assert answer.status_code == 302, text(answer)
        core = System.objects.get(code="core")

        act(manager, core, "state", {"state": "paused"})

        core.refresh_from_db()
        assert core.state == "paused"
        assert "loans" in text(manager.get(reverse("admin:registry_system_change", args=[core.pk])))


@pytest.mark.req("PRO-07")
def test_records_tell_an_officer_neither_values_nor_their_names(lotus, manager, entries):
    asha = lotus.person()

    page = text(manager.get("/admin/profiles/profilerecord/"))

    assert f"…{str(asha.id)[-12:]}" in page
    assert "diagnosis" not in page
    assert "asthma" not in page
    assert {one.subject_id for one in entries("record:viewed")} == {asha.id}


def test_the_auditors_menu_has_the_matrix(auditor):
    page = auditor.get("/admin/").content.decode()

    assert 'href="/admin/views/"' in page
    assert 'href="/admin/profiles/"' not in page
    assert house.PASSWORD not in page
