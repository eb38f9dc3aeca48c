"""The officers' pages in a real browser: readable by everybody, in both directions."""

import re
import zipfile

import pytest
from django.utils import translation
from playwright.sync_api import expect

from audit import alarms
from audit.alarms import AlarmKind
from audit.sealing import seal_all
from tests.browser import tools
from tests.desk import house
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.browser, pytest.mark.req("ADM-08")]


@pytest.fixture
def lotus(transactional_db):
    found = house.make()
    house.decide(found, outcome="permit", reason="PERMIT_IN:consent")
    alarms.raise_alarm(controller_id=found.id, kind=AlarmKind.WITNESS_LATE)
    found.alarm = alarms.open_alarms([found.id]).get(kind=AlarmKind.WITNESS_LATE).id
    seal_all()
    return found


@pytest.fixture
def officer(page, lotus):
    """A page at which the privacy officer has signed in by the form."""
    return sign_in(page, lotus)


def sign_in(page, lotus):
    house.with_real_password(house.officer(lotus, "olga", "privacy_officer"))
    page.goto("/admin/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.locator("input[type=submit]").click()
    page.wait_for_url("**/admin/")
    return page


def pages(lotus):
    person = f"/admin/people/{lotus.person.id}/"
    return [
        "/admin/", "/admin/people/find/", person, f"{person}reveal/", f"{person}consents/{OFFERS}/",
        "/admin/subjects/subject/", "/admin/audit/entryindex/",
        f"/admin/audit/entryindex/{lotus.rows['EntryIndex']}/change/",
        "/admin/log/", "/admin/rates/", f"/admin/log/alarms/{lotus.alarm}/", f"{person}evidence/",
        f"{person}?show=uses",
        f"/admin/accounts/serviceclient/{lotus.rows['ServiceClient']}/change/",
        f"/admin/accounts/serviceclient/{lotus.rows['ServiceClient']}/act/issue-key/",
        "/admin/consent/purpose/add/",
    ]  # fmt: skip


def test_pages_have_no_fault_that_axe_knows(context, lotus):
    page = context.new_page()  # axe itself does what our policy forbids, and the console says so
    page.goto("/admin/")
    faults = tools.accessibility_faults(page)
    sign_in(page, lotus)
    for address in pages(lotus):
        page.goto(address)
        faults += tools.accessibility_faults(page)

    assert faults == []


def test_pages_keep_to_the_content_security_policy(officer, lotus):
    """The browser's console would say so, and the fixture fail."""
    for address in pages(lotus):
        assert officer.goto(address).status == 200


@pytest.mark.req("AUD-05")
@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_the_page_of_the_logs_is_for_everybody(context, lotus, language):
    page = context.new_page()
    sign_in(page, lotus)
    context.set_extra_http_headers({"Accept-Language": language})
    faults = []

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto("/admin/log/")
            faults += tools.accessibility_faults(page)
            assert not tools.overflows(page)

    assert faults == []
    page.locator("summary").click()
    with translation.override(language):
        reads = translation.gettext("Reads")
    expect(page.get_by_role("columnheader", name=reads)).to_be_visible()


@pytest.mark.req("CON-29")
@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_an_evidence_pack_is_saved_and_its_page_is_for_everybody(
    context, chromium, lotus, language, tmp_path
):
    officer = context.new_page()
    sign_in(officer, lotus)
    context.set_extra_http_headers({"Accept-Language": language})
    officer.goto(f"/admin/people/{lotus.person.id}/evidence/")
    officer.locator("select[name=purpose]").select_option(OFFERS)
    officer.locator("select[name=reason]").select_option("court")
    with officer.expect_download() as saved:
        officer.locator("input[type=submit]").click()
    saved.value.save_as(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extract("index.html", tmp_path)

    page = chromium.new_page()
    for width in (1100, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto((tmp_path / "index.html").as_uri())
        assert tools.accessibility_faults(page) == []
        assert not tools.overflows(page)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")
    page.close()


@pytest.mark.parametrize("language", ["hi", "ur"])
def test_pages_fit_a_telephone_in_every_language(language, officer, lotus):
    officer.context.set_extra_http_headers({"Accept-Language": language})
    officer.set_viewport_size({"width": 390, "height": 800})

    wide = []
    for address in pages(lotus)[:5]:
        officer.goto(address)
        wide += [address] if tools.overflows(officer) else []

    assert wide == []
    assert officer.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")


@pytest.mark.req("P10")
def test_a_person_is_found_read_and_withdrawn_by_keyboard_and_form(officer, lotus):
    visited = []
    officer.on("request", lambda request: visited.append(request.url))
    officer.get_by_role("link", name="Find a person").click()
    officer.get_by_label("Identifier").fill(lotus.email)
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", name="Consents now")).to_be_visible()
    officer.get_by_role("link", name=re.compile("Offers by e-mail")).click()
    officer.get_by_label("They withdraw their consent").check()
    officer.get_by_label("How they expressed it").select_option("call_centre")
    officer.get_by_label("Reason").select_option("person_asked")
    officer.get_by_role("button", name="Record the choice").click()

    expect(officer.get_by_text("Consent was withdrawn")).to_be_visible()
    assert not [url for url in visited if "asha" in url]
