"""A process killed at every named place, at its first, second and third passing (P7)."""

from dataclasses import replace

import pytest
from django.db import connection

from erasure.engine.lanes import KIND
from tests.erasure.engine.disturbed import died, expire_leases, faults, go_on, recorded
from tests.erasure.engine.world import work_on
from work import crash, handlers
from work import services as work

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

PEOPLE = 9


@pytest.fixture
def cases(office, people):
    """Nine people in three systems: one honours our keys, one does not, and one is our own."""
    office.system("crm", batch=1, honours_key=True)
    office.system("mail", batch=1, honours_key=False)
    office.system("own", kind="filing-local", batch=4)
    office.cabinets["crm"].honours, office.cabinets["mail"].honours = True, False
    folk = [office.company.person(f"p{n}@people.example") for n in range(PEOPLE)]
    people(*folk)
    for cabinet in office.cabinets.values():
        cabinet.put(*[one.id for one in folk])
    last = office.planned("own", after=["crm", "mail"])
    return [office.case(one, "crm", "mail", last) for one in folk]


@pytest.mark.req("ERA-08")
@pytest.mark.parametrize("wish", [(1, 1, 1), (2,)], ids=["thrice-in-a-row", "second-passing"])
@pytest.mark.parametrize("place", crash.POINTS)
def test_killed_there_nothing_is_lost_and_nothing_recorded_twice(office, cases, place, wish):
    office.cabinets["crm"].mood(**asked_for_its_state(place))

    def task():
        for case in cases:
            office.start(case)
        work_on()

    for passing in wish:
        assert died(f"{place}:{passing}", task), f"{place} is not passed {passing} times"
        expire_leases()
    office.start(*cases)
    go_on()
    assert faults(office, cases) == []
    assert effects_here() == {step_of(case, office): 1 for case in cases}


def asked_for_its_state(place):
    """The place behind such a question is passed only where a system takes its time."""
    return {"act": "accepted", "wait": 0.01} if place == "erasure.asked" else {}


def step_of(case, office):
    return office.step(case, "own").id


def effects_here():
    with connection.cursor() as cursor:
        cursor.execute("SELECT step, count(*) FROM filing_effect GROUP BY step")
        return dict(cursor.fetchall())


class TestFencing:
    def test_a_worker_that_was_away_too_long_calls_nobody_and_records_nothing(self, office, cases):
        office.start(*cases)
        stalled = next(job for job in work.claim(worker="stalled", limit=9) if job.kind == KIND)
        go_on()
        calls = {code: one.journal("call") for code, one in office.cabinets.items()}

        work.run(stalled)

        assert {code: one.journal("call") for code, one in office.cabinets.items()} == calls
        assert faults(office, cases) == []

    def test_answers_that_come_without_the_lease_are_not_recorded(self, office, cases, monkeypatch):
        office.start(*cases)
        crm = str(office.systems["crm"].id)
        claimed = work.claim(worker="stalled", limit=9)
        stalled = next(job for job in claimed if job.payload.get("system") == crm)
        known = handlers.handler_for(KIND)
        answers = known.perform(stalled)
        go_on()
        before = recorded(cases)

        monkeypatch.setitem(handlers._handlers, KIND, replace(known, perform=lambda _: answers))
        work.run(stalled)

        assert len(answers.changes) == PEOPLE
        assert recorded(cases) == before
        assert faults(office, cases) == []
