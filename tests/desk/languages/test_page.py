"""The page of languages tells what can be read, what waits, what is waived and what is missing."""

import csv
import io
import re
from datetime import timedelta

import pytest

from consent import services as consent
from consent.models import NoticeVersion
from consent.versions import completeness
from consent.versions.languages import REQUIRED
from tests.consent.test_publishing import draft_notice
from tests.desk import house
from tests.portal.world import AUTHOR, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-07")]

PAGE, TABLE = "/admin/languages/", "/admin/languages/table/"


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


@pytest.fixture
def machine(lotus):
    """A machine drafted Tamil words of a notice that is a draft itself."""
    version = draft_notice(lotus.world, code="fresh")
    return consent.draft_translation(
        by=AUTHOR, version=version, language="ta", origin="machine",
        content=content("hi", lotus.controller),
    )  # fmt: skip


def lines(client, **query):
    text = client.get(TABLE, query).content.decode()
    rows = csv.DictReader(io.StringIO(text))
    return {(row["notice"], row["language"]): row for row in rows}


def test_draws_every_version_in_every_language_and_says_the_same_in_tables(auditor, machine):
    page = auditor.get(PAGE).content.decode()

    assert page.count('<rect class="cell cell-') == 2 * len(REQUIRED) + 6  # and the legend
    assert page.count('class="cell cell-machine"') == 2
    assert "Every notice in force can be read" in page
    assert "<td>Drafted by a machine <code" in page
    assert '<bdi lang="ur" dir="rtl">اردو</bdi>' in page
    assert f"/admin/consent/noticeversion/{machine.notice_version_id}/change/" in page


def test_counts_drafts_that_wait_although_their_language_is_waived(auditor, lotus):
    version = NoticeVersion.objects.get(notice__code="website")
    consent.draft_translation(
        by=AUTHOR, version=version, language="ta", origin="machine",
        content=content("hi", lotus.controller),
    )  # fmt: skip

    page = auditor.get(PAGE).content.decode()

    (drafts,) = re.findall(r"<td>India</td>\s*<td>\d+</td>\s*<td>(\d+)</td>", page)
    assert drafts == "1"
    assert lines(auditor)["website", "ta"]["state"] == "waived"


def test_says_what_lapsed(auditor, lotus, monkeypatch):
    later = completeness.today() + timedelta(days=301)
    monkeypatch.setattr(completeness, "today", lambda: later)

    page = auditor.get(PAGE).content.decode()

    assert "1 notice in force lacks languages of the law" in page
    assert '<bdi lang="sat" dir="ltr" title="Santali">ᱥᱟᱱᱛᱟᱲᱤ</bdi>' in page


def test_the_table_has_the_same(auditor, machine):
    rows = lines(auditor)

    assert len(rows) == 2 * len(REQUIRED)
    assert rows["website", "hi"]["state"] == "approved"
    assert rows["website", "ur"]["state"] == "waived"
    assert rows["website", "ur"]["until"] > f"{completeness.today()}"
    assert (rows["fresh", "ta"]["state"], rows["fresh", "ta"]["tags"]) == ("machine", "ta")
    assert (rows["fresh", "sat"]["state"], rows["fresh", "sat"]["name"]) == ("lacking", "Santali")


def test_the_table_is_a_file(auditor):
    answer = auditor.get(TABLE)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="notice-languages.csv"' in answer.headers["Content-Disposition"]


@pytest.mark.req("P9")
def test_is_of_the_officers_own_controllers(auditor, tulip):
    for address in (PAGE, TABLE):
        assert auditor.get(address, {"controller": str(tulip.id)}).status_code == 404


@pytest.mark.req("ADM-01")
def test_is_closed_to_whom_the_audit_is_closed(lotus):
    operator = house.signed_in(house.officer(lotus, "otto", "operator"))

    assert [operator.get(address).status_code for address in (PAGE, TABLE)] == [403, 403]


def test_stands_in_the_menu_and_only_reads(auditor):
    assert f'href="{PAGE}"' in auditor.get("/admin/").content.decode()
    assert [auditor.post(address).status_code for address in (PAGE, TABLE)] == [405, 405]


@pytest.mark.parametrize("language", ["hi", "ur"])
def test_is_for_who_reads_other_languages(auditor, machine, language):
    assert auditor.get(PAGE, headers={"accept-language": language}).status_code == 200
