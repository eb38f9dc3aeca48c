"""The notice on the company's own site, in a real browser: another origin, a script, and a link."""

import http.server
import threading
from functools import partial

import pytest
from playwright.sync_api import expect

from consent import selectors as states
from consent import services as consent
from consent.services.sites import issue_ticket
from consent.transitions import State
from subjects.naming import Named
from tests.api import house
from tests.browser import tools
from tests.portal import world
from tests.portal.world import AUTHOR, OFFERS, SURVEYS

pytestmark = [pytest.mark.browser, pytest.mark.req("CON-09", "POR-12")]
SHOP = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Shop</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src {site}; connect-src {site}; img-src 'self'">
</head><body><main><h1>Shop</h1><p><a data-sammati href="{link}">Your privacy choices</a></p>
<script src="{site}/static/portal/collect.js" defer></script></main></body></html>"""


class Pages(http.server.BaseHTTPRequestHandler):
    """The company's own server: one page."""

    def __init__(self, page, *args):
        self.page = page
        super().__init__(*args)

    def do_GET(self):
        found = self.path == "/"
        self.send_response(200 if found else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if found:
            self.wfile.write(self.page["html"].encode())

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def shop():
    """The company's site on an origin of its own, and the page it serves."""
    page = {"html": ""}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page["origin"] = f"http://localhost:{server.server_port}"
    yield page
    server.shutdown()
    server.server_close()


@pytest.fixture
def company(transactional_db):
    return world.make()


@pytest.fixture
def asha(company):
    return company.person()


@pytest.fixture
def visit(chromium, site, shop, company, asha):
    """Opens the shop's page as Asha; requests to anybody but shop and site fail the test."""
    contexts, strangers, faults = [], [], []
    made = consent.add_site(by=AUTHOR, controller_id=company.id, origin=shop["origin"])
    service = house.service(company, code="shop")

    def seen(request):
        if not request.url.startswith((shop["origin"], site.url)):
            strangers.append(request.url)

    def go(language="en", *, registered=True, **options):
        ticket = issue_ticket(
            controller_id=company.id, service_id=service.id, who=Named(subject_id=asha.id),
            origin=shop["origin"], purposes=[OFFERS, SURVEYS],
        )  # fmt: skip
        link = f"{site.url}/collect/{company.slug}/ask/{ticket.token}"
        shop["html"] = SHOP.format(site=site.url, link=link, language=language)
        if not registered:
            consent.end_site(by=AUTHOR, site=made)
        context = chromium.new_context(viewport={"width": 390, "height": 800}, **options)
        contexts.append(context)
        context.on("request", seen)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(shop["origin"] + "/")
        return page

    yield go
    cookies = [one for context in contexts for one in context.cookies()]
    for context in contexts:
        context.close()
    assert (strangers, faults) == ([], [])
    assert not [one for one in cookies if one["name"] == "sessionid"]


def now(company, person, purpose=OFFERS):
    found = states.states(company.id, person.id)
    return next(one.state for one in found if one.purpose == purpose)


def button(page, words, title="Offers by e-mail"):
    return page.get_by_role("button", name=f"{words}: {title}")


class TestTheScript:
    def test_shows_the_words_and_records_a_yes_and_its_withdrawal(self, visit, company, asha):
        page = visit()
        expect(page.get_by_text(world.TITLES[OFFERS]["en"][1])).to_be_visible()
        expect(page.get_by_role("link", name="Your privacy choices")).to_be_hidden()

        button(page, "Yes").click()
        expect(button(page, "Withdraw")).to_be_visible()
        assert now(company, asha) is State.GIVEN

        button(page, "Withdraw").click()
        expect(button(page, "Change to yes")).to_be_visible()
        assert now(company, asha) is State.WITHDRAWN

    def test_refuses_all_beside_agreeing_to_all(self, visit, company, asha):
        page = visit()
        measure = """e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color,
            s.borderColor, s.fontSize, s.fontWeight, Math.round(e.offsetHeight)] }"""
        expect(page.get_by_role("button", name="No to all")).to_be_visible()
        pairs = [
            (button(page, "Yes"), button(page, "No")),
            (page.get_by_role("button", name="Yes to all"),
             page.get_by_role("button", name="No to all")),
        ]  # fmt: skip

        for yes, no in pairs:
            assert yes.evaluate(measure) == no.evaluate(measure)
        page.get_by_role("button", name="No to all").click()

        expect(button(page, "Change to yes")).to_be_visible()
        assert now(company, asha) is State.REFUSED
        assert now(company, asha, SURVEYS) is State.REFUSED

    @pytest.mark.parametrize("language", ["en", "hi", "ur"])
    def test_is_accessible_in_every_language(self, language, visit):
        page = visit(language)
        expect(page.get_by_role("heading", level=2)).to_be_visible()

        assert tools.accessibility_faults(page) == []
        assert not tools.overflows(page)
        section = page.locator("section")
        assert section.get_attribute("dir") == ("rtl" if language == "ur" else "ltr")

    def test_works_by_keyboard_and_says_what_happened(self, visit, company, asha):
        page = visit()
        expect(button(page, "Yes")).to_be_visible()

        button(page, "Yes").focus()
        page.keyboard.press("Enter")

        expect(button(page, "Withdraw")).to_be_visible()
        told = page.evaluate("document.querySelector('div').shadowRoot.activeElement.textContent")
        assert told.startswith("You said yes")

    def test_leaves_the_link_where_the_site_is_not_registered(self, visit):
        page = visit(registered=False)

        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("link", name="Your privacy choices")).to_be_visible()
        expect(page.locator("section")).to_have_count(0)

    def test_asks_again_where_the_words_changed_meanwhile(self, visit, company, asha):
        page = visit()
        expect(button(page, "Yes")).to_be_visible()
        company.republish(introduction="Other words now.")

        button(page, "Yes").click()

        expect(page.get_by_role("alert")).to_contain_text("The words changed")
        expect(page.get_by_text("Other words now.")).to_be_visible()
        assert now(company, asha) is State.UNKNOWN


class TestTheLink:
    def test_leads_to_the_same_questions_without_script(self, visit, company, asha):
        page = visit(java_script_enabled=False)

        page.get_by_role("link", name="Your privacy choices").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Your choices")
        page.locator(f'[id="choice-{OFFERS}"]').get_by_role("button").first.click()
        page.wait_for_url("**/collect/**")

        expect(page.locator(f'[id="choice-{OFFERS}"]')).to_contain_text("You said yes")
        assert now(company, asha) is State.GIVEN

    def test_is_accessible(self, visit, site):
        page = visit(java_script_enabled=True)
        address = page.locator("a[data-sammati]").get_attribute("href")
        page.goto(address)

        assert tools.accessibility_faults(page) == []
        assert tools.small_targets(page) == []
        assert not tools.overflows(page)
