"""The page on which an officer finds out who took a file that leaked."""

import pytest
from django.urls import reverse

from audit.selectors import payload
from profiles.models import ProfileExport
from tests.desk import house
from tests.desk.profiles.conftest import officer
from tests.factories.company import OFFERS
from work import services as work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-03")]

TRACE = "/admin/profiles/trace/"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")


@pytest.fixture
def leaked(lotus, reader, desk, manager):
    """A file of two people that was asked for, approved and taken through the pages."""
    given = {
        "controller": str(lotus.id), "purpose": OFFERS, "reason": "A mailing to those in Kerala",
        "subjects": f"{lotus.person().id}\n{lotus.person('ben@example.in').id}",
    }  # fmt: skip
    desk.post(reverse("admin:profiles_profileexport_add"), given)
    export = ProfileExport.objects.get()
    act = "admin:profiles_profileexport_act"
    manager.post(reverse(act, args=[export.pk, "approve"]), {"yes": "1"})
    while work.run_available(worker="w"):
        pass
    answer = desk.post(reverse(act, args=[export.pk, "take"]), {"yes": "1"})
    return b"".join(answer.streaming_content).decode()


def test_names_who_asked_who_approved_and_who_took_it(manager, leaked):
    page = manager.post(TRACE, {"text": leaked}).content.decode()

    assert "2 lines bear the mark of this export." in page
    assert page.count("officer rina") == 2  # asked for it, and took it
    assert "officer mira" in page
    assert "A mailing to those in Kerala" in page


def test_neither_keeps_nor_repeats_what_was_pasted(manager, leaked, entries):
    page = manager.post(TRACE, {"text": f"{leaked}\nPASTED-QZX"}).content.decode()

    (entry,) = [one for one in entries("list:viewed") if one.target_type == "profile_trace"]
    said = str(payload(entry.id))
    assert "PASTED-QZX" not in page
    assert "QZX" not in said
    assert str(ProfileExport.objects.get().id) in said


def test_says_so_where_it_is_nobodys(manager, leaked):
    page = manager.post(TRACE, {"text": "ABCDEFGHIJKLMNOP-ABCDEFGH"}).content.decode()

    assert "It comes from no export of yours" in page


def test_needs_something_to_trace(manager):
    assert manager.post(TRACE, {"text": " "}).status_code == 422


def test_is_for_those_who_review_access(desk, lotus):
    assert desk.get(TRACE).status_code == 403
    auditor = house.signed_in(officer(lotus, "ada", "auditor"))
    assert auditor.post(TRACE, {"text": "x"}).status_code == 403


def test_stands_in_their_menu(manager):
    assert TRACE in manager.get("/admin/").content.decode()


@pytest.mark.req("P11")
def test_shows_nothing_that_cannot_be_recorded(manager, leaked, broken_log):
    broken_log.breaks()

    answer = manager.post(TRACE, {"text": leaked})

    assert answer.status_code == 503
    assert "rina" not in answer.content.decode()
