"""The law of another day beside a recorded decision: for those who may, and to compare alone."""

import pytest

from audit.models import EntryIndex
from tests.desk import house
from tests.desk.decisions.test_explorer import text
from tests.factories.decisions import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-13")]


@pytest.fixture
def page(lotus):
    """The page of a denial for a withdrawn consent in India."""
    made = recorded(lotus.id, lotus.rows["ServiceClient"], lotus.person, given=False)
    return f"/admin/decisions/{made}/"


@pytest.fixture
def officer(lotus):
    return house.signed_in(house.officer(lotus, "meera", "privacy_officer"))


def test_the_answer_differs_before_and_after_the_act_begins(officer, page):
    before = text(officer.get(page, {"as_of": "2027-05-12"}))
    after = text(officer.get(page, {"as_of": "2027-05-13"}))

    assert "PERMIT_NOT_IN_FORCE" in before
    assert "PERMIT_NOT_IN_FORCE" not in after
    assert before.count("CONSENT_WITHDRAWN") < after.count("CONSENT_WITHDRAWN")


def test_the_recorded_answer_stays_what_it_was(officer, page):
    shown = officer.get(page, {"as_of": "2027-05-12"})

    assert shown.context["found"].outcome == "deny"
    assert shown.context["simulated"].is_permit


def test_it_is_for_those_who_approve_purposes(lotus, page):
    auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

    assert auditor.get(page, {"as_of": "2027-05-12"}).status_code == 403
    plain = auditor.get(page)
    assert (plain.status_code, "another-day" in plain.content.decode()) == (200, False)


def test_what_is_no_day_is_not_there(officer, page):
    assert officer.get(page, {"as_of": "soon"}).status_code == 404


def test_the_look_is_recorded(officer, page):
    before = EntryIndex.objects.filter(target_type="decision").count()

    officer.get(page, {"as_of": "2027-05-12"})

    assert EntryIndex.objects.filter(target_type="decision").count() == before + 1
