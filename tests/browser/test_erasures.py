"""The pages of erasure in a real browser, in three languages and both directions."""

import pytest
from playwright.sync_api import expect

from erasure.models import Case, Step
from tests.browser import tools
from tests.browser.test_decisions import keep
from tests.browser.test_desk import sign_in
from tests.desk import house

pytestmark = [pytest.mark.browser, pytest.mark.req("ADM-08", "ERA-08")]


@pytest.fixture
def lotus(transactional_db):
    return house.make()


def pages(lotus):
    """The overview, the case, and some of what leads on from there."""
    rows = lotus.rows
    return {
        "overview": "/admin/erasures/",
        "case": f"/admin/erasures/{rows['Case']}/",
        "cases": "/admin/erasure/case/",
        "step": f"/admin/erasure/step/{rows['Step']}/change/",
        "exception": f"/admin/erasure/step/{rows['Step']}/act/except/",
        "open": "/admin/erasure/case/add/",
        "request": f"/admin/rights/request/{rows['Request']}/change/",
        "requests": "/admin/rights/request/",
        "connector": f"/admin/registry/connector/{rows['Connector']}/change/",
        "hold": "/admin/erasure/hold/add/",
    }


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_pages_are_for_everybody(context, lotus, language):
    page = context.new_page()  # axe itself does what our policy forbids
    sign_in(page, lotus)
    context.set_extra_http_headers({"Accept-Language": language})
    faults = []

    for name, address in pages(lotus).items():
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            faults += tools.accessibility_faults(page)
            if tools.overflows(page):
                faults.append(f"{address} scrolls sideways at {width}")
            keep(page, f"erasures-{name}-{language}-{width}")

    assert faults == []
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")


def test_a_failed_step_is_tried_again_by_one_click(page, lotus):
    Case.objects.filter(pk=lotus.rows["Case"]).update(state="running")
    failed = Step.objects.get(controller_id=lotus.id, state="failed", case=lotus.rows["Case"])
    sign_in(page, lotus)
    page.goto("/admin/erasures/")

    page.get_by_role("button", name="Try again at CRM").first.click()

    expect(page.get_by_text("1 step is told again.")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == "planned"


def test_the_picture_and_the_table_say_the_same(page, lotus):
    sign_in(page, lotus)
    page.goto(f"/admin/erasures/{lotus.rows['Case']}/")

    drawn = page.locator("svg.systems .system-name").all_text_contents()
    listed = page.locator("table.rules tbody th a").all_text_contents()

    assert sorted(drawn) == sorted(listed)
