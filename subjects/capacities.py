"""In which capacity people stand to each other, at which unit, and what cannot be.

Only what was verified counts, and only while it lasts: a claim opens nothing and bars nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from subjects.errors import RelationshipCycleError, SubjectsRelatedError
from subjects.family import DECIDING, counts, today
from subjects.models import Relationship, Subject

MUTUAL: Final = ("household", "joint_holder")
"""Kinds that hold both ways: one row says it of both people."""

_LOCK: Final = 0x5AFA41
_ABOVE = """
WITH RECURSIVE standing AS NOT MATERIALIZED (
  SELECT r.subject_id, r.related_id FROM subjects_relationship r
  WHERE r.controller_id = %(controller)s AND r.kind = %(kind)s AND r.unit = %(unit)s
    AND r.verified_at IS NOT NULL AND r.ended_at IS NULL
    AND (r.ends_on IS NULL OR r.ends_on > %(today)s)
), above(id) AS (
  SELECT subject_id FROM standing WHERE related_id = %(subject)s
  UNION
  SELECT s.subject_id FROM above a JOIN standing s ON s.related_id = a.id
)
SELECT EXISTS (SELECT 1 FROM above WHERE id = %(related)s)
"""


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody who stands to a person as `kind`, at `unit` (empty: everywhere)."""

    other_id: UUID
    kind: str
    unit: str


def admit(found: Relationship) -> None:
    """Refuse a relationship that turns verified ones round: a ward is not the guardian's guardian.

    Two that are recorded at once are judged one after the other, so the caller's transaction has
    the controller's relationships to itself. Raises RelationshipCycleError.
    """
    if found.kind in MUTUAL:
        return
    asked: dict[str, UUID | str | date] = {
        "controller": found.controller_id, "subject": found.subject_id,
        "related": found.related_id, "kind": found.kind, "unit": found.unit, "today": today(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        key = (_LOCK, str(found.controller_id))
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", key)
        cursor.execute(_ABOVE, asked)
        if cursor.fetchone()[0]:
            raise RelationshipCycleError


def between(subject_id: UUID, related_id: UUID, kind: str) -> Q:
    """The rows that say this of the two: of mutual ones those of the other person as well."""
    own = Q(subject_id=subject_id, related_id=related_id)
    is_mutual = kind in MUTUAL
    return own | Q(subject_id=related_id, related_id=subject_id) if is_mutual else own


def standing_as(
    controller_id: UUID, ids: Collection[UUID], kinds: Collection[str], units: Collection[str]
) -> set[UUID]:
    """Which of these people stand to anybody in one of these capacities at one of these units."""
    wanted = _verified(controller_id).filter(kind__in=kinds, unit__in=units)
    plain = wanted.exclude(kind__in=DECIDING)
    own = plain.filter(subject_id__in=ids).values_list("subject_id", flat=True)
    mutual = plain.filter(related_id__in=ids, kind__in=MUTUAL).values_list("related_id", flat=True)
    deciding = wanted.filter(subject_id__in=ids, kind__in=DECIDING)
    return {*own, *mutual, *_who_decide(controller_id, deciding)}


def ties(controller_id: UUID, subject_id: UUID, units: Collection[str]) -> list[Tie]:
    """Who stands to this person as what at these units, oldest first.

    Records that were joined to another are left out, and who decides for the person no longer.
    """
    about = Q(related_id=subject_id) | Q(subject_id=subject_id, kind__in=MUTUAL)
    rows = _verified(controller_id).filter(about, unit__in=units).order_by("id")
    people = Subject.objects.filter(controller_id=controller_id, merged_into=None)
    person = people.filter(pk=subject_id).first()
    if person is None:
        return []
    found = [
        _tie(row, subject_id)
        for row in rows
        if row.kind not in DECIDING or counts(person, row.kind)
    ]
    used = set(people.filter(pk__in=[one.other_id for one in found]).values_list("pk", flat=True))
    return [one for one in found if one.other_id in used]


def refuse_related(controller_id: UUID, one: UUID, other: UUID) -> None:
    """Raise SubjectsRelatedError for two records that are verified to stand to each other.

    Somebody's guardian, joint holder or household is somebody else.
    """
    either = Q(subject_id=one, related_id=other) | Q(subject_id=other, related_id=one)
    if _verified(controller_id).filter(either).exists():
        raise SubjectsRelatedError


def _verified(controller_id: UUID) -> QuerySet[Relationship]:
    return Relationship.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today()), controller_id=controller_id,
        verified_at__isnull=False, ended_at=None,
    )  # fmt: skip


def _tie(row: Relationship, subject_id: UUID) -> Tie:
    other = row.related_id if row.subject_id == subject_id else row.subject_id
    return Tie(other, row.kind, row.unit)


def _who_decide(controller_id: UUID, rows: QuerySet[Relationship]) -> set[UUID]:
    """Those whose word counts: a parent's ends with childhood."""
    found = list(rows)
    wards = Subject.objects.filter(controller_id=controller_id, merged_into=None)
    known = wards.in_bulk({row.related_id for row in found})
    return {
        row.subject_id for row in found
        if row.related_id in known and counts(known[row.related_id], row.kind)
    }  # fmt: skip
