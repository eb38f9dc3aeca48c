"""Destroying the data keys of many people at once, as an erasure of everything does (P6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import statements
from subjects.selectors import held_among

__all__ = ["Shredded", "shred", "shredded", "whole"]

_WHOLE = """
WITH RECURSIVE whole(first, id) AS (
  SELECT asked.id, asked.id FROM unnest(%s::uuid[]) AS asked(id)
  UNION
  SELECT w.first, s.id FROM whole w JOIN subjects_subject s ON s.merged_into = w.id
  WHERE s.controller_id = %s
)
SELECT first, id FROM whole
"""
_LOCK = """
SELECT id, pseudonym FROM subjects_subject
WHERE controller_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
_SHRED = (
    "DELETE FROM subjects_identifier WHERE controller_id = %s AND subject_id = ANY(%s)",
    "DELETE FROM subjects_datakey k USING subjects_subject s "
    "WHERE s.id = k.subject_id AND s.controller_id = %s AND k.subject_id = ANY(%s)",
    "UPDATE subjects_subject SET pseudonym = NULL WHERE controller_id = %s AND id = ANY(%s)",
)
_LEFT = """
SELECT s.id FROM subjects_subject s
WHERE s.controller_id = %s AND s.id = ANY(%s::uuid[])
  AND (s.pseudonym IS NOT NULL
       OR EXISTS (SELECT 1 FROM subjects_datakey k WHERE k.subject_id = s.id)
       OR EXISTS (SELECT 1 FROM subjects_identifier i WHERE i.subject_id = s.id))
"""


@dataclass(frozen=True, slots=True)
class Shredded:
    """Whose keys are gone now, and on whom a legal hold stands, so that theirs are not."""

    gone: frozenset[UUID]
    held: frozenset[UUID]


def whole(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """All records of each of these people: their own, and those that were joined to it."""
    found: dict[UUID, set[UUID]] = {}
    for first, one in statements.rows(_WHOLE, [statements.array(ids), controller_id]):
        found.setdefault(first, set()).add(one)
    return found


@transaction.atomic
def shred(*, by: Actor, controller_id: UUID, ids: Sequence[UUID]) -> Shredded:
    """As `services.destroy_key`, of many people and the records joined to theirs.

    Nobody further up is told: whoever calls it lets go of what is sealed and named elsewhere. Of
    somebody with a hold on any of their records nothing is touched. May be repeated.
    """
    people = whole(controller_id, ids)
    locked = _lock(controller_id, {one for each in people.values() for one in each})
    under_hold = held_among(controller_id, locked.keys())
    held = frozenset(one for one, each in people.items() if each & under_hold)
    gone = {one for first, each in people.items() if first not in held for one in each}
    refs = [locked[one] for one in sorted(gone & locked.keys()) if locked[one].pseudonym]
    audit.record_many(_draft(by, controller_id, ref) for ref in refs)
    with connection.cursor() as cursor:
        for statement in _SHRED:
            cursor.execute(statement, [controller_id, list(gone)])
    audit.forget_many(by=by, controller_id=controller_id, subject_ids=[ref.id for ref in refs])
    return Shredded(frozenset(one for one in people if one not in held), held)


def shredded(controller_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Of whom no key, pseudonym or identifier is left."""
    left = statements.rows(_LEFT, [controller_id, statements.array(ids)])
    return set(ids) - {row[0] for row in left}


def _lock(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, SubjectRef]:
    rows = statements.rows(_LOCK, [controller_id, statements.array(ids)])
    return {one: SubjectRef(one, pseudonym) for one, pseudonym in rows}


def _draft(by: Actor, controller_id: UUID, ref: SubjectRef) -> audit.Draft:
    return audit.Draft(
        event="subject:key_destroyed", by=by, controller_id=controller_id,
        target=Target("subject", str(ref.id)), subject=ref, data={},
    )  # fmt: skip
