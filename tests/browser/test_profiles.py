"""The pages of profiles in a real browser, in three languages and both directions."""

import re

import pytest
from playwright.sync_api import expect

from accounts import services as accounts
from accounts.models import User
from audit.actors import Actor
from profiles import selectors_views as selectors
from profiles import services as profiles
from tests.browser import tools
from tests.browser.test_decisions import keep
from tests.desk import house
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import house as company
from tests.factories.profiles import rule

pytestmark = [pytest.mark.browser, pytest.mark.req("ADM-08", "PRO-01")]


@pytest.fixture
def lotus(transactional_db):
    """A company with a matrix in force, a draft that shows more, and somebody to look at."""
    found = company()
    found.shows(
        rule("partial"), rule("show", attribute="home"), rule("bucket", category="pd:Financial"),
        rule("show", category="pd:Health"),
    )  # fmt: skip
    found.asha = found.person()
    draft = profiles.draft_view(by=AUTHOR, controller_id=found.id, note="For the campaign tool")
    profiles.put_rules(by=AUTHOR, version=draft, rules=[
        rule("show", role="campaign"), rule("hide", category="pd:Financial"),
    ])  # fmt: skip
    found.draft = draft
    return found


def officer(lotus, username="olga"):
    """A privacy officer who is seated at the branch."""
    if not (made := User.objects.filter(username=username).first()):
        made = accounts.create_officer(
            by=AUTHOR, username=username, email=f"{username}@staff.example",
            password=house.PASSWORD,
        )  # fmt: skip
        accounts.assign_role(
            by=AUTHOR, officer=made, controller=lotus.company.controller, role="privacy_officer"
        )
        made.seat = lotus.seat(Actor("officer", str(made.pk)))
    return house.with_real_password(made)


def sign_in(page, lotus, username="olga"):
    found = officer(lotus, username)
    page.goto("/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(house.PASSWORD)
    page.locator("input[type=submit]").click()
    page.wait_for_url("**/admin/")
    return found


@pytest.mark.req("P10")
def test_a_person_is_found_and_read_for_a_purpose(page, lotus):
    visited = []
    page.on("request", lambda request: visited.append(request.url))
    sign_in(page, lotus)
    page.get_by_role("link", name="Look at a profile").first.click()
    page.get_by_label("Identifier").fill("asha.rao@example.in")
    page.locator("select[name=purpose]").select_option(OFFERS)
    page.get_by_role("button", name="Look", exact=True).click()

    expect(page.locator(".verdict")).to_contain_text("The use is permitted.")
    expect(page.get_by_text("4 Lake Road, Kerala")).to_be_visible()
    expect(page.get_by_text("a•••@•••.in")).to_be_visible()
    assert not [url for url in visited if "asha" in url]


def test_a_draft_is_changed_in_the_table_previewed_and_approved_by_a_second_person(
    page, context, lotus
):
    sign_in(page, lotus)
    page.get_by_role("link", name="Who sees what").first.click()
    page.get_by_role("link", name=re.compile("Draft: Version 2")).click()
    page.get_by_role("link", name="Change this table").click()
    page.get_by_label("Campaign: pd:EmailAddress").first.select_option("token")
    page.get_by_role("button", name="Save the table").click()
    expect(page.locator("table.changes")).to_contain_text("Token")
    context.clear_cookies()
    sign_in(page, lotus, "sven")
    page.goto(f"/admin/views/preview/?version={lotus.draft.number}&purpose={OFFERS}")
    expect(page.locator("table.preview")).to_contain_text("t_")
    page.get_by_role("button", name="I have looked at the preview").click()
    page.get_by_role("link", name="Approve", exact=True).click()
    page.get_by_label("I have read what changes").check()
    page.get_by_role("button", name="Approve").click()

    page.wait_for_url("**/change/")
    assert selectors.in_force(lotus.id) == lotus.draft


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_are_for_everybody(context, lotus, language):
    page = context.new_page()
    seat = sign_in(page, lotus).seat
    context.set_extra_http_headers({"Accept-Language": language})
    draft = f"/admin/views/?version={lotus.draft.number}&purpose={OFFERS}"
    addresses = (
        "/admin/profiles/", f"/admin/profiles/{lotus.asha.id}/",
        f"/admin/profiles/{lotus.asha.id}/?seat={seat.pk}&purpose={OFFERS}", "/admin/views/",
        draft, f"{draft}&edit=1&category=pd:EmailAddress",
        f"/admin/views/preview/?version={lotus.draft.number}&purpose={OFFERS}",
        f"/admin/profiles/viewversion/{lotus.draft.pk}/change/",
        f"/admin/profiles/viewversion/{lotus.draft.pk}/act/approve/",
        f"/admin/profiles/viewversion/{lotus.draft.pk}/act/put-rule/",
    )  # fmt: skip
    faults = []

    for number, address in enumerate(addresses):
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            faults += tools.accessibility_faults(page)
            if tools.overflows(page):
                faults.append(f"{address} scrolls sideways at {width}")
            keep(page, f"profiles-{language}-{number}-{width}")

    assert faults == []
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")
