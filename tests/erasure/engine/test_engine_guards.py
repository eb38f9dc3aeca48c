"""What the database itself refuses of steps and marks, whoever asks."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from erasure.models import Mark, Step
from tests.erasure.engine.world import work_on
from tests.factories.company import company

AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def step(office, asha):
    office.system("crm")
    return office.step(office.began(asha, "crm"), "crm")


@pytest.fixture
def ended(step):
    work_on()
    step.refresh_from_db()
    return step


def refused(step, **change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(**change)
    return True


class TestSteps:
    def test_what_has_ended_does_not_begin_again_in_its_round(self, ended):
        assert ended.state == "absent"
        assert refused(ended, state="planned", ended_at=None)
        assert refused(ended, ended_at=AT)

    def test_another_round_begins_planned_and_the_one_after_this(self, ended):
        fresh = {"ended_at": None, "attempts": 0}
        assert refused(ended, state="sent", round=2, **fresh)
        assert refused(ended, state="planned", round=3, **fresh)
        assert Step.objects.filter(pk=ended.pk).update(state="planned", round=2, **fresh) == 1

    @pytest.mark.parametrize("state", ["absent", "excepted", "exempt"])
    def test_no_step_ends_without_the_time_of_it(self, step, state):
        assert refused(step, state=state)

    def test_an_exception_needs_a_name_and_a_reason(self, step):
        assert refused(step, state="excepted", ended_at=AT)

    def test_tries_and_possible_repeats_only_grow(self, ended):
        assert refused(ended, attempts=0)
        Step.objects.filter(pk=ended.pk).update(possible_repeats=2)
        assert refused(ended, possible_repeats=1)

    def test_whom_and_what_a_step_is_about_stays(self, step, office):
        assert refused(step, verb="correct")
        assert refused(step, subject_id=office.company.person("b@people.example").id)

    def test_what_was_told_is_not_narrowed_afterwards(self, ended):
        assert refused(ended, kept=[{"category": "x"}])
        assert refused(ended, categories=["pd:EmailAddress"])

    def test_a_step_is_never_deleted(self, step):
        with pytest.raises(DatabaseError), transaction.atomic():
            Step.objects.filter(pk=step.pk).delete()

    def test_a_person_of_another_company_is_refused(self, step, office):
        other = company("tulip").person("c@people.example")
        with pytest.raises(DatabaseError), transaction.atomic():
            Step.objects.create(
                controller_id=step.controller_id, case=step.case, subject_id=other.id,
                system=office.system("mail"), verb="erase",
            )  # fmt: skip


class TestMarks:
    def test_a_mark_is_neither_changed_nor_deleted(self, ended):
        for act in (lambda rows: rows.update(code="x"), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act(Mark.objects.filter(step=ended))

    def test_an_effect_is_recorded_once_a_round(self, ended):
        one = Mark.objects.filter(step=ended, kind="absent").get()
        with pytest.raises(DatabaseError), transaction.atomic():
            Mark.objects.create(
                controller_id=one.controller_id, step=ended, round=one.round, kind="absent",
                attempt=one.attempt, at=AT,
            )  # fmt: skip
