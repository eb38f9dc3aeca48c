"""Who belongs together: family and household, for those who watch over looks at one's own."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from subjects.family import today
from subjects.models import Relationship, Subject

NOT_FAMILY = ("employer",)
"""Kinds that say nothing of a family. A claim counts as well: this widens nothing for anybody."""


def kin_of(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Who stands in a relation to each of these people now, whichever of the two it was said of."""
    rows = Relationship.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today()), Q(subject_id__in=ids) | Q(related_id__in=ids),
        controller_id=controller_id, ended_at=None,
    ).exclude(kind__in=NOT_FAMILY)  # fmt: skip
    found: dict[UUID, set[UUID]] = {one: set() for one in ids}
    for one, other in rows.values_list("subject_id", "related_id"):
        for mine, theirs in ((one, other), (other, one)):
            if mine in found:
                found[mine].add(theirs)
    return {one: frozenset(others) for one, others in found.items()}


def same_people(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Under which record each of these people is kept now; those that were joined to another."""
    rows = Subject.objects.filter(
        controller_id=controller_id, id__in=ids, merged_into__isnull=False
    ).values_list("id", "merged_into")
    return {one: kept for one, kept in rows if kept}


def records_of(controller_id: UUID, subject_id: UUID) -> list[UUID]:
    """Every record of one person: this one, and those that were joined to it."""
    joined = Subject.objects.filter(controller_id=controller_id, merged_into=subject_id)
    return [subject_id, *joined.order_by("id").values_list("id", flat=True)]
