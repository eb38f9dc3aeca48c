import pytest
from playwright.sync_api import Page, expect

from tests.browser import tools
from tests.portal import world
from tests.portal.world import MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.browser, pytest.mark.req("POR-12")]
CHOICES = "/privacy/choices/"


@pytest.fixture
def company(transactional_db):
    return world.make()


@pytest.fixture
def asha(company):
    """A person with a yes, a yes to older words, and an open question."""
    person = company.person()
    company.yes(person, SURVEYS)
    company.republish()
    company.yes(person, OFFERS)
    return person


def card(page: Page, purpose: str = OFFERS):
    return page.locator(f'[id="choice-{purpose}"]')


def tab_to(page: Page, target) -> int:
    """Press Tab until the target has the focus; how often that was."""
    for presses in range(1, 80):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            return presses
    raise AssertionError("The keyboard does not reach it.")


@pytest.mark.req("CON-15")
class TestWithdrawing:
    def steps(self, page: Page, purpose: str, button: str, outcome: str) -> int:
        """How many clicks it takes from the page of choices to the confirmation."""
        page.goto(CHOICES)
        clicks = 0
        card(page, purpose).get_by_role("button", name=button, exact=False).first.click()
        clicks += 1
        while "/privacy/done/" not in page.url:
            page.locator("main form button").first.click()
            clicks += 1
        expect(page.get_by_role("heading", level=1)).to_contain_text(outcome)
        return clicks

    @pytest.mark.req("BRD-CW1")
    def test_takes_no_more_steps_than_giving(self, company, asha, enter):
        page = enter(company)

        giving = self.steps(page, MAPS, "Yes", "You said yes")
        withdrawing = self.steps(page, MAPS, "Withdraw", "You withdrew your yes")

        assert withdrawing <= giving == 1

    def test_looks_like_giving(self, company, asha, enter):
        page = enter(company)
        measure = """e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color,
            s.borderColor, s.fontSize, s.fontWeight, Math.round(e.offsetHeight)] }"""

        looks = [
            button.evaluate(measure)
            for button in [
                card(page, MAPS).get_by_role("button").nth(0),
                card(page, MAPS).get_by_role("button").nth(1),
                card(page, OFFERS).get_by_role("button").nth(0),
            ]
        ]  # fmt: skip

        assert looks[0] == looks[1] == looks[2]

    def test_of_everything_takes_one_page_more_at_most(self, company, asha, enter):
        page = enter(company)

        page.get_by_role("link", name="Withdraw everything").first.click()
        page.get_by_role("button", name="Withdraw everything").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Everything is withdrawn")
        expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_story_by_keyboard_alone(company, asha, enter):
    page = enter(company)
    page.goto(CHOICES)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    expect(page.get_by_text("Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")

    tab_to(page, card(page).locator("summary"))
    page.keyboard.press("Enter")
    expect(card(page).get_by_text("You learn of it before it is over.")).to_be_visible()
    withdraw = card(page).get_by_role("button", name="Withdraw")
    tab_to(page, withdraw)
    assert withdraw.evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You withdrew your yes")
    tab_to(page, page.get_by_role("link", name="See or print the receipt"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt")
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/lotus/")


def test_a_mistake_in_the_address_is_found_at_once(company, page):
    page.goto("/privacy/lotus/sign-in/")

    page.get_by_label("Your e-mail address").fill("asha")
    page.get_by_role("button", name="Send me the link").click()

    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Error: ")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    assert tools.accessibility_faults(page) == []


def test_the_language_stays_chosen(company, page):
    page.goto("/privacy/lotus/")

    page.get_by_role("button", name="اردو").click()
    page.locator("main .button").first.click()

    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.get_by_role("heading", level=1)).to_have_text("سائن اِن کریں")


@pytest.mark.req("BRD-CC3")
@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_every_page_is_for_everybody(company, asha, enter, language):
    page = enter(company)
    event = company.yes(asha, OFFERS)
    cookie = {"name": "django_language", "value": language, "url": page.url}
    page.context.add_cookies([cookie])
    faults, small, wide = [], [], []

    for place in [
        "choices/", "history/", "uses/", "withdraw-all/", f"done/{event.id}/",
        f"receipts/{event.id}/", "", "lotus/", "lotus/notices/website/", "lotus/sign-in/",
        "lotus/sign-in/sent/", "sign-in/token", "nowhere/",
    ]:  # fmt: skip
        for width in (1100, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"/privacy/{place}")
            faults += tools.accessibility_faults(page) if width == 1100 else []
            small += [f"{place} {width}: {one}" for one in tools.small_targets(page)]
            wide += [f"{place} {width}"] if tools.overflows(page) else []

    assert faults == []
    assert small == []
    assert wide == []


def test_the_dark_scheme_has_enough_contrast(company, asha, enter):
    page = enter(company)
    page.emulate_media(color_scheme="dark")
    faults = []

    for place in ("choices/", "history/", "uses/", "lotus/", "lotus/sign-in/"):
        page.goto(f"/privacy/{place}")
        faults += tools.accessibility_faults(page)

    assert faults == []


def test_a_used_link_offers_a_new_one(company, asha, enter, context):
    page = enter(company)
    page.goto("/privacy/sign-in/" + "a" * 43)

    page.locator("main form button").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    assert tools.accessibility_faults(page) == []
    page.get_by_role("link", name="Lotus Bazaar").last.click()
    expect(page.get_by_role("button", name="Send me the link")).to_be_visible()
