"""Coming back after an erasure: by a link to one’s own address, asked for afterwards (P8)."""

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

from audit.models import EntryIndex
from portal import services
from rights.models import Request
from subjects import returning
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.models import LinkRequest, Quarantined, Subject, Tombstone
from tests.portal import world
from tests.portal.mail import Refusing
from tests.portal.world import AUTHOR
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("P8", "ERA-16", "POR-14")]
ASHA = "asha@example.in"
RETURN = re.compile(r"/privacy/return/\S+")


@pytest.fixture(autouse=True)
def _fresh_limits(key_file):
    cache.clear()


def events():
    return list(EntryIndex.objects.order_by("id").values_list("event", flat=True))


def buried():
    return Tombstone.objects.filter(lifted_at=None).count()


class TestAskingForALink:
    def test_leads_who_was_erased_to_a_page_that_says_so(self, company, erased, ask_return):
        link = ask_return(company)

        answer = Client().get(link)
        page = answer.content.decode()

        assert answer.status_code == 200
        assert "You asked to be erased on" in page
        assert "Do you want to begin anew?" in page
        assert ASHA not in page
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert buried() == 1

    def test_looks_and_costs_the_same_for_known_erased_and_new_addresses(
        self, client, company, erased
    ):
        company.person("ravi@example.in")
        answers, costs = [], []
        for email in (ASHA, "ravi@example.in", "new@example.in"):
            with CaptureQueriesContext(connection) as run:
                answers.append(Client().post("/privacy/lotus/sign-in/", {"email": email}))
            costs.append([re.split("[\"']", query["sql"])[0] for query in run.captured_queries])

        assert len({(one.status_code, one.headers["Location"]) for one in answers}) == 1
        assert costs[0] == costs[1] == costs[2]
        assert LinkRequest.objects.count() == 3

    @pytest.mark.req("P10")
    def test_keeps_the_address_sealed_and_only_while_it_is_needed(
        self, client, company, erased, run_jobs
    ):
        for email in (ASHA, "new@example.in"):
            client.post("/privacy/lotus/sign-in/", {"email": email})
            assert not any(email.encode() in bytes(one.sealed) for one in LinkRequest.objects.all())
        assert not any("@" in str(job.payload) for job in Job.objects.all())

        run_jobs()

        assert LinkRequest.objects.count() == 1  # of the one who was erased
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            run_jobs()
            assert returning.end_old() == 1

    def test_who_is_being_erased_signs_in_as_before(self, company, asha, ask_return, ask_link):
        subject_services.set_standing(by=AUTHOR, subject=asha, state="erasing")

        assert ask_return(company) is None
        assert ask_link(company)

    def test_another_company_knows_nothing_of_it(self, company, erased, ask_return):
        tulip = world.make("tulip", "Tulip", "NL")

        assert ask_return(tulip) is None
        assert mail.outbox == []
        assert ask_return(company)

    def test_is_tried_again_while_the_mail_server_refuses(
        self, company, erased, ask_return, settings, run_jobs
    ):
        before = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = f"{Refusing.__module__}.{Refusing.__qualname__}"
        assert ask_return(company) is None
        settings.EMAIL_BACKEND = before
        Job.objects.filter(kind=services.OFFER_RETURN).update(run_at=timezone.now())

        run_jobs()

        assert RETURN.search(mail.outbox[0].body)

    @pytest.mark.parametrize("language", ["hi", "ur"])
    def test_writes_in_the_language_that_was_chosen_here(
        self, company, erased, ask_return, language
    ):
        client = Client()
        client.cookies["django_language"] = language

        assert ask_return(company, client=client)
        assert mail.outbox[0].body.split(",")[0] != "Hello"


class TestBeginningAnew:
    def test_makes_a_new_person_of_whom_nothing_else_is_known(
        self, company, asha, erased, ask_return
    ):
        client = Client()

        answer = client.post(ask_return(company))

        assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy/choices/")
        new = subjects.find(company.id, "email", ASHA)
        assert new.id != asha.id
        assert new.pseudonym
        assert (new.residence, new.region, new.age_state, new.time_zone) == ("", "", "unknown", "")
        assert not subjects.standings(new).exists()
        assert b"Your choices" in client.get("/privacy/choices/").content
        assert not Request.objects.filter(subject_id=new.id).exists()

    def test_leaves_the_old_record_erased(self, company, asha, erased, ask_return):
        Client().post(ask_return(company))

        old = Subject.objects.get(pk=asha.id)
        assert old.pseudonym is None
        assert subjects.standings(old).filter(state="erased", scope_type="everything").exists()

    def test_is_on_record_with_who_when_and_how(self, company, erased, ask_return):
        link = ask_return(company)
        before = timezone.now()

        Client().post(link)

        (row,) = Tombstone.objects.all()
        assert (row.lifted_how, row.lifted_at > before) == ("link_followed", True)
        new = subjects.find(company.id, "email", ASHA)
        said = EntryIndex.objects.filter(actor_type="subject", actor_id=str(new.id))
        assert {"tombstone:lifted", "subject:created", "subject:returned"} <= set(
            said.values_list("event", flat=True)
        )
        lifted = said.get(event="tombstone:lifted")
        assert (lifted.target_type, lifted.target_id) == ("tombstone", str(row.id))

    def test_leaves_what_was_quarantined_to_the_officer(self, company, erased, ask_return):
        (row,) = Tombstone.objects.all()
        now = timezone.now()
        Quarantined.objects.create(
            controller_id=company.id, tombstone=row, source="crm", kind="record", first_at=now,
            last_at=now,
        )  # fmt: skip

        Client().post(ask_return(company))

        assert Quarantined.objects.get().settled_at is None

    def test_takes_nothing_over_from_the_browser_of_before(self, company, erased, ask_return):
        """Whoever it is of is signed in with a new key, whatever the browser brings along."""
        session = erased.session
        session["planted"] = "by somebody else"
        session.save()
        erased.cookies["sessionid"] = session.session_key

        erased.post(ask_return(company))

        assert erased.session.session_key != session.session_key

    def test_a_person_who_came_back_may_be_erased_again(
        self, company, erased, ask_return, run_jobs
    ):
        client = Client()
        client.post(ask_return(company))
        new = subjects.find(company.id, "email", ASHA)
        subject_services.set_facts(by=AUTHOR, subject=new, residence="IN")
        assert client.post("/privacy/requests/erasure/").status_code == 303
        run_jobs()

        assert buried() == 1
        assert client.get("/privacy/choices/").status_code == 302
        assert ask_return(company)


class TestAttacks:
    def test_looking_changes_nothing(self, company, erased, ask_return):
        link = ask_return(company)

        assert [Client().get(link).status_code for _ in range(3)] == [200] * 3
        assert Client().head(link).status_code == 200
        assert Subject.objects.count() == 1

    def test_a_link_works_once(self, company, erased, ask_return):
        link = ask_return(company)
        Client().post(link)

        for again in (Client().post(link), Client().get(link)):
            assert again.status_code == 410
        assert Subject.objects.count() == 2

    def test_and_a_second_link_of_the_same_time_no_more(self, company, erased, ask_return):
        first, second = ask_return(company), ask_return(company)
        Client().post(first)

        assert Client().post(second).status_code == 410
        assert Subject.objects.count() == 2

    def test_a_link_ends_after_its_time(self, company, erased, ask_return):
        link = ask_return(company)

        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert Client().get(link).status_code == 410
            assert Client().post(link).status_code == 410
        assert buried() == 1

    @pytest.mark.parametrize("token", ["x", "a" * 43, "ü"])
    def test_a_made_up_link_is_gone(self, client, company, erased, token):
        assert client.get(f"/privacy/return/{token}").status_code == 410
        assert client.post(f"/privacy/return/{token}").status_code == 410
        assert client.get(f"/privacy/return/{token}/certificate/").status_code == 410

    def test_a_sign_in_link_of_before_is_none_any_more(self, company, asha_in, ask_link, run_jobs):
        before = ask_link(company)
        asha_in.post("/privacy/requests/erasure/")
        run_jobs()

        assert Client().post(before).status_code == 410
        assert Client().post(before.replace("sign-in", "return")).status_code == 410
        assert buried() == 1

    def test_what_was_asked_before_the_erasure_brings_nobody_back(
        self, client, company, asha_in, run_jobs
    ):
        """However late a worker comes to it."""
        client.post("/privacy/lotus/sign-in/", {"email": ASHA})
        asked = Job.objects.get(kind=services.ASK_LINK, state="ready")
        Job.objects.filter(pk=asked.pk).update(run_at=timezone.now() + timedelta(hours=1))
        asha_in.post("/privacy/requests/erasure/")
        run_jobs()
        mail.outbox.clear()
        Job.objects.filter(pk=asked.pk).update(run_at=timezone.now())

        run_jobs()

        assert mail.outbox == []
        assert not LinkRequest.objects.exists()

    def test_nor_does_an_unused_link_of_between_two_erasures(
        self, company, erased, ask_return, run_jobs
    ):
        used, unused = ask_return(company), ask_return(company)
        client = Client()
        client.post(used)
        new = subjects.find(company.id, "email", ASHA)
        subject_services.set_facts(by=AUTHOR, subject=new, residence="IN")
        client.post("/privacy/requests/erasure/")
        run_jobs()

        assert Client().get(unused).status_code == 410
        assert Client().post(unused).status_code == 410
        assert buried() == 1

    def test_a_link_lifts_the_tombstone_of_its_own_address_alone(
        self, company, asha, sign_in, ask_return, run_jobs
    ):
        subject_services.add_identifier(
            by=AUTHOR, subject=asha, scheme="phone", value="+919812345678"
        )
        subject_services.add_identifier(
            by=AUTHOR, subject=asha, scheme="email", value="other@example.in"
        )
        sign_in(company).post("/privacy/requests/erasure/")
        run_jobs()
        assert buried() == 3

        Client().post(ask_return(company))

        left = Tombstone.objects.filter(lifted_at=None)
        assert sorted(left.values_list("scheme", flat=True)) == ["email", "phone"]
        assert subjects.find(company.id, "email", "other@example.in") is None
        assert ask_return(company, "other@example.in")

    def test_needs_the_token_of_our_own_form(self, company, erased, ask_return):
        strict = Client(enforce_csrf_checks=True)

        assert strict.post(ask_return(company)).status_code == 403
        assert buried() == 1
