"""Asking for erasure and for a copy on the pages, and following what was asked for (POR-02..04)."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from audit.models import EntryIndex
from erasure.models import Case, RetentionRule, Step
from erasure.services import holding
from portal import letters
from registry import services as registry
from registry.models import Party
from rights.models import Request
from rights.references import reference
from subjects import selectors as subjects
from subjects import services as subject_services
from tests.consent.families import house
from tests.erasure.ended import system
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-04", "ERA-03", "ERA-05", "POR-11")]
FOLLOWED = re.compile(r"/privacy/followed/[0-9a-f-]+/")


@pytest.fixture(autouse=True)
def _fresh_limits(key_file):
    cache.clear()


def page(client, address, status=200):
    answer = client.get(f"/privacy/{address}")
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def erase(client, **sent):
    """Asks, and returns the address of the page that goes on working."""
    answer = client.post("/privacy/requests/erasure/", sent)
    assert answer.status_code == 303
    return answer["Location"].removeprefix("/privacy/")


@pytest.mark.req("P6", "P8")
def test_a_letter_that_an_erasure_overtakes_names_nobody_in_the_log(
    asha_in, asha, company, monkeypatch
):
    """It had read who they were; meanwhile their key went, and every line that named them."""
    erase(asha_in)
    request = Request.objects.get()
    before = subjects.subject(company.id, asha.id)
    subject_services.destroy_key(by=AUTHOR, subject=subjects.subject(company.id, asha.id))
    EntryIndex.objects.filter(event="identifier:revealed").delete()
    monkeypatch.setattr(letters.subjects, "subject", lambda *_ids: before)

    assert letters.write(request.id, company.id, "received")

    told = EntryIndex.objects.filter(event="identifier:revealed")
    assert set(told.values_list("subject_id", flat=True)) == {None}


class TestBeforeAsking:
    def test_the_page_says_what_goes_and_writes_nothing(self, asha_in, company):
        shown = page(asha_in, "requests/erasure/")

        assert "What goes" in shown
        assert "Erase my data" in shown
        assert not Case.objects.exists()
        assert not Request.objects.exists()

    @pytest.mark.req("ERA-05", "ERA-13")
    def test_what_a_law_has_us_keep_is_named_with_the_law_and_the_day(self, asha_in, company):
        system(company, "books", "Account books")
        RetentionRule.objects.create(
            controller_id=company.id, code="books", category="pd:EmailAddress", pack="IN",
            counts_from="collected", minimum_days=2920, citation="Companies Act 2013 s.128(5)",
            effective_on=datetime(2026, 1, 1, tzinfo=UTC).date(), created_by="author",
        )  # fmt: skip

        shown = page(asha_in, "requests/erasure/")

        assert "A law says that it must be kept." in shown
        assert "Companies Act 2013 s.128(5)" in shown

    def test_one_purpose_alone_can_be_asked_for(self, asha_in):
        shown = page(asha_in, f"requests/erasure/?purpose={OFFERS}")

        assert "Only what is used for “Offers by e-mail”." in shown
        page(asha_in, "requests/erasure/?purpose=no.such", 404)

    def test_only_for_who_is_signed_in(self, client):
        for place in ("requests/", "requests/erasure/"):
            assert client.get(f"/privacy/{place}").status_code == 302


@pytest.mark.req("BRD-UD4")
class TestErasing:
    def test_takes_one_step_and_counts_at_once(self, asha_in, company, asha):
        erase(asha_in)

        (standing,) = subjects.standings(asha)
        assert (standing.state, standing.scope_type) == ("erasing", "everything")
        made = Request.objects.get()
        assert (made.channel, made.identified_how, made.state) == ("portal", "signed_in", "working")

    def test_asking_twice_is_one_request(self, asha_in):
        assert erase(asha_in) == erase(asha_in)
        assert Request.objects.count() == 1

    def test_the_page_tells_each_systems_state_in_plain_words(self, asha_in, company):
        crm = system(company, "crm", "Customer files")
        address = erase(asha_in)

        Step.objects.filter(system=crm).update(state="sent", sent_at=datetime.now(UTC))
        assert "Was told, and has not answered yet." in page(asha_in, address)
        assert "Customer files" in page(asha_in, address)

    @pytest.mark.req("ERA-09")
    def test_when_it_is_done_the_page_and_the_certificate_need_no_sign_in(
        self, asha_in, company, asha, run_jobs
    ):
        address = erase(asha_in)
        run_jobs()

        stranger = Client()
        shown = page(stranger, address)
        assert "We looked: your data are gone." in shown
        assert "asha" not in shown
        file = stranger.get(f"/privacy/{address}certificate/")
        said = json.loads(file.content)
        assert (file.status_code, said["counts"]["absent"]) == (200, 1)
        assert str(asha.id) not in file.content.decode()
        assert "no-store" in file["Cache-Control"]
        assert EntryIndex.objects.filter(event="certificate:taken").exists()

    @pytest.mark.req("ERA-14")
    def test_what_waits_for_a_legal_matter_to_end_says_so(self, asha_in, company, asha, run_jobs):
        registry.record_category(
            by=AUTHOR, controller_id=company.id, code="pd:EmailAddress", name="E-mail address"
        )
        registry.record_category(by=AUTHOR, controller_id=company.id, code="pd:Name", name="Name")
        new = holding.NewHold(
            matter="Claim 7", authority="Consumer court", citation="DPDP s.17(1)(a)",
            review_on=timezone.localdate() + timedelta(days=90), subject_id=asha.id,
            scope_type="category", scope="pd:EmailAddress",
        )  # fmt: skip
        holding.set_hold(by=AUTHOR, controller_id=company.id, new=new)
        address = erase(asha_in)
        run_jobs()

        shown = page(asha_in, address)
        assert Step.objects.get().state == "planned"
        assert "Will be told." not in shown
        assert "<p>It is needed for a legal matter that is not over.</p>" in shown

    def test_who_was_erased_is_signed_in_no_more(self, asha_in, run_jobs):
        erase(asha_in)
        run_jobs()

        assert asha_in.get("/privacy/choices/").status_code == 302

    def test_who_has_no_reference_sees_nothing(self, client, asha_in):
        address = erase(asha_in)
        wrong = address[:-2] + ("0" if address[-2] != "0" else "1") + "/"

        page(client, wrong, 404)
        page(client, "followed/x/", 404)
        page(client, f"{wrong}certificate/", 404)

    def test_before_it_is_done_there_is_no_certificate(self, asha_in):
        page(asha_in, f"{erase(asha_in)}certificate/", 404)

    def test_it_can_be_taken_back_until_a_system_was_told(self, asha_in, company, asha):
        crm = system(company, "crm", "Customer files")
        erase(asha_in)
        made = Request.objects.get()
        answer = asha_in.post(f"/privacy/requests/{made.id}/take-back/")
        assert answer.status_code == 303
        assert not subjects.standings(asha).filter(state="erasing", ended_at=None).exists()

        erase(asha_in)
        again = Request.objects.exclude(id=made.id).get()
        Step.objects.filter(case_id=again.case_id, system=crm).update(
            state="sent", sent_at=datetime.now(UTC)
        )
        answer = asha_in.post(f"/privacy/requests/{again.id}/take-back/")
        assert answer.status_code == 409
        assert "the first system was told already" in answer.content.decode()

    def test_recipients_are_named_before_and_after(self, asha_in, company):
        assert not Party.objects.filter(controller_id=company.id).exists()
        assert "Who else is told" not in page(asha_in, "requests/erasure/")


@pytest.mark.req("BRD-UD4")
class TestACopy:
    def test_takes_one_step_and_is_there_when_it_is_made(self, asha_in, company, run_jobs):
        company.yes(subjects.find(company.id, "email", "asha@example.in"))
        answer = asha_in.post("/privacy/requests/copy/")
        assert answer.status_code == 303
        made = Request.objects.get()
        page(asha_in, f"requests/{made.id}/copy/", 404)
        run_jobs()

        assert "Your copy is ready" in page(asha_in, f"requests/{made.id}/")
        file = asha_in.get(f"/privacy/requests/{made.id}/copy/")
        with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
            said = json.loads(packed.read("copy.json"))
        assert said["person"]["identifiers"][0]["value"] == "asha@example.in"

    def test_the_reference_alone_gives_no_copy(self, asha_in, client, run_jobs):
        asha_in.post("/privacy/requests/copy/")
        run_jobs()
        made = Request.objects.get()

        shown = page(client, f"followed/{reference(made)}/")

        assert "Sign in to save it." in shown
        assert client.get(f"/privacy/requests/{made.id}/copy/").status_code == 302

    def test_too_many_a_day_are_not_made(self, asha_in, run_jobs):
        for _ in range(3):
            assert asha_in.post("/privacy/requests/copy/").status_code == 303
            run_jobs()

        assert asha_in.post("/privacy/requests/copy/").status_code == 429
        assert Request.objects.count() == 3


@pytest.mark.req("POR-14")
class TestSomebodyElse:
    @pytest.fixture
    def ravi_in(self, sign_in, company):
        company.person("ravi@example.in")
        return sign_in(company, "ravi@example.in")

    def test_sees_and_does_nothing(self, asha_in, ravi_in, run_jobs):
        asha_in.post("/privacy/requests/copy/")
        run_jobs()
        made = Request.objects.get()

        for place in ("", "copy/", "certificate/"):
            page(ravi_in, f"requests/{made.id}/{place}", 404)
        assert ravi_in.post(f"/privacy/requests/{made.id}/take-back/").status_code == 404

    def test_asks_for_no_stranger(self, ravi_in, asha):
        for place in ("", "erasure/"):
            page(ravi_in, f"children/{asha.id}/requests/{place}", 404)
        for place in ("erasure/", "copy/"):
            answer = ravi_in.post(f"/privacy/children/{asha.id}/requests/{place}")
            assert answer.status_code == 404
        assert not Request.objects.exists()


class TestAParent:
    @pytest.fixture
    def kid(self, company):
        kid, mira = house.child(company), house.mother(company)
        house.verified(company, kid, mira)
        return kid

    @pytest.fixture
    def mira_in(self, kid, sign_in, company):
        return sign_in(company, "mira@example.in")

    def test_asks_for_her_child(self, mira_in, kid):
        assert "Erase these data" in page(mira_in, f"children/{kid.id}/requests/erasure/")
        answer = mira_in.post(f"/privacy/children/{kid.id}/requests/erasure/")
        assert answer.status_code == 303

        made = Request.objects.get()
        assert (made.subject_id, made.identified_how) == (kid.id, "guardian")
        page(mira_in, f"requests/{made.id}/")
        assert "Erasure" in page(mira_in, f"children/{kid.id}/requests/")

    def test_gets_its_copy(self, mira_in, kid, run_jobs):
        mira_in.post(f"/privacy/children/{kid.id}/requests/copy/")
        run_jobs()
        made = Request.objects.get()

        assert mira_in.get(f"/privacy/requests/{made.id}/copy/").status_code == 200


class TestLetters:
    def test_who_asked_is_told_where_to_follow_it(self, asha_in, run_jobs, asha, client):
        mail.outbox.clear()
        asha_in.post("/privacy/requests/copy/")
        run_jobs()

        first, last = mail.outbox
        assert "We have received your request" in first.subject
        assert "Your request was answered" in last.subject
        address = FOLLOWED.search(first.body)[0]
        assert client.get(address).status_code == 200
        assert "privacy@lotus.example" in first.body

    def test_they_speak_the_persons_language(self, company, sign_in, run_jobs):
        company.person("zara@example.in", language="ur")
        client = sign_in(company, "zara@example.in")
        mail.outbox.clear()
        client.post("/privacy/requests/copy/")
        run_jobs()

        assert {one.extra_headers["Content-Language"] for one in mail.outbox} == {"ur"}


def test_the_clock_is_on_the_page(asha_in):
    asha_in.post("/privacy/requests/copy/")
    made = Request.objects.get()

    shown = page(asha_in, f"requests/{made.id}/")

    day = (made.due_at + timedelta(hours=5, minutes=30)).strftime("%-d %B %Y")
    assert day in shown
