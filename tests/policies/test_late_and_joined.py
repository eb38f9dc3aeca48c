"""What the decision point says once a choice came late, or two records became one."""

from datetime import UTC, datetime, timedelta

import pytest

from consent import services as consent
from consent.transitions import State
from policies.audiences import selectors
from policies.audiences import services as audiences
from policies.pdp.model import Question
from tests.factories.company import APPROVER, OFFERS
from work.services import run_available

GUEST = "guest@example.in"


def ago(hours):
    return datetime.now(UTC) - timedelta(hours=hours)


def code(made):
    return made["context"]["reason_code"]


@pytest.fixture
def guest(lotus):
    return lotus.person(GUEST)


@pytest.fixture
def joined(lotus, asha, guest):
    def run():
        return consent.merge(
            by=APPROVER, controller_id=lotus.id, kept_id=asha.id, absorbed_id=guest.id,
            reason="duplicate",
        )  # fmt: skip

    return run


@pytest.mark.req("CON-30", "P2")
class TestLate:
    def test_a_no_that_comes_late_denies_the_next_check(self, lotus, ask):
        person = lotus.person()
        lotus.yes(person, event_at=ago(5))
        assert ask(lotus, person)["decision"]

        lotus.records(person, State.REFUSED, event_at=ago(3))

        assert code(ask(lotus, person)) == "CONSENT_WITHDRAWN"

    def test_a_yes_that_comes_late_permits_nothing_after_a_no(self, lotus, ask):
        person = lotus.person()
        lotus.records(person, State.REFUSED, event_at=ago(3))

        lotus.yes(person, event_at=ago(5))

        assert not ask(lotus, person)["decision"]


@pytest.mark.req("CON-31")
class TestJoined:
    def test_given_and_withdrawn_are_withdrawn_for_both_at_once(
        self, lotus, asha, guest, joined, ask
    ):
        lotus.yes(guest)
        lotus.withdraws(guest)
        assert ask(lotus, asha)["decision"]

        joined()

        assert code(ask(lotus, asha)) == "CONSENT_WITHDRAWN"
        assert code(ask(lotus, lotus.by_email(GUEST))) == "CONSENT_WITHDRAWN"

    def test_one_answer_is_found_by_every_identifier(self, lotus, asha, guest, joined, ask):
        joined()

        assert ask(lotus, lotus.by_email(GUEST))["decision"]

    def test_nothing_is_permitted_about_the_other_record(self, lotus, asha, guest, joined, ask):
        lotus.yes(guest)
        assert ask(lotus, guest)["decision"]

        joined()

        assert not ask(lotus, guest)["decision"]

    def test_parted_each_has_its_own_answer_at_once(self, lotus, asha, guest, joined, ask):
        lotus.yes(guest)
        lotus.withdraws(guest)
        found = joined()

        consent.split(by=APPROVER, controller_id=lotus.id, merge_id=found.id, reason="mistake")

        assert ask(lotus, asha)["decision"]
        assert code(ask(lotus, guest)) == "CONSENT_WITHDRAWN"
        assert code(ask(lotus, lotus.by_email(GUEST))) == "CONSENT_WITHDRAWN"


@pytest.mark.req("CON-12")
def test_what_an_officer_found_invalid_is_denied_with_every_order_on_it(lotus, asha, ask):
    lotus.promises(asha, "order-1", days_ago=0)
    consent.invalidate(
        by=APPROVER, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS, reason="not_free"
    )

    assert code(ask(lotus, asha)) == "CONSENT_INVALID"
    assert code(ask(lotus, asha, commitment="order-1")) == "CONSENT_INVALID"


@pytest.mark.req("CON-10")
def test_ticking_more_than_a_purpose_needs_widens_nothing(lotus, ask):
    person = lotus.person()
    lotus.yes(person, categories=("pd:EmailAddress", "pd:Contact"))

    assert ask(lotus, person, data=["pd:EmailAddress"])["decision"]
    assert code(ask(lotus, person, data=["pd:Contact"])) == "DATA_NOT_NECESSARY"


@pytest.mark.req("CON-13")
def test_what_an_operator_took_down_permits(lotus, ask):
    person = lotus.person()
    lotus.yes(person, given_by="operator", method="phone", evidence={"operator": "op-4"})

    assert ask(lotus, person)["decision"]


@pytest.mark.req("CON-31", "POL-19")
@pytest.mark.parametrize("is_listed", [True, False])
def test_an_audience_holds_the_record_that_is_used_and_not_the_other(
    lotus, asha, guest, joined, is_listed
):
    lotus.yes(guest)
    joined()
    ids = frozenset({asha.id.bytes, guest.id.bytes})
    question = Question(purpose=OFFERS, caller="mailer", caller_type="service", campaign="spring")

    audience = audiences.request(
        by=APPROVER, controller_id=lotus.id, service_id=lotus.service.id, question=question,
        **({"people": audiences.Named(ids, 0)} if is_listed else {}),
    )  # fmt: skip
    run_available(worker="test")

    audience.refresh_from_db()
    permitted = {raw for one in selectors.permits(audience, set()) for raw in one.ids}
    assert permitted == {asha.id.bytes}
    assert audience.decided == audience.total == 2
