import pytest

from audit import sealing
from audit.tiles import LogReader
from audit.tlog import notes
from tests.audit.log import write
from tests.portal.world import OFFERS

pytestmark = pytest.mark.django_db


def test_the_start_names_every_company(client, company):
    page = client.get("/privacy/").content.decode()

    assert 'href="/privacy/lotus/"' in page
    assert "Lotus Bazaar" in page


def test_the_start_without_a_company_says_so(client, db):
    assert b"No company answers here yet." in client.get("/privacy/").content


@pytest.mark.req("POR-02")
def test_a_company_says_how_to_ask_and_what_is_needed(client, company):
    page = client.get("/privacy/lotus/").content.decode()

    assert "privacy@lotus.example" in page
    assert "your e-mail address, telephone number or customer number" in page
    assert 'href="/privacy/lotus/sign-in/"' in page
    assert 'href="/privacy/lotus/notices/website/"' in page
    assert "Offers by e-mail" in page


@pytest.mark.req("ERA-09", "CON-14")
class TestKeys:
    def test_are_those_the_log_is_signed_with_for_everybody(self, client, company):
        write(controller_id=company.id)
        sealing.seal_all()

        answer = client.get("/privacy/lotus/keys/")

        origin = LogReader.of(company.id).tree.origin
        found = [notes.Vkey.parse(line) for line in answer.content.decode().splitlines()]
        assert found == sealing.log_keys(origin)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert 'filename="keys-lotus.txt"' in answer["Content-Disposition"]

    def test_are_not_there_before_anything_is_signed_or_of_nobody(self, client, company):
        for slug in ("lotus", "nobody"):
            assert client.get(f"/privacy/{slug}/keys/").status_code == 404


@pytest.mark.req("CON-06")
class TestNotice:
    def test_stands_alone_for_everybody(self, client, company):
        page = client.get("/privacy/lotus/notices/website/").content.decode()

        for part in (
            "What we ask you", "We ask for your yes", "Offers by e-mail", "What you bought",
            "You learn of it before it is over.", "Withdraw at any time", "Your rights",
            "Complain to us", "Complain to the Board", "Meera Iyer", "privacy@lotus.example",
        ):  # fmt: skip
            assert part in page

    def test_is_shown_in_the_readers_language(self, client, company):
        client.cookies["django_language"] = "hi"

        page = client.get("/privacy/lotus/notices/website/").content.decode()

        assert "हम आपसे क्या पूछते हैं" in page

    def test_says_openly_that_it_is_not_in_the_readers_language(self, client, company):
        client.cookies["django_language"] = "ur"

        page = client.get("/privacy/lotus/notices/website/").content.decode()

        assert "یہ اطلاع نامہ ابھی اردو میں نہیں ہے" in page
        assert '<article lang="en" dir="ltr">' in page

    def test_of_old_stays_readable_and_says_so(self, client, company):
        old = company.notice
        company.republish()

        page = client.get(f"/privacy/lotus/notices/website/?version={old.id}&language=en")

        assert "This is an earlier version." in page.content.decode()
        assert "We ask for your yes, one purpose at a time." in page.content.decode()

    @pytest.mark.parametrize(
        "place",
        [
            "nowhere/", "nowhere/sign-in/", "lotus/notices/other/",
            "lotus/notices/website/?version=x", "lotus/notices/website/?version=",
            "lotus/notices/website/?version=018f0000-0000-7000-8000-000000000000",
        ],
    )  # fmt: skip
    def test_that_is_not_there_is_a_page_in_our_look(self, client, company, place):
        response = client.get(f"/privacy/{place}")

        assert response.status_code == 404
        assert "This page is not here" in response.content.decode()
        assert "portal.css" in response.content.decode()

    def test_of_a_draft_is_not_there(self, client, company):
        versions = company.versions
        draft = company.notice.notice.versions.create(
            controller=company.controller, number=2, created_by="author"
        )

        response = client.get(f"/privacy/lotus/notices/website/?version={draft.id}&language=en")

        assert response.status_code == 404
        assert OFFERS in versions


class TestLanguage:
    def test_is_remembered(self, client, company):
        response = client.post("/privacy/language/", {"language": "ur", "next": "/privacy/lotus/"})

        page = client.get("/privacy/lotus/").content.decode()
        assert response.headers["Location"] == "/privacy/lotus/"
        assert '<html lang="ur" dir="rtl">' in page
        assert "Lotus Bazaar میں آپ کی رازداری" in page

    def test_never_leads_to_another_site(self, client, company):
        response = client.post(
            "/privacy/language/", {"language": "hi", "next": "https://elsewhere.example/"}
        )

        assert response.headers["Location"] == "/"

    def test_follows_the_browser_before_a_choice(self, client, company):
        page = client.get("/privacy/lotus/", headers={"accept-language": "hi-IN,hi;q=0.9"})

        assert '<html lang="hi" dir="ltr">' in page.content.decode()
