"""Pages of parents and guardians, and of children who ask for one."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from audit.models import EntryIndex
from consent import services
from consent.models import ConsentEvent, ConsentState, ParentalCheck
from subjects.models import Relationship, Subject
from tests.consent.families import house
from tests.portal import world
from tests.portal.world import AUTHOR, DELIVERY, MAPS, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-22")]


@pytest.fixture(autouse=True)
def _fresh_limits(key_file):
    cache.clear()


@pytest.fixture
def kid(company):
    return house.child(company)


@pytest.fixture
def mira(company):
    return house.mother(company)


@pytest.fixture
def mira_in(sign_in, company, mira):
    return sign_in(company, "mira@example.in")


@pytest.fixture
def kid_in(sign_in, company, kid):
    return sign_in(company, "chitra@example.in")


def page(client, address, status=200):
    answer = client.get(f"/privacy/{address}")
    assert answer.status_code == status
    return answer.content.decode()


def answer(client, company, kid, what, purpose=OFFERS, **changes):
    form = {
        "purpose": purpose, "answer": what, "language": "en",
        "notice": str(company.notice.id), **changes,
    }  # fmt: skip
    return client.post(f"/privacy/children/{kid.id}/", form)


def says(client, named, what, **more):
    return client.post(f"/privacy/children/named/{named.id}/", {"answer": what, **more})


class TestAParent:
    @pytest.fixture(autouse=True)
    def _verified(self, company, kid, mira):
        house.verified(company, kid, mira)

    def test_finds_the_child_by_a_masked_name(self, mira_in, kid):
        assert "/privacy/children/" in page(mira_in, "choices/")

        listed = page(mira_in, "children/")

        assert f"/privacy/children/{kid.id}/" in listed
        assert "chitra@example.in" not in listed

    def test_reads_the_masked_name_from_the_left_where_the_page_runs_from_the_right(
        self, mira_in, kid
    ):
        mira_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"

        assert "\u2066c•••@e•••\u2069" in page(mira_in, f"children/{kid.id}/")

    def test_gives_and_withdraws_in_her_name(self, mira_in, company, kid, mira):
        for what in ("yes", "withdraw"):
            assert answer(mira_in, company, kid, what).status_code == 303

        given, withdrawn = ConsentEvent.objects.order_by("sequence")
        assert (given.state, withdrawn.state) == ("given", "withdrawn")
        for line in (given, withdrawn):
            assert (line.given_by, line.guardian_id) == ("parent", mira.id)
            assert line.guardian_verified
            assert (line.actor_type, line.actor_id) == ("subject", str(mira.id))

    def test_has_the_receipt_of_what_she_gave_and_of_nothing_else(self, mira_in, company, kid):
        answer(mira_in, company, kid, "yes")
        hers, childs = ConsentEvent.objects.get(), company.yes(kid, MAPS)

        shown = page(mira_in, f"children/{kid.id}/")

        assert f"/privacy/receipts/{hers.id}/" in shown
        assert f"/privacy/receipts/{childs.id}/" not in shown
        page(mira_in, f"receipts/{hers.id}/")
        page(mira_in, f"receipts/{childs.id}/", 404)

    def test_refuses(self, mira_in, company, kid):
        answer(mira_in, company, kid, "no")

        assert ConsentState.objects.get().state == "refused"

    def test_may_agree_to_what_the_child_agreed_to_alone(self, mira_in, company, kid):
        company.yes(kid)
        assert "which does not count" in page(mira_in, f"children/{kid.id}/")

        answer(mira_in, company, kid, "yes")

        assert ConsentState.objects.get().given_by == "parent"
        assert "which does not count" not in page(mira_in, f"children/{kid.id}/")

    def test_is_not_asked_about_what_needs_no_yes(self, mira_in, kid):
        shown = page(mira_in, f"children/{kid.id}/")

        assert f"choice-{OFFERS}" in shown
        assert f"choice-{DELIVERY}" not in shown

    def test_answers_only_to_the_words_that_were_shown(self, mira_in, company, kid):
        before = company.notice.id
        company.republish()

        refused = answer(mira_in, company, kid, "yes", notice=str(before))

        assert refused.status_code == 409
        assert "words changed" in refused.content.decode()
        assert not ConsentEvent.objects.exists()

    @pytest.mark.parametrize("form", [{"answer": "maybe"}, {"answer": ""}, {"purpose": ""}])
    def test_is_told_of_an_answer_that_is_none(self, mira_in, company, kid, form):
        assert answer(mira_in, company, kid, "yes", **form).status_code == 422
        assert not ConsentEvent.objects.exists()

    def test_cannot_answer_about_what_does_not_exist(self, mira_in, company, kid):
        assert answer(mira_in, company, kid, "no", purpose="no.such").status_code == 422

    @pytest.mark.req("P11")
    def test_is_on_record_as_having_looked(self, mira_in, kid, mira):
        page(mira_in, f"children/{kid.id}/")

        seen = EntryIndex.objects.filter(event="record:viewed", subject_id=kid.id)
        assert [one.actor_id for one in seen] == [str(mira.id)]

    @pytest.mark.req("AUD-15")
    def test_the_child_sees_that_she_looked(self, mira_in, kid_in, kid):
        page(mira_in, f"children/{kid.id}/")

        assert "Somebody who decides for you" in page(kid_in, "uses/")

    @pytest.mark.req("CON-26")
    def test_sees_nothing_from_the_childs_majority_on(self, mira_in, company, kid):
        Subject.objects.filter(pk=kid.pk).update(adult_on=house.day())

        page(mira_in, f"children/{kid.id}/", 404)
        assert answer(mira_in, company, kid, "yes").status_code == 404
        assert "You decide for nobody else here" in page(mira_in, "children/")

    def test_sees_nothing_once_the_relation_ended(self, mira_in, company, kid):
        Relationship.objects.update(ended_at="2026-01-01T00:00Z")

        page(mira_in, f"children/{kid.id}/", 404)
        assert answer(mira_in, company, kid, "yes").status_code == 404


@pytest.mark.req("P9")
class TestStrangers:
    def test_have_no_receipt(self, asha_in, company, kid, mira):
        house.verified(company, kid, mira)
        line = company.yes(kid, given_by="parent", guardian_id=mira.id)

        page(asha_in, f"receipts/{line.id}/", 404)

    def test_see_no_child(self, asha_in, company, kid, mira):
        house.verified(company, kid, mira)

        page(asha_in, f"children/{kid.id}/", 404)
        assert answer(asha_in, company, kid, "yes").status_code == 404

    def test_are_sent_to_sign_in(self, client, kid):
        assert client.get(f"/privacy/children/{kid.id}/").status_code == 302
        assert client.get("/privacy/children/").status_code == 302
        assert client.get("/privacy/parents/").status_code == 302

    def test_a_parent_elsewhere_is_none_here(self, sign_in, company, other_company, kid, mira):
        house.verified(company, kid, mira)
        same = house.mother(other_company)
        there = sign_in(other_company, "mira@example.in")

        page(there, f"children/{kid.id}/", 404)
        assert same.id != mira.id

    def test_cannot_answer_for_one_who_was_named(self, asha_in, company, kid, mira):
        named = house.name(company, kid, mira)

        assert says(asha_in, named, "yes").status_code == 404
        assert ParentalCheck.objects.get().state == "named"


@pytest.fixture
def other_company(db):
    return world.make("tulip", "Tulip", "NL")


class TestAskingAParent:
    def ask(self, client, email="mira@example.in"):
        mail.outbox.clear()
        return client.post("/privacy/parents/", {"email": email})

    def test_sends_her_a_way_in_and_she_is_asked(self, kid_in, company, mira, run_jobs, sign_in):
        assert self.ask(kid_in).status_code == 200

        run_jobs()

        assert [one.to for one in mail.outbox] == [["mira@example.in"]]
        shown = page(sign_in(company, "mira@example.in"), "children/")
        assert "says that you are their parent" in shown
        assert "chitra@example.in" not in shown

    @pytest.mark.req("POR-14")
    def test_is_answered_alike_whomever_they_name(self, kid_in, mira, run_jobs):
        named = ("mira@example.in", "nobody@example.in", "chitra@example.in")
        told = {
            re.sub(rb'value="\w{64}"', b"", self.ask(kid_in, one).content)  # the forms' own tokens
            for one in named
        }

        assert len(told) == 1
        run_jobs()
        assert [one.to for one in mail.outbox] == [["mira@example.in"]]
        assert ParentalCheck.objects.count() == 1

    def test_is_bounded(self, kid_in, mira, run_jobs, settings):
        # A cache of its own: other runs on this machine empty the shared one as they please.
        memory = "django.core.cache.backends.locmem.LocMemCache"
        settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": "bounded"}}
        for _ in range(9):
            self.ask(kid_in)
            run_jobs()

        assert ParentalCheck.objects.count() == 1
        assert EntryIndex.objects.filter(event="link:issued").count() <= 1 + 5

    def test_a_bad_address_is_told(self, kid_in):
        assert self.ask(kid_in, "no address").status_code == 422
        assert "no address" not in self.ask(kid_in, "no address").content.decode()

    def test_is_for_children_alone(self, asha_in):
        page(asha_in, "parents/", 404)
        assert self.ask(asha_in).status_code == 404

    def test_the_child_is_told_why(self, kid_in, company, kid, mira):
        assert "/privacy/parents/" in page(kid_in, "choices/")

        house.verified(company, kid, mira)

        assert "/privacy/parents/" not in page(kid_in, "choices/")


class TestAnsweringAChild:
    @pytest.fixture
    def named(self, company, kid, mira):
        return house.name(company, kid, mira)

    def test_yes_verifies_by_the_account(self, mira_in, named, kid):
        assert says(mira_in, named, "yes").status_code == 303

        assert ParentalCheck.objects.get().state == "verified"
        assert str(kid.id) in page(mira_in, "children/")

    def test_no_ends_it(self, mira_in, named):
        says(mira_in, named, "no")

        assert ParentalCheck.objects.get().state == "declined"
        assert says(mira_in, named, "yes").status_code == 409

    def test_she_is_told_what_is_missing(self, mira_in, mira, named):
        Subject.objects.filter(pk=mira.pk).update(age_assurance="declared")

        says(mira_in, named, "yes")

        assert "do not hold details" in page(mira_in, "children/")

    def test_a_token_is_taken_and_kept_nowhere(self, mira_in, named, settings):
        assert 'name="token"' not in page(mira_in, "children/")
        settings.PARENT_TOKEN_ISSUER = house.ISSUER
        assert 'name="token"' in page(mira_in, "children/")

        says(mira_in, named, "yes", token=house.GOOD)

        found = ParentalCheck.objects.get()
        assert (found.state, found.method) == ("verified", "virtual_token")
        assert house.GOOD not in page(mira_in, "children/")

    def test_trouble_of_the_issuer_decides_nothing(self, mira_in, named, settings):
        settings.PARENT_TOKEN_ISSUER = "tests.consent.families.house.BrokenIssuer"

        assert says(mira_in, named, "yes", token=house.GOOD).status_code == 503
        assert ParentalCheck.objects.get().state == "named"

    @pytest.mark.parametrize(
        "form", [{"answer": "perhaps"}, {}, {"answer": "yes", "token": "x" * 4001}]
    )
    def test_what_is_no_answer_is_told(self, mira_in, named, form):
        answer = mira_in.post(f"/privacy/children/named/{named.id}/", form)

        assert answer.status_code == 422
        assert ParentalCheck.objects.get().state == "named"


@pytest.mark.req("CON-23")
def test_a_guardian_decides_for_a_grown_person(sign_in, company):
    ravi = company.person("ravi@example.in", age_state="adult", age_assurance="declared")
    gita = house.mother(company, "gita@example.in")
    house.in_charge(company, ravi, gita)

    answer(sign_in(company, "gita@example.in"), company, ravi, "yes", MAPS)

    line = ConsentEvent.objects.get()
    assert (line.given_by, line.guardian_verified) == ("guardian", True)
    assert "Your lawful guardian decides" in page(sign_in(company, "ravi@example.in"), "choices/")


@pytest.mark.req("CON-26")
def test_who_came_of_age_is_asked_on_their_own_pages(sign_in, company, kid, mira, run_jobs):
    house.verified(company, kid, mira)
    company.yes(kid, given_by="parent", guardian_id=mira.id)
    Subject.objects.filter(pk=kid.pk).update(adult_on=house.day())
    services.come_of_age_due(by=AUTHOR)
    run_jobs()

    grown = sign_in(company, "chitra@example.in")

    assert "You have come of age" in page(grown, "choices/")
    form = {"purpose": OFFERS, "answer": "yes", "language": "en", "notice": str(company.notice.id)}
    assert grown.post("/privacy/choices/", form).status_code == 303
    assert ConsentState.objects.get().given_by == "principal"
    assert "You have come of age" not in page(grown, "choices/")
