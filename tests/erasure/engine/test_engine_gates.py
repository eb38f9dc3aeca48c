"""What holds calls back, what is told again, and what needs no call at all."""

import pytest
from django.db import connection

from erasure.engine import driving
from erasure.models import Gate, Step
from tests.erasure.engine.world import alarms_of, hasten, marks, soon, work_on
from work import services as work


class TestGates:
    def test_a_system_that_is_away_rests_longer_each_time_and_keeps_its_steps(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(error="unreachable")

        work_on()

        gate = Gate.objects.get(system=office.systems["crm"])
        assert (gate.failures, gate.trouble) == (1, "unreachable")
        assert gate.rests_until_at is not None
        assert office.step(case, "crm").state == "sent"

    def test_a_system_that_cannot_be_opened_loses_no_try(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(closed="credentials_refused")

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.attempts) == ("planned", 0)
        assert alarms_of(office) == {"erasure_stuck"}

    def test_no_more_calls_are_made_than_the_budget_allows(self, office):
        office.system("crm", batch=1, per_minute=12)
        people = [office.company.person(f"p{n}@people.example") for n in range(6)]
        for one in people:
            office.began(one, "crm")

        work_on()

        assert len(office.cabinets["crm"].journal("call")) == 2
        assert Gate.objects.get(system=office.systems["crm"]).rests_until_at is not None

    def test_calls_run_side_by_side_each_through_a_connector_of_its_own(self, office):
        office.system("crm", batch=1)
        people = [office.company.person(f"p{n}@people.example") for n in range(9)]
        cases = [office.began(one, "crm") for one in people]
        office.cabinets["crm"].mood(seconds=0.05)

        work_on()

        steps = [office.step(case, "crm") for case in cases]
        assert {(step.state, step.attempts) for step in steps} == {("absent", 1)}

    @pytest.mark.parametrize(("waits", "called"), [(False, 4), (True, 1)])
    def test_a_long_round_makes_way_for_what_waits(self, office, monkeypatch, waits, called):
        monkeypatch.setattr(driving, "TURN_SECONDS", 0.0)
        monkeypatch.setattr(driving, "CONNECTIONS", 1)
        office.system("crm", batch=1, honours_key=True), office.system("mail")
        for n in range(4):
            office.began(office.company.person(f"p{n}@people.example"), "crm")
        (round_,) = work.claim(worker="first", due_by=soon())
        if waits:
            office.began(office.company.person("late@people.example"), "mail")

        work.run(round_)

        assert len(office.cabinets["crm"].journal("call")) == called
        work_on()
        assert set(Step.objects.values_list("state", flat=True)) == {"absent"}

    def test_a_fault_of_a_connector_stops_no_other_system(self, office, asha):
        office.system("crm"), office.system("mail")
        case = office.began(asha, "crm", "mail")
        office.cabinets["crm"].mood(breaks=True)

        work_on()

        assert office.step(case, "crm").code == "connector_fault"
        assert office.step(case, "mail").state == "absent"


class TestRepeats:
    @pytest.mark.req("ERA-08")
    @pytest.mark.parametrize(("honours", "effects", "reported"), [(True, 1, 0), (False, 2, 1)])
    def test_a_call_that_broke_off_is_repeated_under_its_key(
        self, office, asha, honours, effects, reported
    ):
        office.system("crm", honours_key=honours)
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(drops=True)
        work_on()
        office.cabinets["crm"].mood()
        Gate.objects.update(rests_until_at=None)
        hasten(office.step(case, "crm"))

        work_on()

        step = office.step(case, "crm")
        assert step.state == "absent"
        assert len(office.cabinets["crm"].journal()) == effects
        assert step.possible_repeats == reported

    @pytest.mark.req("ERA-08")
    def test_a_call_that_never_arrived_is_no_repeat(self, office, asha):
        office.system("crm", honours_key=False)
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(error="unreachable", reached=False)
        work_on()
        assert office.step(case, "crm").state == "planned"
        office.cabinets["crm"].mood()
        Gate.objects.update(rests_until_at=None)
        hasten(office.step(case, "crm"))

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.attempts, step.possible_repeats) == ("absent", 2, 0)


class TestHere:
    """Systems whose effects stand in our own database."""

    def test_effect_and_record_are_one(self, office, asha, people):
        office.system("own", kind="filing-local")
        people(asha)
        case = office.began(asha, "own")

        work_on()

        step = office.step(case, "own")
        assert step.state == "absent"
        assert marks(step) == [("confirmed", 1), ("absent", 1)]
        assert effects() == [step.id]

    def test_one_persons_fault_stops_nobody_else(self, office, asha, people):
        office.system("own", kind="filing-local")
        ben = office.company.person("ben@people.example")
        people(asha, is_poison=True), people(ben)
        cases = [office.began(one, "own") for one in (asha, ben)]

        work_on()

        steps = [office.step(case, "own") for case in cases]
        assert [step.state for step in steps] == ["sent", "absent"]
        assert effects() == [steps[1].id]


def effects():
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM filing_effect")
        return [row[0] for row in cursor.fetchall()]
