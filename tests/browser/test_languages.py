"""The page of languages in a real browser: for everybody, in both directions and schemes."""

import pytest
from playwright.sync_api import expect

from consent import services as consent
from tests.browser import tools
from tests.browser.test_desk import sign_in
from tests.consent.test_publishing import draft_notice
from tests.desk import house
from tests.portal.world import AUTHOR, content

pytestmark = [pytest.mark.browser, pytest.mark.req("CON-07", "ADM-08")]

PAGE = "/admin/languages/"


@pytest.fixture
def lotus(transactional_db):
    """A notice in force, and a draft with words of a machine and of a person."""
    found = house.make()
    version = draft_notice(found.world, code="fresh")
    for language, origin in (("ta", "machine"), ("ur", "human")):
        consent.draft_translation(
            by=AUTHOR, version=version, language=language, origin=origin,
            content=content("hi", found.controller),
        )  # fmt: skip
    found.draft = version.translations.get(language="ur")
    return found


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_is_for_everybody(context, lotus, language):
    page = context.new_page()
    sign_in(page, lotus)
    context.set_extra_http_headers({"Accept-Language": language})
    faults = []

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(PAGE)
            faults += tools.accessibility_faults(page)
            assert not tools.overflows(page)

    assert faults == []
    expect(page.locator("svg.languages rect.cell-machine")).to_have_count(1)
    first, last = (
        page.locator("svg.languages text.grid-column").nth(number).bounding_box()["x"]
        for number in (0, 22)
    )
    assert (first > last) is (language == "ur")


def test_words_are_compared_and_approved_by_keyboard_alone(context, lotus):
    page = context.new_page()
    sign_in(page, lotus)
    page.goto(f"/admin/consent/noticetranslation/{lotus.draft.pk}/change/")
    assert tools.accessibility_faults(page) == []
    expect(page.locator('td[lang="ur"][dir="rtl"]').first).to_be_visible()
    page.goto(f"/admin/consent/noticetranslation/{lotus.draft.pk}/act/approve/")
    assert tools.accessibility_faults(page) == []

    page.get_by_label("I have read these words").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("approved")
