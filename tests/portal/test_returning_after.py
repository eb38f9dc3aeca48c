"""What somebody who was erased still reaches, and what their browsers had."""

import re

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import Client

from audit.models import EntryIndex
from subjects import returning
from subjects import selectors as subjects
from subjects.models import Session, SignInLink
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("P8", "ERA-16")]


@pytest.fixture(autouse=True)
def _fresh_limits(key_file):
    cache.clear()


class TestWhatProvesIt:
    def test_is_there_for_whoever_has_the_address(self, company, asha, erased, ask_return):
        link = ask_return(company)
        page = Client().get(link).content.decode()

        file = Client().get(f"{link}/certificate/")

        assert f"{link}/certificate/" in page
        assert file.status_code == 200
        assert str(asha.id) not in file.content.decode()
        assert "no-store" in file["Cache-Control"]
        assert EntryIndex.objects.filter(event="certificate:taken").exists()
        (followed,) = re.findall(r"/privacy/followed/[0-9a-f-]+/", page)
        assert "We looked: your data are gone." in Client().get(followed).content.decode()

    def test_ends_with_the_link(self, company, erased, ask_return):
        link = ask_return(company)
        Client().post(link)

        assert Client().get(f"{link}/certificate/").status_code == 410


class TestWhatTheBrowsersHad:
    def test_sessions_and_open_links_go_with_the_erasure(
        self, company, asha, asha_in, sign_in, ask_link, run_jobs
    ):
        other = sign_in(company)
        company.person("ravi@example.in")
        ravi = sign_in(company, "ravi@example.in")
        ask_link(company)
        assert Session.objects.filter(subject=asha).count() == 2

        asha_in.post("/privacy/requests/erasure/")
        run_jobs()

        assert not Session.objects.filter(subject=asha).exists()
        assert not SignInLink.objects.filter(subject=asha).exists()
        for client in (asha_in, other):
            assert client.get("/privacy/choices/").status_code == 302
        assert ravi.get("/privacy/choices/").status_code == 200

    def test_a_page_under_way_keeps_no_session_alive(self, asha_in, asha, run_jobs):
        """The session was read before it ended, and is written afterwards."""
        held = asha_in.session
        assert held["portal"]["subject"] == str(asha.id)
        asha_in.post("/privacy/requests/erasure/")
        run_jobs()
        held["more"] = "than before"

        with pytest.raises(UpdateError):
            held.save()
        assert not Session.objects.filter(subject=asha).exists()

    def test_of_officers_and_strangers_they_name_nobody(self, client, company):
        client.get("/privacy/")
        client.session.save()

        assert set(Session.objects.values_list("subject", "controller")) <= {(None, None)}


@pytest.mark.req("ERA-05")
def test_where_a_law_keeps_the_address_nobody_begins_anew_yet(
    company, asha, erased, ask_return, monkeypatch
):
    """As long as the old record has it, the page says so and changes nothing."""
    link = ask_return(company)
    monkeypatch.setattr(returning, "find", lambda *_: asha)

    page = Client().get(link).content.decode()

    assert "a law has us keep this address" in page
    assert '<button class="strong">' not in page


def test_offers_are_asked_about_as_if_never_before(company, erased, ask_return):
    client = Client()
    client.post(ask_return(company))

    new = subjects.find(company.id, "email", "asha@example.in")
    assert company.yes(new, OFFERS)
