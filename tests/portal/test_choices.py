import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from consent import selectors as consent
from consent import services
from consent.transitions import State
from subjects.models import Session
from tests.portal import world
from tests.portal.world import APPROVER, DELIVERY, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("BRD-CC2", "BRD-CU1", "BRD-CU2", "BRD-UD3")]
CHOICES = "/privacy/choices/"


def state_of(company, person, purpose=OFFERS):
    return next(s.state for s in consent.states(company.id, person.id) if s.purpose == purpose)


def card(page, purpose=OFFERS):
    """The form of one purpose, as the page has it."""
    return re.search(rf'<form class="card"[^>]*id="choice-{purpose}".*?</form>', page, re.DOTALL)[0]


def fields(form):
    """What pressing a button of this form would send, without the button."""
    return dict(re.findall(r'name="(purpose|notice|language)" value="([^"]*)"', form))


def buttons(form):
    return re.findall(r'<button name="answer" value="(\w+)"', form)


@transaction.atomic
def save(session):
    session.save()
    connection.check_constraints()


def page_of(client):
    return client.get(CHOICES).content.decode()


def answer(client, word, purpose=OFFERS, **changed):
    sent = {**fields(card(page_of(client), purpose)), "answer": word, **changed}
    return client.post(CHOICES, sent)


def event_id(response):
    return UUID(response.headers["Location"].split("/")[-2])


class TestSeeing:
    def test_a_question_has_two_equal_buttons_and_the_words(self, asha_in):
        form = card(page_of(asha_in))

        assert buttons(form) == ["yes", "no"]
        assert "<details open>" in form
        assert "We ask for your yes, one purpose at a time." in form
        assert "What you bought" in form
        assert "You have not answered yet." in form

    @pytest.mark.req("CON-15")
    def test_a_running_yes_can_be_withdrawn_there_in_one_step(self, asha_in, company, asha):
        company.yes(asha)

        form = card(page_of(asha_in))

        assert buttons(form) == ["withdraw"]
        assert "The words you saw when you said yes" in form
        assert "You said yes on" in form
        assert "It is valid until" in form

    def test_shows_the_words_the_person_saw_and_not_newer_ones(self, asha_in, company, asha):
        seen = company.yes(asha, language="hi")
        company.republish(is_material=False)

        form = card(page_of(asha_in))

        assert "हम हर उद्देश्य के लिए अलग से आपकी हाँ माँगते हैं।" in form
        assert seen.notice_sha256[:12] in form
        assert "These words are new." not in form
        assert buttons(form) == ["withdraw"]

    @pytest.mark.req("CON-19")
    def test_asks_nothing_where_the_purpose_changed_and_the_words_did_not(
        self, asha_in, company, asha
    ):
        company.yes(asha)
        changed = world.purpose(company.controller, OFFERS, ("Offers", "And your purchases."))

        form = card(asha_in.get(CHOICES).content.decode())
        company.versions[OFFERS] = changed
        company.republish()
        told = card(asha_in.get(CHOICES).content.decode())

        assert "What this is for has changed since." in form
        assert buttons(form) == ["withdraw"]
        assert buttons(told) == ["yes", "withdraw"]

    @pytest.mark.req("CON-19")
    def test_asks_again_when_the_words_changed_materially(self, asha_in, company, asha):
        company.yes(asha)
        company.republish()

        form = card(page_of(asha_in))

        assert buttons(form) == ["yes", "withdraw"]
        assert "These words are new." in form

    def test_a_no_is_remembered_and_not_asked_again(self, asha_in, company, asha):
        company.answer(asha, OFFERS, State.REFUSED)

        form = card(page_of(asha_in))

        assert buttons(form) == ["yes"]
        assert "You said no on" in form

    def test_an_ended_yes_is_a_question_again(self, asha_in, company, asha):
        company.yes(asha, expires_at=timezone.now() + timedelta(hours=1))

        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            form = card(page_of(asha_in))

        assert buttons(form) == ["yes", "no"]
        assert "because its time was over" in form

    def test_what_rests_on_no_consent_is_told_and_cannot_be_chosen(self, asha_in):
        page = page_of(asha_in)

        assert f'id="choice-{DELIVERY}"' not in page
        assert "Delivering your orders" in page
        assert "DPDP Act 2023, section 7(a)" in page

    def test_a_closed_purpose_can_only_be_withdrawn(self, asha_in, company, asha):
        company.yes(asha)
        purpose = company.versions[OFFERS].purpose
        services.close_purpose(by=APPROVER, purpose=purpose)

        page = page_of(asha_in)

        assert buttons(card(page)) == ["withdraw"]
        assert answer(asha_in, "withdraw").status_code == 303
        assert state_of(company, asha) is State.WITHDRAWN

    def test_says_openly_that_words_are_not_yet_in_the_language(self, asha_in):
        asha_in.cookies["django_language"] = "ur"

        page = page_of(asha_in)

        assert "یہ الفاظ ابھی اردو میں نہیں ہیں؛ انہیں English میں دکھایا گیا ہے۔" in page
        assert 'lang="en" dir="ltr"' in card(page)

    def test_is_kept_by_nobody(self, asha_in):
        assert "no-store" in asha_in.get(CHOICES).headers["Cache-Control"]


class TestAnswering:
    def test_a_yes_records_the_words_and_the_way(self, asha_in, company, asha):
        answer(asha_in, "yes")

        event = consent.history(company.id, asha.id).get()
        words = consent.words(company.id, company.notice.id, "en")
        assert (event.state, event.method, event.channel) == ("given", "portal", "web")
        assert (event.notice_version_id, event.language) == (company.notice.id, "en")
        assert event.notice_sha256 == words.sha256
        assert (event.actor_type, event.actor_id) == ("subject", str(asha.id))

    def test_a_yes_in_hindi_records_the_hindi_words(self, asha_in, company, asha):
        asha_in.cookies["django_language"] = "hi"

        answer(asha_in, "yes")

        assert consent.history(company.id, asha.id).get().language == "hi"

    def test_a_yes_to_english_words_on_an_urdu_page_records_english(self, asha_in, company, asha):
        asha_in.cookies["django_language"] = "ur"

        answer(asha_in, "yes")

        assert consent.history(company.id, asha.id).get().language == "en"

    def test_a_no_is_recorded(self, asha_in, company, asha):
        answer(asha_in, "no", SURVEYS)

        assert state_of(company, asha, SURVEYS) is State.REFUSED

    def test_a_withdrawal_is_recorded_and_confirmed(self, asha_in, company, asha):
        company.yes(asha)

        response = answer(asha_in, "withdraw")
        page = asha_in.get(response.headers["Location"]).content.decode()

        assert response.status_code == 303
        assert state_of(company, asha) is State.WITHDRAWN
        assert "You withdrew your yes to “Offers by e-mail”." in page
        assert str(event_id(response)) in page
        assert "autofocus" in page
        assert f"/privacy/receipts/{event_id(response)}/" in page

    def test_withdrawing_twice_is_withdrawing_once(self, asha_in, company, asha):
        company.yes(asha)
        sent = {**fields(card(page_of(asha_in))), "answer": "withdraw"}

        places = [asha_in.post(CHOICES, sent).headers["Location"] for _ in range(2)]

        assert places[0] == places[1]
        assert consent.history(company.id, asha.id).count() == 2

    def test_a_yes_to_words_that_changed_meanwhile_is_not_recorded(self, asha_in, company, asha):
        sent = {**fields(card(page_of(asha_in))), "answer": "yes"}
        company.republish()

        response = asha_in.post(CHOICES, sent)

        page = response.content.decode()
        assert response.status_code == 409
        assert "<title>Error:" in page
        assert f'<a href="#choice-{OFFERS}">' in page
        assert "These words are new." in card(page)
        assert state_of(company, asha) is State.UNKNOWN

    @pytest.mark.parametrize(
        "changed",
        [
            {"notice": str(uuid4())},
            {"notice": ""},
            {"notice": "x' OR 1=1"},
            {"language": ""},
            {"language": "xx"},
        ],
    )
    def test_a_yes_to_words_that_were_not_shown_is_not_recorded(
        self, asha_in, company, asha, changed
    ):
        response = answer(asha_in, "yes", **changed)

        assert response.status_code == 409
        assert state_of(company, asha) is State.UNKNOWN

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"answer": "maybe"}, 422),
            ({"answer": ""}, 422),
            ({"purpose": ""}, 422),
            ({"purpose": "x" * 101}, 422),
            ({"purpose": "a\x00b"}, 422),
            ({"purpose": "no.such", "answer": "withdraw"}, 422),
            ({"purpose": "no.such", "answer": "no"}, 422),
            ({"purpose": SURVEYS, "answer": "withdraw"}, 404),
        ],
    )
    def test_nonsense_gets_a_page_and_records_nothing(
        self, asha_in, company, asha, changed, status
    ):
        sent = {"purpose": OFFERS, "answer": "no", "language": "en", **changed}

        response = asha_in.post(CHOICES, sent)

        assert response.status_code == status
        assert 'role="alert"' in response.content.decode()
        assert not consent.history(company.id, asha.id).exists()

    def test_a_purpose_on_another_ground_takes_no_yes(self, asha_in, company, asha):
        sent = {
            "purpose": DELIVERY,
            "answer": "yes",
            "notice": str(company.notice.id),
            "language": "en",
        }

        assert asha_in.post(CHOICES, sent).status_code == 409

    def test_needs_the_token_of_our_own_form(self, asha_in, company, asha):
        company.yes(asha)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = asha_in.cookies

        response = strict.post(CHOICES, {"purpose": OFFERS, "answer": "withdraw"})

        assert response.status_code == 403
        assert state_of(company, asha) is State.GIVEN


class TestWithdrawingEverything:
    @pytest.mark.req("CON-15")
    def test_takes_one_neutral_page(self, asha_in, company, asha):
        company.yes(asha, OFFERS)
        company.yes(asha, MAPS)

        before = asha_in.get("/privacy/withdraw-all/").content.decode()
        response = asha_in.post("/privacy/withdraw-all/", follow=True)

        page = response.content.decode()
        assert "Offers by e-mail" in before
        assert response.redirect_chain == [("/privacy/done/all/", 303)]
        assert "Everything is withdrawn" in page
        assert page.count("/privacy/receipts/") == 2
        assert {state_of(company, asha, code) for code in (OFFERS, MAPS)} == {State.WITHDRAWN}

    def test_is_offered_on_every_page_of_the_person(self, asha_in, company, asha):
        event = company.yes(asha)
        places = [
            CHOICES, "/privacy/history/", f"/privacy/done/{event.id}/", "/privacy/",
            f"/privacy/receipts/{event.id}/", "/privacy/lotus/", "/privacy/lotus/notices/website/",
        ]  # fmt: skip

        link = b'href="/privacy/withdraw-all/"'
        without = [place for place in places if link not in asha_in.get(place).content]

        assert without == []

    def test_with_nothing_running_changes_nothing(self, asha_in, company, asha):
        page = asha_in.post("/privacy/withdraw-all/", follow=True).content.decode()

        assert "There was nothing to withdraw" in page
        assert not consent.history(company.id, asha.id).exists()

    def test_done_without_a_withdrawal_leads_to_the_choices(self, asha_in):
        assert asha_in.get("/privacy/done/all/").headers["Location"] == CHOICES


@pytest.mark.req("P9")
class TestOtherPeoplesThings:
    @pytest.fixture
    def theirs(self, company):
        other = company.person("ravi@example.in")
        return company.yes(other)

    @pytest.fixture
    def elsewhere(self):
        other = world.make("tulip", "Tulip Stores", "DE")
        return other, other.yes(other.person("asha@example.in", residence="DE"))

    @pytest.mark.parametrize("place", ["done", "receipts"])
    def test_of_the_same_company_are_not_here(self, asha_in, theirs, place):
        assert asha_in.get(f"/privacy/{place}/{theirs.id}/").status_code == 404

    @pytest.mark.parametrize("place", ["done", "receipts"])
    def test_of_another_company_are_not_here(self, asha_in, elsewhere, place):
        assert asha_in.get(f"/privacy/{place}/{elsewhere[1].id}/").status_code == 404

    def test_the_same_address_at_another_company_is_another_person(self, asha_in, elsewhere):
        page = page_of(asha_in)

        assert "Tulip Stores" not in page
        assert "You said yes on" not in page

    def test_a_session_that_mixes_companies_is_nobody(self, asha_in, elsewhere):
        session = asha_in.session
        kept = session["portal"]
        session["portal"] = {**kept, "controller": str(elsewhere[0].id)}
        with pytest.raises(IntegrityError):
            save(session)
        Session.objects.update(session_data=session.encode(dict(session)))

        assert asha_in.get(CHOICES).status_code == 302

    def test_another_companys_purpose_is_unknown(self, asha_in, elsewhere, company):
        code = "tulip.only"
        world.purpose(elsewhere[0].controller, code, ("Only there", "Only at Tulip."))

        response = asha_in.post(CHOICES, {"purpose": code, "answer": "no"})

        assert response.status_code == 422

    def test_another_companys_notice_is_not_here(self, client, company, elsewhere):
        version = elsewhere[0].notice.id

        response = client.get(f"/privacy/lotus/notices/website/?version={version}&language=en")

        assert response.status_code == 404

    def test_on_another_companys_pages_the_person_is_a_visitor(self, asha_in, elsewhere):
        page = asha_in.get("/privacy/tulip/").content.decode()

        assert "Withdraw everything" not in page
        assert "/privacy/tulip/sign-in/" in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "place",
    [
        "choices", "history", "withdraw-all", "sign-out", "done/all", f"done/{UUID(int=1)}",
        f"receipts/{UUID(int=1)}",
    ],
)  # fmt: skip
def test_strangers_are_led_to_the_way_in(client, company, method, place):
    response = getattr(client, method)(f"/privacy/{place}/")

    assert response.status_code in {302, 405}
    assert response.headers.get("Location", "/privacy/sign-in/") == "/privacy/sign-in/"
