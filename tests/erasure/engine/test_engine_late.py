"""The late look: once more, at a random time, after everything was closed (ERA-10)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from erasure import policies
from erasure.engine import late
from erasure.models import Case, Certificate, Policy, Step
from tests.erasure.engine.world import marks, work_on


@pytest.fixture
def closed(office, asha):
    office.system("crm")
    case = office.began(asha, "crm")
    work_on()
    return case


def come(case):
    """The time of the late looks of a case."""
    Step.objects.filter(case=case).update(late_at=timezone.now() - timedelta(seconds=1))
    return late.fall_due(timezone.now())


def days_until(step):
    return (step.late_at - step.ended_at).total_seconds() / 86400


class TestWhen:
    def test_it_is_at_random_within_the_days_that_the_policy_says(self, office):
        office.system("crm")
        content = policies.Terms(late_look_days=(40, 60)).as_content()
        policy = Policy.objects.create(
            controller_id=office.company.id, number=1, content=content, created_by="author"
        )
        people = [office.company.person(f"p{n}@people.example") for n in range(12)]
        cases = [office.began(one, "crm", policy=policy) for one in people]

        work_on()

        days = [days_until(office.step(case, "crm")) for case in cases]
        assert 40 <= min(days) < max(days) <= 60
        assert len({round(one, 4) for one in days}) == 12

    def test_without_a_policy_it_is_within_a_month(self, office, closed):
        assert 7 <= days_until(office.step(closed, "crm")) <= 30

    def test_it_does_not_come_before_its_time(self, closed):
        assert late.fall_due(timezone.now()) == 0


class TestFinding:
    @pytest.mark.req("ERA-10")
    def test_what_is_still_gone_ends_it_and_the_cases_key_is_destroyed(self, office, closed):
        assert come(closed) == 1
        work_on()

        step = office.step(closed, "crm")
        assert (step.late_finding, step.late_at, step.state) == ("absent", None, "absent")
        assert marks(step)[-1] == ("late", 1)
        assert late.forget_seen() == 1
        assert Case.objects.get(pk=closed.pk).sealed is None

    def test_the_key_stays_while_something_is_to_be_looked_at(self, closed):
        assert late.forget_seen() == 0
        assert Case.objects.get(pk=closed.pk).sealed is not None

    @pytest.mark.req("ERA-10")
    def test_what_came_back_reopens_the_case_and_is_certified_anew(self, office, asha, closed):
        office.cabinets["crm"].put(asha.id)

        come(closed)
        work_on(rounds=2)
        step = office.step(closed, "crm")
        assert (step.state, step.round, step.late_finding) == ("planned", 2, "present")
        assert Case.objects.get(pk=closed.pk).state == "running"
        Step.objects.filter(pk=step.pk).update(next_at=timezone.now())
        work_on()

        assert Case.objects.get(pk=closed.pk).state == "closed"
        assert office.cabinets["crm"].left == set()
        assert Certificate.objects.filter(case=closed).count() == 2

    def test_one_that_cannot_be_had_is_tried_again_and_given_up_as_unsure(self, office, closed):
        office.cabinets["crm"].mood(found="unsure")
        come(closed)

        for _ in range(8):
            Step.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
            work_on()

        step = office.step(closed, "crm")
        assert (step.state, step.late_finding, step.next_at) == ("absent", "unsure", None)
