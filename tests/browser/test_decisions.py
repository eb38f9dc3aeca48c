"""The pages about decisions, rules and rehearsals in a real browser, in three languages."""

import os

import pytest
from playwright.sync_api import expect

from audit.actors import Actor
from policies.versions import services as policy
from tests.browser import tools
from tests.browser.test_desk import sign_in
from tests.desk import house
from tests.desk.decisions.test_explorer import NO_SMS
from tests.factories.decisions import recorded
from work import services as work

pytestmark = [pytest.mark.browser, pytest.mark.req("ADM-08", "POL-14")]
DECISIONS, RULES, LAW = "/admin/decisions/", "/admin/rules/", "/admin/law/"
REHEARSALS = "/admin/rehearsals/"


@pytest.fixture
def lotus(transactional_db):
    """A company with decisions of both kinds and a draft that would turn one round."""
    found = house.make()
    nils = Actor("officer", "nils")
    for channel, given in (("sms", True), ("email", True), ("sms", False)):
        recorded(
            found.id, found.rows["ServiceClient"], found.person, given=given,
            asks={"channel": channel, "campaign": "diwali"},
        )  # fmt: skip
    version = policy.draft_policy(by=nils, controller_id=found.id, note="No text messages")
    policy.put_guardrail(by=nils, version=version, guardrail=NO_SMS)
    return found


def rehearsed(page, lotus):
    """Begins a rehearsal as an officer does, and waits for its end; its address."""
    page.goto(REHEARSALS)
    page.get_by_role("button", name="Rehearse").click()
    while work.run_available(worker="browser-test"):
        pass
    page.reload()
    return page.url


def test_an_officer_finds_a_denial_and_reads_why(page, lotus):
    sign_in(page, lotus)
    page.get_by_role("link", name="Decisions", exact=True).first.click()
    page.get_by_label("Answer").select_option("deny")
    page.get_by_label("Words of a reason").fill("withdrew")
    page.get_by_role("button", name="Show").click()
    page.locator("table.decisions tbody th a").first.click()

    expect(page.locator(".verdict")).to_contain_text("The person withdrew the consent.")
    expect(page.locator("details.gate[open]")).to_have_count(1)
    expect(page.locator("details.gate[open]")).to_contain_text("consent.state")
    expect(page.locator(".consequence")).to_contain_text("byte for byte")


def test_an_officer_rehearses_and_takes_the_list(page, lotus, tmp_path):
    sign_in(page, lotus)
    rehearsed(page, lotus)

    expect(page.locator(".verdict")).to_contain_text("1 would be newly denied")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Take the list as CSV").click()
    saved.value.save_as(tmp_path / "flips.csv")
    assert (tmp_path / "flips.csv").read_text().count("\n") == 2


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_are_for_everybody(context, lotus, language):
    page = context.new_page()
    sign_in(page, lotus)
    report = rehearsed(page, lotus)
    page.goto(DECISIONS)
    first = page.locator("table.decisions tbody th a").first.get_attribute("href")
    context.set_extra_http_headers({"Accept-Language": language})
    faults = []

    for number, address in enumerate((DECISIONS, first, RULES, LAW, REHEARSALS, report)):
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            faults += tools.accessibility_faults(page)
            if tools.overflows(page):
                faults.append(f"{address} scrolls sideways at {width}")
            keep(page, f"{language}-{number}-{width}")

    assert faults == []


def keep(page, name):
    """A picture for who wants to look: SCREENSHOTS= a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
