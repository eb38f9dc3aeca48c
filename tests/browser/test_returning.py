"""Coming back after an erasure, in a browser: for everybody, in every language."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.browser import tools
from tests.portal import world
from work import services as work

pytestmark = [pytest.mark.browser, pytest.mark.req("ERA-16", "P8", "POR-12")]
RETURN = re.compile(r"/privacy/return/\S+")
LENA = "lena@example.de"


@pytest.fixture
def company(transactional_db):
    return world.make(slug="rose", name="Rosenhaus", country="DE")


@pytest.fixture
def erased(company, enter):
    """Lena asked to be erased, and it is done; she is where her browser left her."""
    company.person(LENA, residence="DE")
    page = enter(company, LENA)
    page.goto("/privacy/requests/erasure/")
    page.get_by_role("button", name="Erase my data").click()
    page.wait_for_url("**/followed/**")
    work.run_available(worker="browser-test")
    return page


def ask(page, company):
    """The link of the letter, asked for by the form that everybody uses."""
    mail.outbox.clear()
    page.goto(f"/privacy/{company.slug}/sign-in/")
    page.locator("#id_email").fill(LENA)
    page.locator("main form button").click()
    page.wait_for_url("**/sent/")
    work.run_available(worker="browser-test")
    return RETURN.search(mail.outbox[0].body)[0]


def test_the_page_is_for_everybody(company, erased, context, tmp_path):
    page = erased
    link = ask(page, company)
    faults = []
    for language in ("en", "hi", "ur"):
        context.set_extra_http_headers({"Accept-Language": language})
        for scheme, width in (("light", 1100), ("dark", 320)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(link)
            faults += tools.accessibility_faults(page)
            faults += [f"{language} {width}: {one}" for one in tools.small_targets(page)]
            faults += [f"{language} {width} overflows"] if tools.overflows(page) else []
            page.screenshot(path=tmp_path / f"return-{language}-{scheme}.png", full_page=True)
        wanted = "rtl" if language == "ur" else "ltr"
        assert page.locator("html").get_attribute("dir") == wanted

    assert faults == []


def test_one_button_begins_anew_with_nothing_from_before(company, erased):
    page = erased
    page.goto("/privacy/choices/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    link = ask(page, company)
    page.goto(link)
    expect(page.get_by_role("heading", name="You asked to be erased on")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save the certificate").click()
    assert waiting.value.suggested_filename.startswith("certificate-")

    page.get_by_role("button", name="Begin anew").click()

    page.wait_for_url("**/privacy/choices/")
    page.goto(link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
