"""The log's list and its exports in a real browser, in three languages and both directions."""

import zipfile

import pytest
from playwright.sync_api import expect

from audit.sealing import seal_all
from tests.audit.log import write
from tests.browser import tools
from tests.browser.test_desk import sign_in
from tests.desk import house
from work import services as work

pytestmark = [pytest.mark.browser, pytest.mark.req("ADM-08", "AUD-09")]
LIST, EXPORTS = "/admin/audit/entryindex/", "/admin/audit/export/"


@pytest.fixture
def lotus(transactional_db):
    found = house.make()
    write(70, controller_id=found.id, event="standing:set")
    house.decide(found)
    seal_all()
    return found


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_are_for_everybody(context, lotus, language):
    page = context.new_page()
    sign_in(page, lotus)
    context.set_extra_http_headers({"Accept-Language": language})
    faults = []

    for address in (LIST, f"{LIST}?reason=withdrawn", EXPORTS, f"{EXPORTS}add/"):
        for width in (1100, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(address).status == 200
            faults += tools.accessibility_faults(page)

    assert faults == []


def test_pages_and_words_lead_to_entries(page, lotus):
    sign_in(page, lotus)
    page.goto(LIST)
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()
    page.get_by_role("link", name="Newer").click()
    page.get_by_label("Words of a reason").fill("withdrawn")
    page.get_by_role("button", name="Search").click()

    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    assert "reason=withdrawn" in page.url


def test_a_list_is_exported_and_its_file_saved(page, lotus, tmp_path):
    sign_in(page, lotus)
    page.goto(f"{LIST}?outcome=deny&period=all")
    page.get_by_role("link", name="Export this list").click()
    expect(page.locator("select[name=outcome]")).to_have_value("deny")
    page.get_by_label("Reason").last.fill("A case at the board")
    page.get_by_label("CSV").check()
    page.get_by_role("button", name="Export the log").click()
    expect(page.locator("#result_list")).to_contain_text("A case at the board")
    seal_all()
    while work.run_available(worker="browser-test"):
        seal_all()

    page.reload()
    page.locator("#result_list tbody tr a").first.click()
    page.get_by_role("link", name="Take the file").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Take the file").click()
    saved.value.save_as(tmp_path / "log.zip")

    with zipfile.ZipFile(tmp_path / "log.zip") as archive:
        assert {"manifest.json", "manifest.note", "entries.ndjson", "entries.csv"} <= set(
            archive.namelist()
        )
        assert archive.read("entries.ndjson").count(b"\n") == 2
