"""The questions of officers' pages about cases and clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from erasure.models import Case, CaseState, Certificate, Step, StepState
from erasure.selectors import UNDER_WAY

UNDECIDED: Final = (CaseState.REVIEW, CaseState.APPROVAL)


@dataclass(frozen=True, slots=True)
class Figures:
    """The erasures of a controller in four numbers. `failed` steps wait for an officer."""

    running: int
    overdue: int
    this_week: int
    failed: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """How many cases under way are due by when; each is counted once."""

    overdue: int
    three_days: int
    week: int
    later: int

    @property
    def total(self) -> int:
        return self.overdue + self.three_days + self.week + self.later


def case_at(controller_ids: Collection[UUID], case_id: UUID) -> Case | None:
    """A case of one of these controllers."""
    rows = Case.objects.filter(controller__in=controller_ids, pk=case_id)
    return rows.select_related("policy", "controller").first()


def steps_of(case: Case) -> list[Step]:
    """The steps of a case, in the order they were planned."""
    rows = Step.objects.filter(controller=case.controller_id, case=case)
    return list(rows.select_related("system", "party").order_by("id"))


def certificates_of(case: Case) -> QuerySet[Certificate]:
    """The certificates of a case, the last word first."""
    return Certificate.objects.filter(controller=case.controller_id, case=case).order_by("-number")


def clocks(controller_id: UUID, now: datetime) -> Clocks:
    """The clocks that run at a controller."""
    three, week = now + timedelta(days=3), now + timedelta(days=7)
    found = Case.objects.filter(controller=controller_id, state__in=UNDER_WAY).aggregate(
        overdue=Count("id", filter=Q(due_at__lte=now)),
        three_days=Count("id", filter=Q(due_at__gt=now, due_at__lte=three)),
        week=Count("id", filter=Q(due_at__gt=three, due_at__lte=week)),
        later=Count("id", filter=Q(due_at__gt=week)),
    )
    return Clocks(**found)


def figures(controller_id: UUID, now: datetime) -> Figures:
    """What the first page says. Two queries, over what is under way alone."""
    found = clocks(controller_id, now)
    failed = Step.objects.filter(controller=controller_id, state=StepState.FAILED).count()
    return Figures(found.total, found.overdue, found.three_days + found.week, failed)


def undecided(controller_id: UUID, limit: int) -> list[Case]:
    """The cases that wait for a decision, the most urgent first."""
    rows = Case.objects.filter(controller=controller_id, state__in=UNDECIDED)
    return list(rows.order_by("due_at", "id")[:limit])
