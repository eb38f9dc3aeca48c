"""Whom somebody is to erase by hand, for the few hours in which their link is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from audit import services as audit
from audit.actors import Actor, Target
from erasure import sealing
from erasure.models import Duty, Errand, Marked, ShownEvidence, Step, StepState
from subjects import services as subject_services

__all__ = [
    "Task", "asked", "errand", "errands", "tasks", "to_look_at", "undecided", "waiting",
]  # fmt: skip

AT_ONCE = 50
"""People on one page, the longest waiting first; whoever is done makes room for the next."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done about one person."""

    step_id: UUID
    verb: str
    asked_at: datetime | None
    identifiers: Mapping[str, tuple[str, ...]] = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    categories: tuple[str, ...] = ()
    kept: tuple[Mapping[str, str], ...] = ()
    is_informed: bool = False
    places: tuple[str, ...] = field(default=(), repr=False)


def errand(errand_id: UUID, at: datetime) -> Errand | None:
    """An opened link, while it lasts."""
    rows = Errand.objects.select_related("system", "party", "controller")
    return rows.filter(pk=errand_id, ends_at__gt=at).first()


def undecided(step: str = "pk") -> Exists:
    """Whether something was shown for a step that waits for another person's look."""
    return Exists(ShownEvidence.objects.filter(step_id=OuterRef(step), decided_at=None))


def waiting(controller_id: UUID, system_id: UUID) -> QuerySet[Step]:
    """Steps of which somebody was told, and has shown nothing; the longest waiting first."""
    states = (StepState.SENT, StepState.ACCEPTED, StepState.CONFIRMED)
    rows = Step.objects.filter(
        ~undecided(), controller_id=controller_id, system_id=system_id, state__in=states,
        ended_at=None,
    )  # fmt: skip
    return rows.order_by("sent_at", "id")


def asked(controller_id: UUID, system_id: UUID) -> QuerySet[Step]:
    """As `waiting`, with how often (`reminders`) and when (`reminded_at`) they were asked again."""
    again = Q(marks__kind=Marked.REMINDED, marks__round=F("round"))
    return waiting(controller_id, system_id).annotate(
        reminders=Count("marks", filter=again), reminded_at=Max("marks__at", filter=again)
    )


def errands(controller_id: UUID, system_id: UUID) -> QuerySet[Errand]:
    """The links of a system that were opened, the last one first."""
    return Errand.objects.filter(controller_id=controller_id, system_id=system_id).order_by("-id")


def to_look_at(controller_id: UUID, system_id: UUID) -> QuerySet[ShownEvidence]:
    """What was shown for a system and waits for another person, the longest waiting first."""
    rows = ShownEvidence.objects.filter(controller_id=controller_id, step__system_id=system_id)
    return rows.filter(decided_at=None).select_related("step").order_by("id")


def _listed(opened: Errand) -> QuerySet[Step]:
    """Of a system, who waits; of a party, of whom it was told while its link lasts."""
    if opened.system_id is not None:
        return waiting(opened.controller_id, opened.system_id)
    rows = Step.objects.filter(
        ~undecided(), controller_id=opened.controller_id, party=opened.party,
        case__wrapped_key__isnull=False,
    )  # fmt: skip
    informed = Q(state=StepState.CONFIRMED, next_at__isnull=False)
    return rows.filter(informed | Q(state=StepState.ACCEPTED)).order_by("sent_at", "id")


def count(opened: Errand) -> int:
    """How many people wait there, or were told of."""
    return _listed(opened).count()


@transaction.atomic
def tasks(opened: Errand) -> list[Task]:
    """The first who wait, by name; shown once it is on record that they were (P11)."""
    steps = list(_listed(opened)[:AT_ONCE])
    people = subject_services.locked_refs(opened.controller_id, [one.subject_id for one in steps])
    kept = sealing.opened({one.case_id for one in steps})
    for one in steps:
        audit.record(
            event="identifier:revealed", by=Actor.system(f"errand:{opened.id}"),
            controller_id=opened.controller_id, target=Target("step", str(one.id)),
            subject=people.get(one.subject_id),
        )  # fmt: skip
    return [_task(one, kept.get(one.case_id)) for one in steps]


def _task(step: Step, kept: sealing.Kept | None) -> Task:
    known = kept or sealing.Kept()
    return Task(
        step.id, str(step.verb), step.sent_at, known.identifiers, known.values,
        tuple(step.categories), tuple(step.kept), step.duty == Duty.INFORM,
        known.places.get(str(step.party_id), ()),
    )  # fmt: skip
