"""The decision point honours a version's own moment, without a restart (CON-19, POL-09)."""

from datetime import UTC, datetime, timedelta

import pytest

from consent import services as consent
from policies.audiences import selectors
from policies.pdp.catalogue import NEVER, Catalogue, micros
from policies.pdp.catalogue import compiled as catalogue
from tests.factories.company import APPROVER, AUTHOR, OFFERS, company, content
from tests.patience import wait_until
from tests.policies.test_audiences_job import made

pytestmark = pytest.mark.req("CON-19")


def begins_later(lotus, begins, **changes):
    version = lotus.drafts(OFFERS, **changes)
    return consent.approve_purpose(by=APPROVER, version=version, effective_from=begins)


def passed(moment):
    wait_until(lambda: datetime.now(UTC) > moment + timedelta(milliseconds=50))


def code(answer):
    return answer["context"]["reason_code"]


def test_a_material_purpose_version_counts_from_its_moment_on(lotus, asha, ask):
    begins = datetime.now(UTC) + timedelta(seconds=6)
    begins_later(lotus, begins, recipients=("agency",))

    early = ask(lotus, asha)
    passed(begins)
    late = ask(lotus, asha)

    assert early["decision"] is True
    assert datetime.fromisoformat(early["context"]["valid_until"]) <= begins
    assert code(late) == "RECONSENT_REQUIRED"


def test_a_material_notice_version_too(lotus, asha, ask):
    begins = datetime.now(UTC) + timedelta(seconds=6)
    draft = consent.draft_notice(
        by=AUTHOR, controller_id=lotus.id, code="web", pack="IN",
        purposes=[lotus.versions[OFFERS]], translations={"en": content("Something else entirely.")},
    )  # fmt: skip
    consent.publish_notice(by=APPROVER, version=draft, effective_from=begins)

    early = ask(lotus, asha)
    passed(begins)

    assert early["decision"] is True
    assert code(ask(lotus, asha)) == "RECONSENT_REQUIRED"


def test_what_was_taken_back_never_counts(lotus, asha, ask):
    begins = datetime.now(UTC) + timedelta(seconds=6)
    version = begins_later(lotus, begins, recipients=("agency",))
    assert ask(lotus, asha)["decision"] is True

    consent.take_back_purpose(by=APPROVER, version=version)
    passed(begins)

    assert ask(lotus, asha)["decision"] is True


def test_it_shortens_the_permits_of_its_own_company_alone(lotus, asha, ask):
    other = company("other", name="Other")
    begins = datetime.now(UTC) + timedelta(hours=1)
    begins_later(lotus, begins)

    callers = {one.controller_id: one for one in catalogue().callers.values()}

    assert callers[lotus.id].lasting(micros(begins) - 5_000_001, 60) == 5
    assert callers[lotus.id].lasting(micros(begins) - 90_000_000, 60) == 60
    assert callers[other.id].lasting(micros(begins) - 5_000_001, 60) == 60
    assert callers[other.id].words.next == NEVER
    assert catalogue().until == micros(begins)


@pytest.mark.req("P2")
def test_an_audience_made_before_it_is_judged_anew_after_it(lotus, asha, monkeypatch):
    monkeypatch.setattr(selectors, "LONGEST_TRANSACTION", timedelta())  # her yes came before
    begins = datetime.now(UTC) + timedelta(seconds=8)
    begins_later(lotus, begins, recipients=("agency",))
    audience = made(lotus)
    before = selectors.ended_since(audience)
    assert datetime.now(UTC) < begins

    passed(begins)

    assert before == set()
    assert selectors.ended_since(audience) == {asha.id.bytes}


@pytest.mark.parametrize(
    ("stamp", "now", "is_in_force"), [(7, 9, True), (7, 10, False), (8, 9, False), (6, 9, False)]
)
def test_a_catalogue_holds_until_a_version_in_it_begins(stamp, now, is_in_force):
    assert Catalogue(7, until=10).is_in_force(stamp, now) is is_in_force
