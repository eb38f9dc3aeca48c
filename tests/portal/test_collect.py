"""The company's own site asks: by a ticket, from its own origin, one line for each purpose."""

import json
import time
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import ServiceClient
from audit.models import EntryIndex
from consent import selectors as states
from consent import services as consent
from consent.capture_errors import OriginError, TicketError
from consent.models import CollectionSite, ConsentEvent
from consent.sites import tickets
from consent.transitions import State
from tests.api import house
from tests.portal import world
from tests.portal.world import AUTHOR, DELIVERY, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-09")]
SHOP = "https://shop.example"
OTHER = "https://other.example"


@pytest.fixture
def site(company):
    return consent.add_site(by=AUTHOR, controller_id=company.id, origin=SHOP)


@pytest.fixture
def shop(company, site):
    """The company's shop: a service that gets tickets for who is signed in there."""
    return house.caller(company, code="shop", purposes=[OFFERS, SURVEYS, MAPS])


def ticket(shop, person, purposes=(OFFERS, SURVEYS), origin=SHOP):
    said = {"subject": str(person.id), "origin": origin, "purposes": list(purposes)}
    return shop.post("/collect/tickets", said)


@pytest.fixture
def page(shop, asha):
    """A page of the shop with a ticket for Asha."""
    return Page(ticket(shop, asha).json())


class Page:
    """What a browser sends for a script on a page of the shop."""

    def __init__(self, issued, origin=SHOP, slug="lotus"):
        self.token, self.link = issued["ticket"], urlsplit(issued["url"]).path
        self.origin, self.slug = origin, slug
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    def words(self, **more):
        return self.post("words", {"ticket": self.token, **more})

    def says(self, answer, *purposes, **more):
        items = {one["purpose"]: one for one in self.words().json()["items"]}
        return self.answers([
            {"purpose": code, "answer": answer, "notice": items[code]["notice"],
             "language": items[code]["language"], **more}
            for code in purposes
        ])  # fmt: skip

    def answers(self, answers):
        return self.post("answers", {"ticket": self.token, "answers": answers})

    def post(self, path, said, kind="application/json"):
        headers = {"Origin": self.origin} if self.origin else {}
        address = f"/collect/{self.slug}/{path}"
        return self.client.post(address, json.dumps(said), kind, headers=headers)

    def preflight(self, path="answers"):
        headers = {"Origin": self.origin, "Access-Control-Request-Method": "POST"}
        return self.client.options(f"/collect/{self.slug}/{path}", headers=headers)


def now(company, person, purpose=OFFERS):
    found = states.states(company.id, person.id)
    return next(one.state for one in found if one.purpose == purpose)


class TestTickets:
    def test_are_for_a_person_the_service_names(self, shop, company, asha):
        answer = ticket(shop, asha)

        opened = tickets.opened(company.id, answer.json()["ticket"])
        assert answer.status_code == 201
        assert (opened.subject_id, opened.purposes) == (asha.id, (OFFERS, SURVEYS))
        assert str(asha.id) not in answer.content.decode()

    @pytest.mark.req("P11")
    def test_are_recorded_as_a_reading(self, shop, asha):
        ticket(shop, asha)

        assert EntryIndex.objects.get(event="record:read").subject_id == asha.id

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"origin": OTHER}, 403, "site_unknown"),
            ({"origin": SHOP + "/"}, 403, "site_unknown"),
            ({"purposes": [DELIVERY]}, 403, "purpose_not_registered"),
            ({"purposes": []}, 400, "invalid"),
            ({"purposes": [OFFERS] * 21}, 400, "invalid"),
            ({"subject": "01900000-0000-7000-8000-000000000001"}, 404, "subject_unknown"),
        ],
    )
    def test_are_refused(self, change, status, code, shop, asha):
        said = {"subject": str(asha.id), "origin": SHOP, "purposes": [OFFERS], **change}

        house.problem(shop.post("/collect/tickets", said), status, code)

    @pytest.mark.req("P9")
    def test_of_another_company_open_nothing(self, page, company):
        other = world.make("tulip", "Tulip")
        consent.add_site(by=AUTHOR, controller_id=other.id, origin=SHOP)

        page.slug = "tulip"

        house.problem(page.words(), 403, "ticket_invalid")
        with pytest.raises(TicketError):
            tickets.opened(other.id, page.token)

    def test_die_with_their_time(self, page, monkeypatch):
        later = time.time() + tickets.LIFE_SECONDS + 1
        monkeypatch.setattr(tickets.time, "time", lambda: later)

        house.problem(page.words(), 403, "ticket_invalid")

    @pytest.mark.parametrize("broken", ["", "A", "A" * 40, "é" * 40, "A" * 3000, "A_-" * 30])
    def test_that_are_none_are_refused(self, broken, page):
        page.token = broken

        assert page.words().status_code in {400, 403}

    def test_changed_by_one_letter_are_refused(self, page):
        letter = "A" if page.token[30] != "A" else "B"
        page.token = page.token[:30] + letter + page.token[31:]

        house.problem(page.words(), 403, "ticket_invalid")

    def test_die_with_their_site_and_their_service(self, page, site):
        consent.end_site(by=AUTHOR, site=site)
        house.problem(page.words(), 403, "site_unknown")

        consent.add_site(by=AUTHOR, controller_id=site.controller_id, origin=SHOP)
        house.problem(page.words(), 403, "ticket_invalid")

    def test_die_with_their_service(self, page):
        service = ServiceClient.objects.get(code="shop")
        accounts.change_service(by=AUTHOR, service=service, is_active=False, purposes=[OFFERS])

        house.problem(page.words(), 403, "ticket_invalid")

    def test_lose_what_the_service_may_no_longer_ask(self, page):
        service = ServiceClient.objects.get(code="shop")
        accounts.change_service(by=AUTHOR, service=service, is_active=True, purposes=[OFFERS])

        assert [one["purpose"] for one in page.words().json()["items"]] == [OFFERS]
        house.problem(page.answers([{"purpose": SURVEYS, "answer": "no"}]), 403, "ticket_invalid")


class TestTheScript:
    def test_gets_the_words_and_where_the_person_stands(self, page, company):
        said = page.words(language="hi").json()

        item = next(one for one in said["items"] if one["purpose"] == OFFERS)
        assert (item["title"], item["language"]) == (world.TITLES[OFFERS]["hi"][0], "hi")
        assert (item["notice"], item["answers"]) == (str(company.notice.id), ["yes", "no"])
        assert all(one["url"].startswith("http") for one in item["links"])
        assert said["language"] == "hi"

    def test_records_one_line_for_each_purpose(self, page, company, asha):
        answer = page.says("yes", OFFERS, SURVEYS)

        lines = list(ConsentEvent.objects.order_by("id"))
        assert answer.status_code == 201
        assert [str(one.id) for one in lines] == answer.json()["recorded"]
        assert [(one.purpose.code, one.state) for one in lines] == [
            (OFFERS, "given"), (SURVEYS, "given"),
        ]  # fmt: skip
        assert {one.method for one in lines} == {"button"}
        assert lines[0].evidence["source"] == SHOP
        assert lines[0].actor_type == "service"

    def test_refuses_everything_as_easily(self, page, company, asha):
        page.says("no", OFFERS, SURVEYS)

        assert now(company, asha) is State.REFUSED
        assert now(company, asha, SURVEYS) is State.REFUSED

    @pytest.mark.req("CON-15")
    def test_withdraws_with_one_request_as_it_gives_with_one(self, page, company, asha):
        page.says("yes", OFFERS)

        answer = page.answers([{"purpose": OFFERS, "answer": "withdraw"}])

        assert answer.status_code == 201
        assert now(company, asha) is State.WITHDRAWN

    @pytest.mark.req("CON-03")
    def test_takes_no_yes_to_words_that_changed(self, page, company, asha):
        old = page.words().json()["items"][0]
        company.republish()

        answer = page.answers([
            {"purpose": old["purpose"], "answer": "yes", "notice": old["notice"],
             "language": old["language"]}
        ])  # fmt: skip

        house.problem(answer, 409, "words_changed")
        assert now(company, asha, old["purpose"]) is State.UNKNOWN

    def test_records_all_of_one_request_or_nothing(self, page, lines):
        items = {one["purpose"]: one for one in page.words().json()["items"]}
        good = {"purpose": OFFERS, "answer": "yes", "notice": items[OFFERS]["notice"],
                "language": items[OFFERS]["language"]}  # fmt: skip

        answer = page.answers([good, {"purpose": SURVEYS, "answer": "yes"}])

        house.problem(answer, 409, "words_changed")
        assert lines() == []

    @pytest.mark.parametrize(
        "answers",
        [
            [], [{}], [{"purpose": OFFERS}], [{"purpose": OFFERS, "answer": "maybe"}],
            [{"purpose": OFFERS, "answer": "yes", "method": "silence"}],
            [{"purpose": "a b", "answer": "yes"}], "yes", [{"purpose": OFFERS, "answer": True}],
            [{"purpose": OFFERS, "answer": "no"}] * 21,
        ],
    )  # fmt: skip
    def test_bad_input_is_named_and_leaves_nothing(self, answers, page, lines):
        house.problem(page.answers(answers), 400, "invalid")
        assert lines() == []

    def test_asks_only_about_what_the_ticket_is_for(self, page, lines):
        house.problem(page.answers([{"purpose": MAPS, "answer": "no"}]), 403, "ticket_invalid")
        assert lines() == []

    @pytest.mark.req("CON-32")
    def test_heeds_the_browsers_signal(self, page, company, asha):
        page.client.defaults["HTTP_SEC_GPC"] = "1"

        page.words()

        assert states.objections(company.id, asha.id).filter(kind="sale_sharing").exists()

    def test_is_slowed_down_where_it_loops(self, page, monkeypatch):
        monkeypatch.setattr("portal.collect.api.REQUESTS_A_MINUTE", 2)

        answers = [page.words() for _ in range(4)]

        assert [one.status_code for one in answers] == [200, 200, 429, 429]
        assert answers[-1].headers["Retry-After"]


@pytest.mark.req("P9")
class TestOrigins:
    def test_a_registered_one_may_ask_and_sends_no_cookies(self, page):
        preflight, answer = page.preflight(), page.words()

        for one in (preflight, answer):
            assert one.headers["Access-Control-Allow-Origin"] == SHOP
            assert "Origin" in one.headers["Vary"]
            assert "Access-Control-Allow-Credentials" not in one.headers
        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
        assert not answer.cookies

    @pytest.mark.parametrize("origin", [OTHER, "null", "", "http://shop.example", SHOP + ":444"])
    def test_others_may_not(self, origin, page, lines):
        page.origin = origin

        for answer in (page.preflight(), page.words()):
            house.problem(answer, 403, "site_unknown")
            assert "Access-Control-Allow-Origin" not in answer.headers
        assert page.answers([{"purpose": OFFERS, "answer": "no"}]).status_code == 403
        assert lines() == []

    def test_a_second_site_of_the_company_cannot_use_a_ticket_of_the_first(self, page, company):
        consent.add_site(by=AUTHOR, controller_id=company.id, origin=OTHER)
        page.origin = OTHER

        house.problem(page.words(), 403, "ticket_invalid")

    def test_errors_can_be_read_by_the_script(self, page):
        page.token = "A" * 40

        assert page.words().headers["Access-Control-Allow-Origin"] == SHOP

    def test_a_plain_form_of_another_site_is_no_request(self, page, lines):
        """What a page can send without asking first is not JSON."""
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            said = {"ticket": page.token, "answers": [{"purpose": OFFERS, "answer": "no"}]}
            assert page.post("answers", said, kind).status_code == 415
        assert lines() == []

    def test_an_unknown_company_has_no_site(self, page):
        page.slug = "nobody"

        assert page.words().status_code == 404

    @pytest.mark.parametrize(
        "origin",
        ["http://shop.example", "https://shop.example/page", "https://", "shop.example", "*",
         "https://shop.example:0", "https://user@shop.example", "https://shop", "javascript:x"],
    )  # fmt: skip
    def test_what_is_no_origin_is_not_registered(self, origin, company):
        with pytest.raises(OriginError):
            consent.add_site(by=AUTHOR, controller_id=company.id, origin=origin)
        assert not CollectionSite.objects.exists()


class TestTheLink:
    def test_works_without_script_and_without_cookies(self, page, company, asha):
        shown = page.client.get(page.link)
        words = {"notice": str(company.notice.id), "language": "en"}

        answer = page.client.post(page.link, {"purpose": OFFERS, "answer": "yes", **words})

        assert world.TITLES[OFFERS]["en"][1] in shown.content.decode()
        assert answer.status_code == 303
        assert now(company, asha) is State.GIVEN

    @pytest.mark.req("CON-15")
    def test_withdraws_in_as_many_steps_as_it_gives(self, page, company, asha):
        company.yes(asha)

        answer = page.client.post(page.link, {"purpose": OFFERS, "answer": "withdraw"})

        assert answer.status_code == 303
        assert now(company, asha) is State.WITHDRAWN

    def test_offers_the_refusal_beside_the_yes(self, page):
        shown = page.client.get(page.link).content.decode()

        assert shown.count('<button name="answer" value="yes">') == 2
        assert shown.count('<button name="answer" value="no">') == 2

    def test_is_neither_kept_nor_passed_on(self, page):
        shown = page.client.get(page.link)

        assert "no-store" in shown.headers["Cache-Control"]
        assert shown.headers["Referrer-Policy"] == "strict-origin"
        assert shown.headers["X-Frame-Options"] == "DENY"

    def test_says_when_it_is_over(self, page, site):
        consent.end_site(by=AUTHOR, site=site)

        shown = page.client.get(page.link)
        refused = page.client.post(page.link, {"purpose": OFFERS, "answer": "no"})

        assert (shown.status_code, refused.status_code) == (403, 403)
        assert "This link is over" in shown.content.decode()

    @pytest.mark.parametrize(
        "said",
        [{}, {"purpose": OFFERS}, {"purpose": OFFERS, "answer": "maybe"},
         {"purpose": MAPS, "answer": "no"}, {"purpose": OFFERS, "answer": "yes"},
         {"purpose": OFFERS, "answer": "withdraw"}],
    )  # fmt: skip
    def test_bad_answers_are_refused_on_the_page(self, said, page, lines):
        answer = page.client.post(page.link, said)

        assert answer.status_code in {403, 404, 409, 422}
        assert "Error:" in answer.content.decode()
        assert lines() == []


@pytest.fixture
def lines():
    return lambda: list(ConsentEvent.objects.values_list("state", flat=True))
