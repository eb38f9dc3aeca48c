"""Legal holds: nothing within them is destroyed, and nothing denied is allowed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from erasure import errors, selectors
from erasure.engine import closing
from erasure.errors import HoldError
from erasure.models import Case, Hold, Step
from erasure.services import deciding, holding, retaining
from erasure.services.holding import NewHold
from portal import people
from registry import ours
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects import shredding
from subjects.errors import SubjectHeldError, SubjectUnknownError
from tests.erasure.cases_world import EMAIL, OFFICER, SECOND, fates, opened, step, system
from tests.erasure.test_cases_deciding import policy
from tests.factories.company import OFFERS, company

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-14")]
TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=90)


@pytest.fixture
def lotus():
    found = company()
    policy(found, vault=False, approval=["platform"])
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


def hold(company, person=None, **said):
    new = NewHold(
        **{"matter": "M-7", "authority": "High Court of Delhi", "citation": "Order 7 of 2026",
           "review_on": SOON, "subject_id": person and person.id, **said}
    )  # fmt: skip
    return holding.set_hold(by=OFFICER, controller_id=company.id, new=new)


def standings(person):
    return {(one.state, one.scope) for one in subjects.standings(person)}


class TestSetting:
    def test_it_blocks_destruction_and_permits_nothing(self, lotus, asha):
        crm = system(lotus, "crm", holds=[EMAIL], by_category=True)
        hold(lotus, asha)

        found = selectors.case(lotus.id, opened(lotus, asha).id)

        assert set(fates(found.plan).values()) == {"keep"}
        assert step(found.plan, crm.id)["exempt"]
        assert standings(asha) == {("hold", ""), ("erasing", "")}
        assert {one.state for one in Step.objects.filter(case=found)} == {"exempt"}

    def test_one_of_a_category_holds_that_alone(self, lotus, asha):
        crm = system(lotus, "crm", holds=[EMAIL, "pd:Name"], by_category=True)
        hold(lotus, asha, scope_type="purpose", scope=OFFERS)

        told = step(selectors.case(lotus.id, opened(lotus, asha).id).plan, crm.id)

        assert told["categories"] == ["pd:Name"]
        assert [one["category"] for one in told["kept"]] == [EMAIL]
        assert told["kept"][0]["until"] == SOON.isoformat()

    def test_one_on_everybody_needs_no_person(self, lotus, asha):
        hold(lotus)

        assert set(fates(selectors.case(lotus.id, opened(lotus, asha).id).plan).values()) == {
            "keep"
        }

    def test_one_on_everybody_blocks_destruction_and_permits_no_marketing(self, lotus, asha):
        """Also of whoever comes after it was set; and it denies nothing by itself."""
        lotus.yes(asha)
        on_all = hold(lotus)
        later = lotus.person("later@example.in")
        case = selectors.case(lotus.id, opened(lotus, asha).id)

        assert {one["fate"] for one in case.plan["elements"]} <= {"keep"}
        assert subjects.held_among(lotus.id, [asha.id, later.id]) == {asha.id, later.id}
        assert shredding.shred(by=OFFICER, controller_id=lotus.id, ids=[asha.id]).gone == set()
        with pytest.raises(SubjectHeldError):
            subject_services.destroy_key(by=OFFICER, subject=later)
        assert subjects.held() == [(lotus.id, None)]  # one row, however many people there are
        assert standings(asha) == {("erasing", "")}  # which denies: the hold takes nothing from it
        assert standings(later) == set()

        holding.lift_hold(
            by=OFFICER, controller_id=lotus.id, hold_id=on_all.id, reason="The suit is over."
        )
        assert subjects.held_among(lotus.id, [asha.id]) == set()

    def test_what_waits_is_planned_anew(self, lotus, asha):
        system(lotus, "crm", holds=[EMAIL], by_category=True)
        found = opened(lotus, asha, trigger="platform")
        before = selectors.case(lotus.id, found.id).plan_sha256

        hold(lotus, asha)

        case = deciding.approve(by=SECOND, controller_id=lotus.id, case_id=found.id)
        assert case.plan_sha256 != before
        assert set(fates(case.plan).values()) == {"keep"}

    def test_what_runs_and_was_not_told_yet_is_taken_back(self, lotus, asha):
        crm, mailer = (system(lotus, code, holds=[EMAIL], by_category=True) for code in "ab")
        found = opened(lotus, asha)
        Step.objects.filter(case_id=found.id, system=mailer).update(
            state="sent", sent_at=datetime.now(UTC)
        )

        hold(lotus, asha)

        states = dict(Step.objects.filter(case_id=found.id).values_list("system_id", "state"))
        assert states[crm.id] == "exempt"
        assert states[mailer.id] == "sent"  # what was told cannot be taken back
        kept = Step.objects.get(case_id=found.id, system=crm).kept
        assert [one["citation"] for one in kept] == ["Order 7 of 2026"]

    @pytest.mark.parametrize(
        ("said", "error"),
        [
            ({"matter": " "}, HoldError),
            ({"authority": ""}, HoldError),
            ({"citation": ""}, HoldError),
            ({"review_on": TODAY}, HoldError),
            ({"review_on": TODAY + timedelta(days=900)}, HoldError),
            ({"scope_type": "purpose", "scope": "no.such"}, errors.CaseScopeError),
        ],
    )
    def test_one_without_matter_law_or_review_is_refused(self, lotus, asha, said, error):
        with pytest.raises(error):
            hold(lotus, asha, **said)

        assert not Hold.objects.exists()
        assert standings(asha) == set()

    @pytest.mark.req("P9")
    def test_another_companys_person_is_nobody(self, lotus):
        with pytest.raises(SubjectUnknownError):
            hold(lotus, company("tulip", name="Tulip").person())

    def test_it_is_only_reviewed_or_lifted(self, lotus, asha):
        found = hold(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            Hold.objects.filter(pk=found.pk).update(matter="another")
        with pytest.raises(DatabaseError), transaction.atomic():
            Hold.objects.filter(pk=found.pk).delete()


class TestLifting:
    def lift(self, company, found):
        return holding.lift_hold(
            by=OFFICER, controller_id=company.id, hold_id=found.id, reason="The matter is closed."
        )

    def test_the_standing_ends_with_the_last_hold(self, lotus, asha):
        first, second = hold(lotus, asha), hold(lotus, asha, matter="M-8")

        self.lift(lotus, first)
        assert ("hold", "") in standings(asha)
        self.lift(lotus, second)

        assert standings(asha) == set()
        with pytest.raises(errors.HoldUnknownError):
            self.lift(lotus, second)

    def test_what_it_kept_goes_after_it(self, lotus, asha):
        system(lotus, "crm", holds=[EMAIL], by_category=True)
        found = hold(lotus, asha)
        done = opened(lotus, asha)
        Case.objects.filter(pk=done.id).update(
            state="closed", closed_at=datetime.now(UTC), closed_by="engine"
        )
        assert retaining.revisit_due() == 0

        self.lift(lotus, found)
        assert retaining.revisit_due() == 1

        after = Case.objects.get(trigger_ref=f"after:{done.id}")
        assert "erase" in fates(after.plan).values()
        assert retaining.revisit_due() == 0

    def test_what_another_hold_keeps_stays(self, lotus, asha):
        found = hold(lotus, asha)
        hold(lotus, asha, matter="M-8")
        done = opened(lotus, asha)
        Case.objects.filter(pk=done.id).update(
            state="closed", closed_at=datetime.now(UTC), closed_by="engine"
        )

        self.lift(lotus, found)
        retaining.revisit_due()

        assert not Case.objects.filter(trigger_ref=f"after:{done.id}").exists()
        assert selectors.case(lotus.id, done.id).revisit_on == SOON


class TestTheEndOfTheCase:
    """Of whom everything was kept nothing was erased, and neither log nor portal may say so."""

    def closed(self, company, person):
        found = opened(company, person)
        assert closing.close([found.id]) == 1
        return found

    @pytest.mark.req("P7")
    def test_nobody_whose_data_are_all_held_is_called_erased(self, lotus, asha):
        ours.ensure(lotus.id)
        hold(lotus, asha)

        found = self.closed(lotus, asha)

        assert selectors.case(lotus.id, found.id).state == "closed"
        assert standings(asha) == {("hold", ""), ("erasing", "")}
        assert not people.is_erased(asha)

    def test_after_the_hold_the_following_case_does_erase(self, lotus, asha):
        ours.ensure(lotus.id)
        found = hold(lotus, asha)
        done = self.closed(lotus, asha)

        holding.lift_hold(by=OFFICER, controller_id=lotus.id, hold_id=found.id, reason="Over.")
        retaining.revisit_due()

        after = Case.objects.get(trigger_ref=f"after:{done.id}")
        Step.objects.filter(case=after).update(state="sent", sent_at=after.opened_at)
        Step.objects.filter(case=after).update(state="confirmed", confirmed_at=after.opened_at)
        Step.objects.filter(case=after).update(state="absent", ended_at=after.opened_at)
        closing.close([after.id])
        assert standings(asha) == {("erased", "")}


class TestReviews:
    def test_one_past_its_day_is_told(self, lotus, asha):
        found = hold(lotus, asha)
        Hold.objects.filter(pk=found.pk).update(review_on=TODAY - timedelta(days=1))

        assert list(holding.overdue_reviews([lotus.id])) == [found]
        assert retaining.warn() == 1

        holding.review_hold(by=OFFICER, controller_id=lotus.id, hold_id=found.id, review_on=SOON)
        assert retaining.warn() == 0
