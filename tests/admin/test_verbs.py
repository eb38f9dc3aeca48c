"""The buttons: each calls a service, names the officer, and explains a refusal."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import selectors as accounts
from accounts.models import ServiceClient, ServiceKey, User
from audit.models import EntryIndex
from audit.selectors import payload
from consent.models import Notice, NoticeVersion, Purpose, PurposeVersion
from registry.models import DataCategory, Party
from tests.desk import house
from tests.factories.languages import waive
from work.models import Job

pytestmark = pytest.mark.django_db

PURPOSE = {
    "title": "Letters", "description": "We write letters.", "enables": "You read them.",
    "dpv_purpose": "dpv:DirectMarketing", "ground_in": "consent", "ground_eu": "",
    "categories": "pd:EmailAddress", "operations": "Use", "recipients": "", "retention_days": "30",
    "valid_days": "", "owner": "Marketing",
}  # fmt: skip


def add(client, model, form):
    return client.post(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"), form)


def act(client, row, verb, form=None):
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return client.post(reverse(f"admin:{name}_act", args=[row.pk, verb]), form or {"go": "1"})


def said(answer):
    return answer.content.decode()


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.mark.req("CON-02")
class TestPurposes:
    @pytest.fixture
    def draft(self, desk, lotus):
        form = {**PURPOSE, "controller": str(lotus.id), "code": "post.letters"}
        assert add(desk, Purpose, form).status_code == 302
        return PurposeVersion.objects.get(purpose__code="post.letters")

    def test_are_drafted_in_the_officers_name(self, draft, officer, entries):
        assert draft.created_by == str(officer.id)
        assert draft.grounds == {"IN": "consent"}
        assert draft.approved_at is None
        assert entries("purpose:drafted")[0].actor_id == str(officer.id)

    def test_are_not_approved_by_their_author(self, desk, draft):
        answer = act(desk, draft, "approve")

        draft.refresh_from_db()
        assert answer.status_code == 422
        assert "a second person must" in said(answer)
        assert draft.approved_at is None

    def test_are_approved_by_another(self, second, draft):
        answer = act(second, draft, "approve")

        draft.refresh_from_db()
        assert answer.status_code == 302
        assert draft.approved_at is not None

    def test_lose_the_button_once_approved_and_refuse_a_late_click(self, desk, second, draft):
        act(second, draft, "approve")
        page = reverse("admin:consent_purposeversion_change", args=[draft.pk])

        late = act(second, draft, "approve")

        assert "act/approve" not in said(desk.get(page))
        assert late.status_code == 422
        assert "never changes" in said(late)

    def test_go_on_from_the_newest_version(self, desk, draft):
        page = reverse("admin:consent_purpose_act", args=[draft.purpose_id, "draft"])
        shown = said(desk.get(page))

        act(desk, draft.purpose, "draft", {**PURPOSE, "title": "Letters again"})

        assert 'value="Letters"' in shown
        assert draft.purpose.versions.get(number=2).title == "Letters again"

    def test_are_closed_for_good(self, desk, draft):
        act(desk, draft.purpose, "close")
        again = act(desk, draft.purpose, "close")

        draft.purpose.refresh_from_db()
        assert draft.purpose.closed_at is not None
        assert again.status_code == 422

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"ground_in": ""}, "at least one law"),
            ({"categories": "pd:Unheard"}, "Record these data categories first"),
            ({"code": "Not A Code"}, "Enter a valid value"),
        ],
    )
    def test_that_say_too_little_are_explained(self, wrong, words, desk, lotus):
        form = {**PURPOSE, "controller": str(lotus.id), "code": "post.letters", **wrong}

        answer = add(desk, Purpose, form)

        assert answer.status_code == 422
        assert words in said(answer)
        assert not Purpose.objects.filter(code="post.letters").exists()


@pytest.mark.req("CON-03")
class TestNotices:
    FORM = {
        "code": "letters", "pack": "IN", "purposes": "marketing.email.offers",
        "title": "Letters", "introduction": "We ask you.", "contact_name": "Meera Iyer",
        "contact_email": "privacy@lotus.example", "board_url": "https://board.example/",
    }  # fmt: skip

    @pytest.fixture
    def draft(self, desk, lotus):
        add(desk, Notice, {**self.FORM, "controller": str(lotus.id)})
        return NoticeVersion.objects.get(notice__code="letters")

    def test_are_made_from_their_purposes_and_published_by_another(self, desk, second, draft):
        waive(draft.notice)
        own = act(desk, draft, "publish")
        other = act(second, draft, "publish")

        draft.refresh_from_db()
        assert (own.status_code, other.status_code) == (422, 302)
        assert draft.published_at is not None

    def test_about_an_unapproved_purpose_are_explained(self, desk, lotus):
        answer = add(
            desk, Notice, {**self.FORM, "controller": str(lotus.id), "purposes": "no.such"}
        )

        assert answer.status_code == 422
        assert "no such purpose" in said(answer)

    @pytest.mark.req("CON-04")
    def test_that_lack_what_the_law_asks_are_not_published(self, desk, second, draft):
        words = {"en": {"title": "Only a title"}}
        act(desk, draft.notice, "draft", {"words": json.dumps(words), "is_material": "on"})
        version = draft.notice.versions.get(number=2)

        answer = act(second, version, "publish")

        assert answer.status_code == 422
        assert "DPDP" in said(answer)

    def test_refuse_words_that_are_no_object(self, desk, draft):
        answer = act(desk, draft.notice, "draft", {"words": "[1]"})

        assert answer.status_code == 422
        assert draft.notice.versions.count() == 1


class TestServices:
    @pytest.fixture
    def service(self, lotus):
        return ServiceClient.objects.get(pk=lotus.rows["ServiceClient"])

    def test_are_registered_and_changed(self, desk, lotus, entries):
        form = {"controller": str(lotus.id), "code": "recommender", "name": "Recommender",
                "purposes": "marketing.email.offers\nresearch.surveys"}  # fmt: skip
        add(desk, ServiceClient, form)
        service = ServiceClient.objects.get(code="recommender")

        act(desk, service, "change", {"purposes": "research.surveys"})

        service.refresh_from_db()
        assert service.is_active is False
        assert [one.purpose for one in service.purposes.all()] == ["research.surveys"]
        assert len(entries("service:changed")) == 1

    def test_are_given_a_pace_of_their_own_and_lose_it_again(self, desk, service, entries):
        paces = []
        for given in ("250", ""):
            act(desk, service, "set-pace", {"items_per_second": given})
            service.refresh_from_db()
            paces.append(service.items_per_second)

        assert paces == [250, None]
        assert len(entries("service:changed")) == 2

    @pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "many", str(2**31)])
    def test_are_given_no_pace_that_is_none(self, desk, service, wrong):
        answer = act(desk, service, "set-pace", {"items_per_second": wrong})

        service.refresh_from_db()
        assert answer.status_code == 422
        assert service.items_per_second is None

    def test_get_a_key_that_is_shown_once_and_works(self, desk, service, entries):
        answer = act(desk, service, "issue-key", {"days": "30"})

        secret = answer.context["secret"].value
        page = reverse("admin:accounts_serviceclient_change", args=[service.pk])
        assert secret in said(answer)
        assert "no-store" in answer["Cache-Control"]
        assert accounts.caller(secret).id == service.id
        assert secret not in said(desk.get(page))
        assert secret not in str([payload(one.id) for one in entries("key:issued")])

    def test_have_at_most_two_live_keys(self, desk, service):
        act(desk, service, "issue-key", {"days": "30"})

        answer = act(desk, service, "issue-key", {"days": "30"})

        assert answer.status_code == 422
        assert "at most two live keys" in said(answer)

    def test_lose_a_key_at_once(self, desk, lotus):
        key = ServiceKey.objects.get(pk=lotus.rows["ServiceKey"])

        act(desk, key, "revoke")
        again = act(desk, key, "revoke")

        key.refresh_from_db()
        assert key.revoked_at is not None
        assert again.status_code == 422


class TestPartiesAndCategories:
    def test_are_recorded(self, desk, lotus):
        party = {"controller": str(lotus.id), "code": "cloud", "name": "Cloud", "kind": "processor",
                 "country": "IN", "contract_reference": "C-2", "transfer_tool": "none"}  # fmt: skip

        add(desk, Party, party)
        add(desk, DataCategory, {"controller": str(lotus.id), "code": "pd:Age", "name": "Age"})

        assert Party.objects.get(code="cloud").controller_id == lotus.id
        assert DataCategory.objects.get(code="pd:Age").controller_id == lotus.id

    def test_need_what_the_law_asks(self, desk, lotus):
        party = {"controller": str(lotus.id), "code": "cloud", "name": "Cloud", "kind": "processor",
                 "country": "IN", "transfer_tool": "none"}  # fmt: skip

        answer = add(desk, Party, party)

        assert answer.status_code == 422
        assert "contract reference" in said(answer)

    def test_cannot_be_recorded_twice(self, desk, lotus):
        form = {"controller": str(lotus.id), "code": "pd:EmailAddress", "name": "Again"}

        assert add(desk, DataCategory, form).status_code == 422

    def test_contracts_end_and_services_change_hands(self, desk, lotus):
        party = Party.objects.get(pk=lotus.rows["Party"])

        ended = act(desk, party, "end-contract", {"on": "2027-01-31"})
        moved = act(desk, party, "put-in-charge", {"service": str(lotus.rows["ServiceClient"])})

        party.refresh_from_db()
        assert (ended.status_code, moved.status_code) == (302, 302)
        assert party.contract_ends_on.isoformat() == "2027-01-31"
        assert party.services.count() == 1


@pytest.mark.req("ADM-01")
class TestStaff:
    def form(self, lotus, **given):
        return {"controller": str(lotus.id), "username": "nina", "role": "auditor", **given}

    def test_get_an_account_with_a_role(self, desk, lotus, entries):
        form = self.form(lotus, email="nina@staff.example", password="Quiet-river-42")

        answer = add(desk, User, form)

        nina = User.objects.get(username="nina")
        assert answer.status_code == 302
        assert accounts.roles_of(nina, [lotus.id]) == [(lotus.id, "auditor")]
        assert "Quiet-river-42" not in str([payload(e.id) for e in EntryIndex.objects.all()])

    @pytest.mark.parametrize("given", [{}, {"email": "n@staff.example", "password": "12345678"}])
    def test_need_an_address_and_a_good_password(self, given, desk, lotus):
        answer = add(desk, User, self.form(lotus, **given))

        assert answer.status_code == 422
        assert not User.objects.filter(username="nina").exists()

    def test_get_another_role_and_lose_it(self, desk, lotus):
        colleague = User.objects.get(pk=lotus.rows["User"])

        act(desk, colleague, "assign-role", {"controller": str(lotus.id), "role": "auditor"})
        both = accounts.roles_of(colleague, [lotus.id])
        act(desk, colleague, "remove-role", {"held": f"{lotus.id}:operator"})

        assert both == [(lotus.id, "auditor"), (lotus.id, "operator")]
        assert accounts.roles_of(colleague, [lotus.id]) == [(lotus.id, "auditor")]

    def test_do_not_take_their_own_role_away(self, desk, officer, lotus):
        answer = act(desk, officer, "remove-role", {"held": f"{lotus.id}:privacy_officer"})

        assert answer.status_code == 422
        assert "by another person" in said(answer)


class TestJobs:
    @pytest.fixture
    def dead(self, lotus, tulip):
        jobs = Job.objects.filter(pk__in=[lotus.rows["Job"], tulip.rows["Job"]])
        jobs.update(state="dead", finished_at=timezone.now())
        return [str(lotus.rows["Job"]), str(tulip.rows["Job"])]

    @pytest.mark.req("P9")
    def test_are_revived_by_name_in_the_own_company_only(self, desk, dead, officer, entries):
        form = {"action": "revive", "_selected_action": dead}

        desk.post("/admin/work/job/", form)

        states = [Job.objects.get(pk=one).state for one in dead]
        assert states == ["ready", "dead"]
        assert [one.actor_id for one in entries("work:revived")] == [str(officer.id)]
