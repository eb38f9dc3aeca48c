"""One test for each cause by which data must go (ERA-01)."""

from datetime import UTC, datetime, timedelta

import pytest

from consent import services as consent
from consent.models import Purpose
from erasure import selectors
from erasure.models import Case
from erasure.services import causes
from subjects import selectors as subjects
from tests.erasure.cases_world import OFFICER, SECOND, opened
from tests.erasure.test_cases_deciding import policy
from tests.factories.company import OFFERS, company

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-01")]


@pytest.fixture
def lotus():
    found = company()
    policy(found, vault=False)
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


def look():
    return causes.look(since=datetime.now(UTC) - timedelta(hours=1))


def only(person):
    return Case.objects.get(subject=person)


class TestFromElsewhere:
    def test_a_withdrawal(self, lotus, asha):
        lotus.yes(asha)
        event = lotus.withdraws(asha)

        assert look() == 1

        case = only(asha)
        assert (case.trigger, case.trigger_ref) == ("withdrawal", str(event.id))
        assert (case.scope_type, case.scope) == ("purpose", OFFERS)
        assert [(one.state, one.scope) for one in subjects.standings(asha)] == [("erasing", OFFERS)]
        assert look() == 0

    def test_a_withdrawal_that_was_given_again_opens_none(self, lotus, asha):
        lotus.yes(asha)
        lotus.withdraws(asha)
        lotus.yes(asha)

        assert look() == 0

    def test_the_end_of_a_purpose(self, lotus, asha):
        lotus.yes(asha)
        other = lotus.person("ravi@example.in")
        lotus.yes(other)
        purpose = Purpose.objects.get(controller_id=lotus.id, code=OFFERS)
        consent.close_purpose(by=OFFICER, purpose=purpose)

        assert look() == 2

        assert {only(one).trigger for one in (asha, other)} == {"purpose_end"}

    @pytest.mark.parametrize(
        ("reason", "count"),
        [("purpose_ended", 1), ("relation_ended", 1), ("safety", 0), ("authority", 0)],
    )
    def test_a_use_that_is_over_for_one_person(self, lotus, asha, reason, count):
        lotus.yes(asha)
        lotus.yes(lotus.person("ravi@example.in"))
        consent.revoke(
            by=OFFICER, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS, reason=reason
        )

        assert look() == count

        found = Case.objects.values_list("subject_id", "trigger", "scope")
        assert list(found) == [(asha.id, "purpose_end", OFFERS)] * count
        assert look() == 0

    def test_a_use_that_began_again_is_not_over(self, lotus, asha):
        lotus.yes(asha)
        consent.revoke(
            by=OFFICER, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS,
            reason="purpose_ended",
        )  # fmt: skip
        lotus.yes(asha)

        assert look() == 0

    def test_an_objection_that_was_upheld(self, lotus):
        anna = lotus.person("anna@example.de", residence="DE")
        objection = consent.object_to(
            by=OFFICER, controller_id=lotus.id, subject_id=anna.id, kind="particular_situation",
            purpose=OFFERS,
        )  # fmt: skip
        assert look() == 0
        consent.decide_objection(
            by=SECOND, objection=objection, state="upheld", grounds="No compelling grounds."
        )

        assert look() == 1

        assert (only(anna).trigger, only(anna).scope) == ("objection", OFFERS)

    def test_data_collected_from_a_child(self, lotus, asha):
        lotus.yes(asha)
        consent.invalidate(
            by=OFFICER, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS,
            reason="under_age",
        )  # fmt: skip

        assert look() == 1

        assert only(asha).trigger == "child_service"

    @pytest.mark.req("ERA-17")
    def test_a_restriction_and_its_end_travel_as_well(self, lotus, asha):
        restriction = consent.restrict(
            by=OFFICER, controller_id=lotus.id, subject_id=asha.id, ground="accuracy"
        )

        assert look() == 1
        assert only(asha).verb == "restrict"
        assert [one.state for one in subjects.standings(asha)] == ["restricted"]

        consent.take_back_restriction(
            by=OFFICER, controller_id=lotus.id, subject_id=asha.id, restriction_id=restriction.id
        )
        assert look() == 1
        assert set(Case.objects.values_list("verb", flat=True)) == {"restrict", "lift"}
        assert not subjects.standings(asha).exists()


class TestSaidHere:
    @pytest.mark.parametrize(
        "trigger", ["request", "unlawful", "legal_duty", "platform", "retention", "inactivity"]
    )
    def test_a_case_is_opened_for_each(self, lotus, asha, trigger):
        found = opened(lotus, asha, trigger=trigger)

        case = selectors.case(lotus.id, found.id)
        assert (case.trigger, case.state) == (trigger, "running")
        assert [one.state for one in subjects.standings(asha)] == ["erasing"]


class TestOnlyUnderAPolicy:
    def test_without_an_approved_policy_nothing_is_erased_by_itself(self):
        mango = company("mango", name="Mango")
        person = mango.person()
        mango.yes(person)
        mango.withdraws(person)

        assert look() == 0

    def test_a_policy_may_leave_a_trigger_to_officers(self, lotus, asha):
        policy(lotus, automatic=["purpose_end"])
        lotus.yes(asha)
        lotus.withdraws(asha)

        assert look() == 0

    def test_who_is_erased_already_is_passed_over(self, lotus, asha):
        lotus.yes(asha)
        lotus.withdraws(asha)
        lotus.stands(asha, "erased")

        assert look() == 0


class TestPages:
    def test_everybody_of_a_closed_purpose_is_reached(self, lotus, monkeypatch):
        monkeypatch.setattr(causes, "AT_ONCE", 2)
        people = [lotus.person(f"p{number}@example.in") for number in range(5)]
        for one in people:
            lotus.yes(one)
        purpose = Purpose.objects.get(controller_id=lotus.id, code=OFFERS)
        consent.close_purpose(by=OFFICER, purpose=purpose)

        assert look() == 5
