"""Officers draft, approve and waive the languages of notices by buttons that say what follows."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from consent import services as consent
from consent.models import LanguageWaiver, NoticeTranslation
from consent.versions.languages import SCHEDULED
from tests.admin.test_verbs import act, said
from tests.admin.test_version_verbs import page
from tests.consent.test_publishing import draft_notice
from tests.desk import house
from tests.portal.world import AUTHOR, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-07")]


@pytest.fixture
def second(lotus):
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


def form(lotus, **changes):
    words = content("hi", lotus.controller)
    return {"language": "ta", "origin": "human", "content": json.dumps(words), **changes}


def read(words):
    return {"sha256": words.sha256, "is_read": "on"}


@pytest.fixture
def words(desk, lotus):
    """Tamil words that the first officer drafted."""
    answer = act(desk, lotus.world.notice, "translate", form(lotus))
    assert answer.status_code == 302, said(answer)
    return NoticeTranslation.objects.get(notice_version=lotus.world.notice, language="ta")


class TestWords:
    def test_are_drafted_in_the_officers_name_from_the_english_ones(self, desk, lotus, officer):
        start = desk.get(
            reverse("admin:consent_noticeversion_act", args=[lotus.world.notice.pk, "translate"])
        )
        assert "We ask for your yes" in said(start)

        act(desk, lotus.world.notice, "translate", form(lotus))

        made = NoticeTranslation.objects.get(language="ta")
        assert (made.drafted_by, made.state) == (str(officer.id), "draft")

    def test_are_not_approved_by_who_drafted_them(self, desk, words):
        answer = act(desk, words, "approve", read(words))

        words.refresh_from_db()
        assert answer.status_code == 422
        assert "a second person must" in said(answer)
        assert words.state == "draft"

    def test_are_approved_by_another_who_says_to_have_read_them(self, second, words):
        assert act(second, words, "approve", {"sha256": words.sha256}).status_code == 422
        assert act(second, words, "approve", read(words)).status_code == 302

        words.refresh_from_db()
        assert words.state == "approved"
        assert f'/{words.pk}/act/approve/"' not in page(second, words)

    def test_that_changed_meanwhile_are_not_approved_in_the_place_of_those_read(
        self, desk, second, words
    ):
        seen = read(words)
        other = json.dumps({**words.content, "title": "Other"})
        assert act(desk, words, "draft", {"origin": "human", "content": other}).status_code == 302

        answer = act(second, words, "approve", seen)

        assert answer.status_code == 422
        assert "drafted anew meanwhile" in said(answer)

    def test_are_compared_with_the_english_ones_each_in_its_own_direction(self, desk, lotus):
        act(desk, lotus.world.notice, "translate", form(lotus, language="ur"))
        urdu = NoticeTranslation.objects.get(language="ur", notice_version=lotus.world.notice)

        shown = page(desk, urdu)

        assert '<td lang="en" dir="ltr">What we ask you</td>' in shown
        assert '<td lang="ur" dir="rtl">' in shown
        assert "اردو" in shown

    def test_of_a_file_are_drafted_together_or_not_at_all(self, desk, lotus):
        one = {"language": "te", "origin": "machine", "content": content("hi", lotus.controller)}
        wrong = act(desk, lotus.world.notice, "import", {"lines": json.dumps(one) + "\n{}"})
        assert (wrong.status_code, "Line 2" in said(wrong)) == (422, True)
        assert not NoticeTranslation.objects.filter(language="te").exists()

        right = act(desk, lotus.world.notice, "import", {"lines": json.dumps(one)})

        assert right.status_code == 302
        assert NoticeTranslation.objects.get(language="te").origin == "machine"

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [({"language": "en"}, "English is what the version means"), ({"content": "[]"}, "object"),
         ({"language": "hindi!"}, "not a language tag"), ({"origin": "robot"}, "valid choice")],
    )  # fmt: skip
    def test_that_are_none_are_explained(self, desk, lotus, change, sentence):
        answer = act(desk, lotus.world.notice, "translate", form(lotus, **change))

        assert answer.status_code == 422
        assert sentence in said(answer)

    def test_of_a_machine_do_not_become_a_persons_by_drafting_the_next_version(self, desk, lotus):
        act(desk, lotus.world.notice, "translate", form(lotus, origin="machine"))
        notice = lotus.world.notice.notice

        start = said(desk.get(reverse("admin:consent_notice_act", args=[notice.pk, "draft"])))

        assert "&quot;hi&quot;: {" in start
        assert "&quot;ta&quot;: {" not in start

    def test_are_no_business_of_who_may_not(self, lotus, words):
        auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

        assert act(auditor, words, "approve", read(words)).status_code == 403
        assert act(auditor, lotus.world.notice, "translate", form(lotus)).status_code == 403


class TestWaivers:
    def asked(self, desk, notice, **changes):
        until = datetime.now(UTC).date() + timedelta(days=30)
        given = {"languages": ["ta", "ur"], "reason": "Not yet.", "until_on": until.isoformat()}
        return act(desk, notice, "waive", {**given, **changes})

    @pytest.fixture
    def notice(self, lotus):
        return draft_notice(lotus.world, code="fresh").notice

    def test_are_asked_for_by_one_and_approved_by_another(self, desk, second, notice):
        assert self.asked(desk, notice).status_code == 302
        waiver = LanguageWaiver.objects.get(notice=notice)

        assert act(desk, waiver, "approve").status_code == 422
        assert act(second, waiver, "approve").status_code == 302

        waiver.refresh_from_db()
        assert waiver.approved_at is not None
        assert "اردو" in page(desk, waiver)

    def test_begin_with_the_languages_that_are_missing(self, desk, notice):
        start = said(desk.get(reverse("admin:consent_notice_act", args=[notice.pk, "waive"])))

        assert start.count(" checked") == len(SCHEDULED)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [({"languages": []}, "required"), ({"reason": ""}, "required"),
         ({"until_on": "2001-01-01"}, "within a year"), ({"until_on": "soon"}, "valid date")],
    )  # fmt: skip
    def test_that_cannot_be_are_explained(self, desk, notice, change, sentence):
        answer = self.asked(desk, notice, **change)

        assert answer.status_code == 422
        assert sentence in said(answer)

    def test_are_asked_for_on_the_page_that_says_what_is_missing(self, desk, second, notice):
        version = notice.versions.get()
        assert "(sat)" in page(second, version)

        answer = act(second, version, "publish")

        assert (answer.status_code, "5(3)): as, bn" in said(answer)) == (422, True)
        self.asked(desk, notice, languages=list(SCHEDULED))
        assert act(second, version, "publish").status_code == 302


def test_a_file_from_a_service_waits_for_an_officer(second, lotus):
    words = consent.draft_translation(
        by=AUTHOR, version=lotus.world.notice, language="ta", origin="machine",
        content=content("hi", lotus.controller),
    )  # fmt: skip

    assert "A machine" in page(second, words)
    assert act(second, words, "approve", read(words)).status_code == 302
