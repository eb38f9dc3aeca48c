"""People read notices in any approved language, in its direction, and are told which it is."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from consent import services as consent
from consent.models import ConsentEvent
from consent.services import Choice
from consent.services.bulk import import_many
from consent.transitions import State
from tests.portal.world import APPROVER, AUTHOR, OFFERS, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-07")]

NOTICE = "/privacy/lotus/notices/website/"
TITLES = {"ta": "நாங்கள் கேட்பது", "ks": "أسۍ کیا پرژھان", "ks-Deva": "अॅस्य क्या प्रछान"}


@pytest.fixture
def add(company):
    """Adds a language to the notice in force; without approval it stays a machine's draft."""

    def added(language, *, is_approved=True):
        words = {**content("hi", company.controller), "title": TITLES[language]}
        made = consent.draft_translation(
            by=AUTHOR, version=company.notice, language=language, content=words,
            origin="human" if is_approved else "machine",
        )  # fmt: skip
        if is_approved:
            consent.approve_translation(by=APPROVER, translation=made, sha256=made.sha256)

    return added


def read(client, address, **headers):
    return client.get(address, headers=headers).content.decode()


class TestTheNotice:
    def test_is_offered_in_every_approved_language(self, client, add):
        add("ta")
        add("ks", is_approved=False)

        page = read(client, NOTICE)

        offered = [tag for tag in ("en", "hi", "ta", "ks")
                   if f'href="?words={tag}" lang="{tag}"' in page]  # fmt: skip
        assert offered == ["en", "hi", "ta"]
        assert '<bdi dir="ltr">தமிழ்</bdi>' in page

    @pytest.mark.parametrize(
        ("tag", "direction"), [("ta", "ltr"), ("ks", "rtl"), ("ks-Deva", "ltr")]
    )
    def test_is_shown_in_the_one_chosen_and_its_direction(self, client, add, tag, direction):
        add(tag)

        page = read(client, f"{NOTICE}?words={tag}")

        assert f'<article lang="{tag}" dir="{direction}">' in page
        assert TITLES[tag] in page
        assert "not yet in" not in page

    def test_in_another_script_says_so(self, client, add):
        add("ks")

        page = read(client, f"{NOTICE}?words=ks-Deva")

        assert '<article lang="ks" dir="rtl">' in page
        assert "This notice is not yet in कॉशुर; it is shown in کٲشُر." in page

    def test_of_a_machine_is_never_shown(self, client, add):
        add("ta", is_approved=False)

        page = read(client, f"{NOTICE}?words=ta")

        assert TITLES["ta"] not in page
        assert '<article lang="en" dir="ltr">' in page
        assert "This notice is not yet in தமிழ்; it is shown in English." in page

    def test_in_no_approved_language_falls_back_to_that_of_the_page(self, client, add):
        page = read(client, f"{NOTICE}?words=ta", **{"Accept-Language": "hi"})

        assert '<article lang="hi" dir="ltr">' in page

    def test_of_a_machine_is_not_shown_under_its_address_either(self, client, company, add):
        add("ta", is_approved=False)

        answer = client.get(f"{NOTICE}?version={company.notice.id}&language=ta")

        assert answer.status_code == 404

    @pytest.mark.parametrize("wrong", ["", "%00", "x" * 500, "'><script>", "hi_IN"])
    def test_is_english_for_what_is_no_language(self, client, company, wrong):
        answer = client.get(f"{NOTICE}?words={wrong}")

        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


class TestChoices:
    def test_are_asked_in_the_persons_own_language(self, company, add, sign_in):
        add("ta")
        company.person("tara@example.in", language="ta")

        page = read(sign_in(company, "tara@example.in"), "/privacy/choices/")

        assert '<input type="hidden" name="language" value="ta">' in page
        assert 'lang="ta" dir="ltr"' in page

    def test_in_a_language_chosen_once_stay_in_it(self, company, asha, add, sign_in):
        add("ks")
        client = sign_in(company)

        read(client, "/privacy/choices/?words=ks")
        page = read(client, "/privacy/choices/")

        assert '<div class="words" lang="ks" dir="rtl">' in page
        answer = client.post("/privacy/choices/", {
            "purpose": OFFERS, "answer": "yes", "notice": str(company.notice.id), "language": "ks",
        })  # fmt: skip
        assert answer.status_code == 303
        event = ConsentEvent.objects.get(state=State.GIVEN)
        words = company.notice.translations.get(language="ks")
        assert (event.language, event.notice_sha256) == ("ks", words.sha256)

    def test_are_not_taken_in_words_of_a_machine(self, company, asha, add, sign_in):
        add("ta", is_approved=False)

        answer = sign_in(company).post("/privacy/choices/", {
            "purpose": OFFERS, "answer": "yes", "notice": str(company.notice.id), "language": "ta",
        })  # fmt: skip

        assert answer.status_code == 409
        assert not ConsentEvent.objects.exists()


class TestLetters:
    @pytest.mark.parametrize(
        ("is_approved", "languages", "told"),
        [(True, "en, ta", TITLES["ta"]), (False, "en", "not yet in தமிழ்; it is shown in English.")],
    )
    def test_carry_approved_words_and_say_in_which_language(
        self, company, add, run_jobs, is_approved, languages, told
    ):
        add("ta", is_approved=is_approved)
        tara = company.person("tara@example.in", language="ta")
        choice = Choice(
            subject_id=tara.id, purpose=OFFERS, state=State.GIVEN, method="import",
            event_at=datetime(2025, 6, 1, tzinfo=UTC), is_import=True,
        )  # fmt: skip
        import_many(by=AUTHOR, controller_id=company.id, choices=[choice], new={})
        consent.order_legacy_notices(by=APPROVER, purpose=company.versions[OFFERS].purpose)
        while run_jobs():
            pass

        (letter,) = mail.outbox

        assert letter.extra_headers["Content-Language"] == languages
        assert told in letter.body
        assert (TITLES["ta"] in letter.body) is is_approved
