"""Officers date versions, read what they change, and take back what has not begun."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from audit.selectors import payload
from consent.models import Notice, NoticeVersion, Purpose, PurposeVersion
from tests.admin.test_verbs import PURPOSE, act, add, said
from tests.desk import house
from tests.portal.world import OFFERS

pytestmark = pytest.mark.django_db

LATER = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def second(lotus):
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.fixture
def offers(lotus):
    return Purpose.objects.get(controller_id=lotus.id, code=OFFERS)


def newest(row):
    return row.versions.order_by("-number").first()


def redraft(desk, offers, **changes):
    """The next version of the offers; it is as the first one but for the changes."""
    now = newest(offers)
    same = {
        "title": now.title, "description": now.description, "enables": now.enables,
        "dpv_purpose": now.dpv_purpose, "ground_in": "consent", "ground_eu": "6-1-a",
        "categories": "pd:EmailAddress", "operations": "Use", "retention_days": "365",
        "valid_days": "730", "owner": "Marketing",
    }  # fmt: skip
    answer = act(desk, offers, "draft", {**same, **changes})
    assert answer.status_code == 302, said(answer)
    return newest(offers)


def page(client, row):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return said(client.get(reverse(name, args=[row.pk])))


@pytest.mark.req("CON-02")
def test_a_version_is_approved_for_later_with_a_reason_and_taken_back(
    desk, second, offers, entries
):
    draft = redraft(desk, offers, is_material="on")
    form = {"effective_from": f"{LATER:%Y-%m-%dT%H:%M}", "note": "For the new season."}

    act(second, draft, "approve", form)

    draft.refresh_from_db()
    assert draft.effective_from == LATER
    assert "Approved, begins later" in page(desk, draft)
    (entry,) = [one for one in entries("purpose:approved") if one.target_id == str(draft.id)]
    assert payload(entry.id)["data"]["note"] == "For the new season."
    act(second, draft, "take-back")
    draft.refresh_from_db()
    assert draft.effective_from is None
    assert "Taken back before it began" in page(desk, draft)
    assert "act/take-back" not in page(desk, draft)


@pytest.mark.req("CON-19")
def test_what_changed_is_shown_weighed_before_the_second_person_confirms(desk, second, offers):
    draft = redraft(desk, offers, recipients="agency <b>", retention_days="30")
    shown = said(
        second.get(reverse("admin:consent_purposeversion_act", args=[draft.pk, "approve"]))
    )

    refused = act(second, draft, "approve", {"note": "It is nothing."})

    assert "<strong><bdi>Recipients</bdi></strong>: material" in shown
    assert "<strong><bdi>Kept for (days)</bdi></strong>: editorial" in shown
    assert "&lt;b&gt;" in shown
    assert "Earlier consents go on" in shown
    assert refused.status_code == 422
    assert "These changes are material: recipients" in said(refused)


@pytest.mark.req("CON-19")
def test_what_follows_a_draft_alone_is_compared_with_nothing(desk, lotus):
    form = {**PURPOSE, "controller": str(lotus.id), "code": "post.letters"}
    add(desk, Purpose, form)
    letters = Purpose.objects.get(code="post.letters")
    act(desk, letters, "draft", {**PURPOSE, "title": "Other letters"})

    shown = page(desk, newest(letters))

    assert newest(letters).number == 2
    assert "No version before this one was put in force." in shown


@pytest.mark.req("CON-19")
def test_a_first_version_is_compared_with_nothing(desk, second, offers):
    first = newest(offers)
    asked = redraft(desk, offers)

    assert "No version before this one was put in force." in page(desk, first)
    assert "Nothing differs from the version before." in page(desk, asked)


def test_the_page_of_a_version_speaks_the_officers_language(desk, offers):
    with translation.override("hi"):
        words = [gettext(one) for one in ("Purpose in the vocabulary", "Direct marketing", "Owner")]
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"

    shown = page(desk, newest(offers))

    assert all(one in shown for one in words)
    assert "Dpv purpose" not in shown


@pytest.mark.req("CON-19")
def test_a_refusal_speaks_the_officers_language_and_names_codes_apart(desk, second, offers):
    draft = redraft(desk, offers, recipients="agency", retention_days="30")
    second.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"

    refused = act(second, draft, "approve", {"note": "It is nothing."})

    assert "یہ تبدیلیاں اہم ہیں: \u2066recipients\u2069" in said(refused)


def test_whoever_recorded_a_thing_is_refused_without_calling_it_a_version(desk, offers):
    draft = redraft(desk, offers)

    refused = act(desk, draft, "approve")

    assert refused.status_code == 422
    assert "Whoever drafted or recorded this cannot decide on it" in said(refused)


def test_the_grounds_of_a_purpose_are_named_in_the_officers_language(desk):
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"

    shown = said(desk.get("/admin/consent/purpose/add/"))

    assert "Certain legitimate use" not in shown
    assert "Not used in" not in shown


@pytest.mark.req("CON-19")
def test_other_words_ask_for_a_reason_beside_its_field(desk, second, offers):
    draft = redraft(desk, offers, description="Letters.")

    refused = act(second, draft, "approve")

    assert "in doubt" in page(desk, draft)
    assert refused.status_code == 422
    assert "say why that is not material" in said(refused)
    assert act(second, draft, "approve", {"note": "Shorter."}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("dpv_purpose", "dpv:Nothing", "Select a valid choice"),
        ("operations", "Sell", "not a term of the Data Privacy Vocabulary"),
        ("parent", "no.such", "must be another open one"),
    ],
)
def test_what_is_not_in_the_lists_is_explained_beside_its_field(desk, lotus, field, value, words):
    form = {**PURPOSE, "controller": str(lotus.id), "code": "post.letters", field: value}

    answer = add(desk, Purpose, form)

    assert answer.status_code == 422
    assert words in said(answer)
    assert not Purpose.objects.filter(code="post.letters").exists()


def test_a_wider_purpose_and_its_parts_lead_to_each_other(desk, lotus, offers):
    form = {**PURPOSE, "controller": str(lotus.id), "code": "post.letters", "parent": OFFERS}
    add(desk, Purpose, form)
    part = Purpose.objects.get(code="post.letters")

    assert reverse("admin:consent_purpose_change", args=[offers.pk]) in page(desk, part)
    assert reverse("admin:consent_purpose_change", args=[part.pk]) in page(desk, offers)


def test_the_list_is_filtered_by_where_versions_stand(desk, second, offers):
    waiting = redraft(desk, offers)
    list_page = reverse("admin:consent_purposeversion_changelist")

    def count(state):
        answer = desk.get(list_page, {"in_force": state})
        return answer.context["cl"].result_count

    begun = count("yes")
    assert (count("no"), count("later")) == (1, 0)
    form = {"effective_from": f"{LATER:%Y-%m-%dT%H:%M}", "note": ""}
    act(second, waiting, "approve", form)
    assert (count("no"), count("later"), count("yes")) == (0, 1, begun)
    assert begun == PurposeVersion.objects.filter(
        controller_id=offers.controller_id, approved_at__isnull=False
    ).count() - 1  # fmt: skip


EUROPEAN = {
    "code": "europe", "pack": "EU", "purposes": OFFERS, "title": "What we do",
    "introduction": "We tell you.", "contact_name": "Anna", "contact_email": "a@lotus.example",
    "board_url": "https://board.example/", "dpo_email": "dpo@lotus.example",
    "transfers": "There are none.", "necessity": "You need not.", "interests": "", "automated": "",
    "source": "",
}  # fmt: skip


@pytest.mark.req("CON-05")
class TestEuropean:
    def draft(self, desk, lotus, **changes):
        form = {**EUROPEAN, "controller": str(lotus.id), **changes}
        assert add(desk, Notice, form).status_code == 302
        return NoticeVersion.objects.get(notice__code="europe")

    def test_a_notice_is_made_whole_from_its_purposes_and_published(self, desk, second, lotus):
        draft = self.draft(desk, lotus)

        assert act(second, draft, "publish").status_code == 302

        words = draft.translations.get(language="en").content
        assert words["items"][0]["recipients"] == ["Nobody but us"]
        assert words["items"][0]["basis"].endswith("GDPR Art 6(1)(a)")
        assert words["controller"]["name"] == "Lotus Bazaar"

    def test_what_it_lacks_is_shown_on_its_page_and_when_it_is_refused(self, desk, second, lotus):
        draft = self.draft(desk, lotus, transfers="", dpo_email="")

        shown = page(desk, draft)
        refused = act(second, draft, "publish")

        for lacking in ("en: data_protection_officer (GDPR Art 13(1)(b))", "en: transfers (GDPR"):
            assert lacking in shown
            assert lacking in said(refused)

    def test_people_read_all_of_it(self, client, desk, second, lotus):
        draft = self.draft(desk, lotus, source="Post AG")
        act(second, draft, "publish")

        shown = said(client.get(f"/privacy/{lotus.controller.slug}/notices/europe/"))

        for words in (
            "Legal basis",
            "dpo@lotus.example",
            "There are none.",
            "You need not.",
            "Post AG",
            "Take them with you",
            "365 days",
            "Nobody but us",
        ):
            assert words in shown, words


def test_a_notice_says_nothing_is_missing_when_nothing_is(desk, lotus):
    draft = NoticeVersion.objects.filter(controller_id=lotus.id).first()

    assert "The law asks for more" in page(desk, draft)
    assert "DPDP Act 2023 s.5" not in page(desk, draft)
