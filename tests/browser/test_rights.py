"""Objecting, restricting and choosing for a device, in a browser and for everybody."""

import pytest
from playwright.sync_api import expect

from consent import selectors
from tests.browser import tools
from tests.portal import world

pytestmark = [pytest.mark.browser, pytest.mark.req("POR-07", "POR-12")]
EMAIL = "lena@example.de"


@pytest.fixture
def company(transactional_db):
    return world.make()


@pytest.fixture
def lena(company):
    """A person in Germany, to whom both laws give rights, and who has used some."""
    return company.person(EMAIL, residence="DE")


def test_the_pages_are_for_everybody(company, lena, enter):
    page = enter(company, EMAIL)
    page.locator("#right-direct_marketing button").click()
    page.get_by_label("For what").select_option(world.OFFERS)
    page.get_by_role("button", name="Restrict the use", exact=True).click()
    faults, small, wide = [], [], []

    for place in ("choices/", "lotus/device/"):
        for width in (1100, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"/privacy/{place}")
            faults += tools.accessibility_faults(page) if width == 1100 else []
            small += [f"{place} {width}: {one}" for one in tools.small_targets(page)]
            wide += [f"{place} {width}"] if tools.overflows(page) else []

    assert (faults, small, wide) == ([], [], [])
    (standing,) = selectors.restrictions(company.id, lena.id)
    assert (standing.scope_type, standing.scope) == ("purpose", world.OFFERS)
    assert [one.kind for one in selectors.objections(company.id, lena.id)] == ["direct_marketing"]


@pytest.mark.req("CON-32")
def test_a_refusal_on_the_device_is_the_persons_after_sign_in(company, lena, enter, page):
    page.goto("/privacy/lotus/device/")
    page.get_by_role("button", name="Only the essential").click()
    expect(page.get_by_text("Your choice is kept on this device.")).to_be_visible()

    enter(company, EMAIL)

    assert [one.method for one in selectors.objections(company.id, lena.id)] == ["device"]


@pytest.mark.req("POL-20", "POR-15")
def test_a_browsers_signal_is_heeded(company, lena, enter, page):
    page.set_extra_http_headers({"Sec-GPC": "1"})

    enter(company, EMAIL)

    expect(page.locator("#rights .note")).to_contain_text("Global Privacy Control")
    assert [one.method for one in selectors.objections(company.id, lena.id)] == ["signal"]
