import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import services
from subjects import services as subjects
from subjects import signin
from tests.portal.world import APPROVER
from work import services as work
from work.models import Job

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
ASK = "/privacy/lotus/sign-in/"


def bytes_of(response):
    return TOKEN.sub(b"", response.content)


class TestAskingForALink:
    def test_sends_a_link_that_signs_in(self, client, company, asha, ask_link):
        link = ask_link(company)

        page = client.get(link)
        answer = client.post(link)

        assert page.status_code == 200
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/privacy/choices/"
        assert b"Your choices" in client.get("/privacy/choices/").content

    @pytest.mark.req("POR-14")
    def test_answers_unknown_people_with_the_same_bytes(self, client, company, asha):
        answers = [
            client.post(ASK, {"email": email}, follow=True)
            for email in ("asha@example.in", "nobody@example.in")
        ]

        assert bytes_of(answers[0]) == bytes_of(answers[1])
        assert answers[0].redirect_chain == answers[1].redirect_chain
        assert [a.status_code for a in answers] == [200, 200]
        without = [{k: v for k, v in a.headers.items() if k != "X-Request-ID"} for a in answers]
        assert without[0] == without[1]

    def test_a_link_comes_before_letters_that_were_due_earlier(self, client, company, asha):
        earlier = Job.objects.count()
        letter = {"message": "0198c0de-0000-7000-8000-000000000000"}
        work.enqueue(kind="portal.send_message", controller_id=company.id, payload=letter)

        client.post(ASK, {"email": "asha@example.in"})
        services.issue_link(request_id=Job.objects.get(kind=services.ASK_LINK).payload["asked"])

        due = Job.objects.order_by("priority", "run_at", "id").values_list("kind", flat=True)
        assert list(due[:2]) == [services.ASK_LINK, signin.SEND_LINK]
        assert len(due) == earlier + 3

    @pytest.mark.req("POR-14")
    def test_costs_the_same_for_unknown_people(self, client, company, asha):
        runs = []
        for email in ("asha@example.in", "nobody@example.in"):
            with CaptureQueriesContext(connection) as run:
                client.post(ASK, {"email": email})
            runs.append([re.split("[\"']", query["sql"])[0] for query in run.captured_queries])

        assert runs[0] == runs[1]
        assert Job.objects.filter(kind=services.ASK_LINK).count() == 2

    def test_sends_nothing_to_unknown_people(self, company, asha, ask_link):
        assert ask_link(company, "nobody@example.in") is None

    @pytest.mark.req("P10")
    def test_keeps_the_address_out_of_jobs_and_addresses_of_pages(self, client, company, asha):
        answer = client.post(ASK, {"email": "asha@example.in"})

        assert "asha" not in answer.headers["Location"]
        assert not any("asha" in str(job.payload) for job in Job.objects.all())

    def test_spells_the_address_as_the_person_was_stored(self, company, asha, ask_link):
        assert ask_link(company, "  ASHA@Example.in ")

    @pytest.mark.parametrize(
        "email", ["", "asha", "a@b", "a b@c.in", "a@b.in\x00", "x" * 250 + "@b.in"]
    )
    def test_says_what_is_wrong_with_an_address(self, client, company, email):
        answer = client.post(ASK, {"email": email})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "<title>Error:" in page
        assert '<a href="#id_email">' in page
        assert 'aria-invalid="true"' in page
        assert not email or email not in page

    def test_sends_only_a_few_links_an_hour_and_never_says_so(
        self, client, company, asha, run_jobs
    ):
        answers = [
            client.post(ASK, {"email": "asha@example.in"}, follow=True)
            for _ in range(services.LINKS_AN_HOUR + 2)
        ]
        run_jobs()

        assert len(mail.outbox) == services.LINKS_AN_HOUR
        assert len({bytes_of(answer) for answer in answers}) == 1

    def test_asks_everybody_to_wait_when_all_together_ask_too_often(
        self, client, company, monkeypatch
    ):
        monkeypatch.setattr(services, "REQUESTS_A_MINUTE", 1)
        client.post(ASK, {"email": "one@example.in"})

        answer = client.post(ASK, {"email": "two@example.in"})

        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"

    def test_works_without_a_cache(self, company, asha, ask_link, monkeypatch):
        def broken(*_args, **_more):
            raise ConnectionError("no cache")

        monkeypatch.setattr(cache, "add", broken)

        assert ask_link(company)

    def test_writes_in_the_persons_language(self, company, ask_link):
        company.person("gita@example.in", language="hi")

        ask_link(company, "gita@example.in")

        assert "नमस्ते" in mail.outbox[0].body

    def test_writes_in_the_language_that_was_chosen_here(self, company, asha, ask_link):
        client = Client()
        client.cookies["django_language"] = "ur"

        ask_link(company, client=client)

        assert "السلام علیکم" in mail.outbox[0].body

    @pytest.mark.req("P11")
    def test_records_that_the_address_was_read(self, company, asha, ask_link, audited):
        ask_link(company)

        assert "identifier:revealed" in audited()


class TestTheLink:
    def test_is_not_used_up_by_looking_at_it(self, client, company, asha, ask_link):
        link = ask_link(company)

        looks = [Client().get(link).status_code for _ in range(3)]

        assert looks == [200, 200, 200]
        assert client.post(link).status_code == 303

    def test_works_once(self, client, company, asha, ask_link):
        link = ask_link(company)
        client.post(link)

        again = Client().post(link)

        assert again.status_code == 410
        assert ASK.encode() in again.content

    def test_ends_after_its_time(self, company, asha, ask_link):
        link = ask_link(company)

        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert Client().post(link).status_code == 410

    @pytest.mark.parametrize("token", ["x", "a" * 43, "ü", "%00"])
    def test_that_is_none_is_gone(self, client, company, token):
        assert client.post(f"/privacy/sign-in/{token}").status_code == 410

    def test_gives_the_session_a_new_key(self, client, company, asha, ask_link):
        client.get("/privacy/")
        session = client.session
        session["planted"] = "by somebody else"
        session.save()
        client.cookies["sessionid"] = session.session_key

        client.post(ask_link(company))

        assert client.session.session_key != session.session_key

    def test_tells_nobody_where_it_led(self, client, company, asha, ask_link):
        answer = client.get(ask_link(company))

        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer.headers["Cache-Control"]

    def test_needs_the_token_of_our_own_form(self, company, asha, ask_link):
        strict = Client(enforce_csrf_checks=True)

        answer = strict.post(ask_link(company))

        assert answer.status_code == 403
        assert b"Please send it again" in answer.content

    def test_of_an_erased_person_is_gone(self, client, company, asha, ask_link):
        link = ask_link(company)
        subjects.set_standing(by=APPROVER, subject=asha, state="erased")

        assert client.post(link).status_code == 410

    def test_turns_the_pages_to_the_persons_language(self, company, ask_link):
        company.person("gita@example.in", language="hi-IN")
        client = Client()

        answer = client.post(ask_link(company, "gita@example.in", client))

        assert answer.cookies["django_language"].value == "hi"


class TestErasedPeople:
    def test_get_the_same_answer_and_no_link(self, client, company, asha, ask_link):
        subjects.set_standing(by=APPROVER, subject=asha, state="erased")

        assert ask_link(company) is None

    def test_are_signed_out(self, asha_in, asha):
        subjects.set_standing(by=APPROVER, subject=asha, state="erased")

        assert asha_in.get("/privacy/choices/").status_code == 302

    def test_may_still_sign_in_while_they_are_being_erased(self, company, asha, ask_link):
        subjects.set_standing(by=APPROVER, subject=asha, state="erasing")

        assert ask_link(company)


class TestSigningOut:
    def test_ends_the_session_and_is_recorded(self, asha_in, audited):
        answer = asha_in.post("/privacy/sign-out/")

        assert answer.status_code == 303
        assert asha_in.get("/privacy/choices/").status_code == 302
        assert {"subject:signed_in", "subject:signed_out"} <= audited()

    def test_is_no_link_that_others_could_place(self, asha_in):
        assert asha_in.get("/privacy/sign-out/").status_code == 405


def test_the_way_in_leads_straight_to_the_only_company(client, company):
    answer = client.get("/privacy/sign-in/")

    assert answer.headers["Location"] == ASK
