"""Asking for erasure and for a copy in a browser: for everybody, in every language."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from erasure.models import RetentionRule, Step
from rights.models import Request
from tests.browser import tools
from tests.erasure.ended import system
from tests.portal import world
from work import services as work

pytestmark = [pytest.mark.browser, pytest.mark.req("POR-04", "POR-12", "ERA-05", "ERA-09")]


@pytest.fixture
def company(transactional_db):
    found = world.make()
    system(found, "crm", "Customer files")
    system(found, "books", "Account books")
    RetentionRule.objects.create(
        controller_id=found.id, code="books", category="pd:EmailAddress", pack="IN",
        counts_from="collected", minimum_days=2920, citation="Companies Act 2013 s.128(5)",
        effective_on=datetime(2026, 1, 1, tzinfo=UTC).date(), created_by="author",
    )  # fmt: skip
    return found


@pytest.fixture
def asha(company):
    return company.person()


def looked_at(page, place):
    """Whatever is wrong with a page for somebody, in both widths, and it is looked at whole."""
    faults = []
    for width in (1100, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/privacy/{place}")
        faults += tools.accessibility_faults(page) if width == 1100 else []
        faults += [f"{place} {width}: {one}" for one in tools.small_targets(page)]
        faults += [f"{place} {width} overflows"] if tools.overflows(page) else []
    return faults


@pytest.mark.parametrize("language", tools.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(company, asha, enter, context, language, scheme):
    page = enter(company)
    page.emulate_media(color_scheme=scheme)
    context.set_extra_http_headers({"Accept-Language": language})
    faults = looked_at(page, "requests/") + looked_at(page, "requests/erasure/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/followed/**")
    followed = page.url.partition("/privacy/")[2]
    made = Request.objects.get()
    faults += looked_at(page, followed) + looked_at(page, f"requests/{made.id}/")

    assert faults == []
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")


def test_one_step_erases_and_the_address_goes_on_working(transactional_db, enter):
    company = world.make()
    system(company, "crm", "Customer files")
    company.person()
    page = enter(company)
    page.get_by_role("link", name="Requests", exact=True).click()
    page.get_by_role("link", name="See what would be erased").click()
    page.get_by_role("button", name="Erase my data").click()
    page.wait_for_url("**/followed/**")
    address = page.url
    expect(page.get_by_text("Your data are not used any more")).to_be_visible()

    Step.objects.exclude(system__kind="own").filter(state="planned").update(
        state="sent", sent_at=datetime.now(UTC)
    )
    page.reload()

    expect(page.get_by_text("Was told, and has not answered yet.").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/followed/" not in url)
    page.goto(address)
    expect(page.get_by_role("heading", name="Your request to erase")).to_be_visible()
    assert page.get_by_role("button", name="Take the request back").count() == 0


def test_a_copy_is_asked_for_and_saved(company, asha, enter):
    page = enter(company)
    page.goto("/privacy/requests/")
    page.get_by_role("button", name="Ask for a copy").click()
    page.wait_for_url("**/requests/**")
    work.run_available(worker="browser-test")
    page.reload()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save the copy").click()

    assert waiting.value.suggested_filename == "copy.zip"


def test_the_certificate_is_saved_when_it_is_done(transactional_db, enter):
    company = world.make(slug="rose", name="Rosenhaus", country="DE")
    company.person("lena@example.de", residence="DE")
    page = enter(company, "lena@example.de")
    page.goto("/privacy/requests/erasure/")
    page.get_by_role("button", name="Erase my data").click()
    page.wait_for_url("**/followed/**")
    work.run_available(worker="browser-test")
    page.reload()

    expect(page.get_by_text("We looked: your data are gone.")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save the certificate").click()
    assert waiting.value.suggested_filename.startswith("certificate-")
