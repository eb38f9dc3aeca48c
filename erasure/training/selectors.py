"""The questions about training sets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from erasure.models import TrainingMember, TrainingSet
from erasure.training.errors import TrainingSetUnknownError


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody who must not be in the next training run of a model, since when and why."""

    subject_id: UUID
    gone_at: datetime
    why: str


def own_set(controller_id: UUID, service_id: UUID, set_id: UUID) -> TrainingSet:
    """A set that this service reported. Raises TrainingSetUnknownError."""
    found = TrainingSet.objects.filter(controller=controller_id, service_id=service_id, pk=set_id)
    if (one := found.first()) is None:
        raise TrainingSetUnknownError
    return one


def of_model(controller_id: UUID, model: str, purposes: Collection[str]) -> QuerySet[TrainingSet]:
    """The sets a model was trained on, for these purposes, oldest first."""
    rows = TrainingSet.objects.filter(controller=controller_id, model=model, purpose__in=purposes)
    return rows.order_by("id")


def excluded(
    controller_id: UUID, sets: Collection[UUID], *, after: UUID | None, limit: int
) -> list[Excluded]:
    """Whoever is gone from one of these sets, once each, in the order of ids."""
    rows = TrainingMember.objects.filter(
        controller=controller_id, training_set__in=sets, gone_at__isnull=False
    )
    if after is not None:
        rows = rows.filter(subject_id__gt=after)
    found = rows.order_by("subject_id", "gone_at").distinct("subject_id")[:limit]
    told = found.values_list("subject_id", "gone_at", "why")
    return [Excluded(person, since, why) for person, since, why in told if since is not None]


def flagged(controller_ids: Collection[UUID]) -> QuerySet[TrainingSet]:
    """Sets in which somebody was who is gone since, the most people first."""
    rows = TrainingSet.objects.filter(controller__in=controller_ids, gone__gt=0)
    return rows.order_by("-gone", "-id")


def after(set_id: UUID | None, limit: int) -> list[UUID]:
    """The ids of sets of all controllers behind this one, in their order, for who looks at all."""
    rows = TrainingSet.objects.order_by("id")
    if set_id is not None:
        rows = rows.filter(pk__gt=set_id)
    return list(rows.values_list("id", flat=True)[:limit])
