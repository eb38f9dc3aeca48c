"""Questions behind a reading: who sits where, what the matrix says, what is known of whom.

Written out in SQL: each reading begins with all of them, and composing them would cost more than
they do. Nothing here opens a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.actors import Actor
from keys import statements
from profiles.fields import Cell, Defined

_SEATS = """
SELECT s.id, s.role_id, r.code, s.unit FROM profiles_seat s
JOIN profiles_readerrole r ON r.id = s.role_id AND r.is_active
WHERE s.controller_id = %s AND s.holder_type = %s AND s.holder_id = %s
  AND (s.ends_at IS NULL OR s.ends_at > now())
ORDER BY r.code, s.unit, s.id
"""
_CELLS = """
SELECT r.category, r.treatment, r.attribute, r.sensitivity FROM profiles_viewversion v
JOIN profiles_viewrule r ON r.version_id = v.id
WHERE v.controller_id = %s AND v.approved_at IS NOT NULL AND v.ended_at IS NULL
  AND r.role_id = %s AND r.purpose = %s AND r.relation = %s
"""
_DEFINITIONS = """
SELECT code, title, category, kind, sensitivity, fresh_for_days
FROM profiles_attributedefinition WHERE controller_id = %s AND is_active ORDER BY code
"""
_SOURCES = """
SELECT s.id, s.code, s.name, s.unit, s.kind, s.state,
  EXISTS (SELECT 1 FROM registry_freeze f
          WHERE f.controller_id = s.controller_id AND f.kind = 'system' AND f.code = s.code
            AND f.released_at IS NULL)
FROM registry_system s
WHERE s.controller_id = %s AND s.state <> 'retired' AND s.kind IN ('pushed', 'http', 'sql')
ORDER BY s.code
"""
# Person by person, so that the planner cannot think of reading the table. Records that were joined
# to the person's stay where they are: a split leaves nothing behind.
_RECORDS = """
SELECT asked.id, r.subject_id, r.source_id, r.sensitivity, r.codes, r.sealed, whose.joined_at
FROM (SELECT id, %s::uuid AS controller_id FROM unnest(%s::uuid[]) AS given(id)) AS asked
CROSS JOIN LATERAL (
  SELECT asked.id AS id, NULL::timestamptz AS joined_at
  UNION ALL
  SELECT m.absorbed_id, m.merged_at FROM consent_merge m
  WHERE m.subject_id = asked.id AND m.controller_id = asked.controller_id AND m.split_at IS NULL
) whose
CROSS JOIN LATERAL (
  SELECT * FROM profiles_profilerecord p
  WHERE p.subject_id = whose.id AND p.controller_id = asked.controller_id OFFSET 0
) r
"""
PUSHED, ACTIVE = "pushed", "active"


@dataclass(frozen=True, slots=True)
class Sitting:
    """From which seat somebody reads: its role by id and code, and its unit, empty for none."""

    seat_id: UUID
    role_id: UUID
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Source:
    """A connected system as a reading needs it."""

    id: UUID
    code: str
    name: str
    unit: str
    is_live: bool
    is_active: bool
    is_frozen: bool

    @property
    def is_stopped(self) -> bool:
        """Whether nothing of it may be used now: paused, or frozen because of an incident."""
        return self.is_frozen or not self.is_active

    def is_for(self, unit: str) -> bool:
        """Whether a reader of this unit may see what it says."""
        return self.unit in ("", unit)


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is stored: which attributes it has, and their values sealed.

    `subject_id` is under whose key; `joined_at` since when that is the person's other record.
    """

    subject_id: UUID
    source_id: UUID
    sensitivity: str
    codes: tuple[str, ...]
    sealed: bytes
    joined_at: datetime | None = None


def sittings(controller_id: UUID, reader: Actor) -> list[Sitting]:
    """The seats from which an officer or service reads now, of roles in use."""
    rows = statements.rows(_SEATS, [controller_id, reader.type, reader.id])
    return [Sitting(*row) for row in rows]


def cells(controller_id: UUID, role_id: UUID, purpose: str, relation: str) -> list[Cell]:
    """What the matrix in force says to this role for this purpose and relation."""
    rows = statements.rows(_CELLS, [controller_id, role_id, purpose, relation])
    return [
        Cell(category=category, treatment=treatment, attribute=attribute, sensitivity=sensitivity)
        for category, treatment, attribute, sensitivity in rows
    ]


def definitions(controller_id: UUID) -> list[Defined]:
    """The attributes in use at a controller, by code."""
    rows = statements.rows(_DEFINITIONS, [controller_id])
    return [
        Defined(
            code=code, title=title, category=category, kind=kind, sensitivity=sensitivity,
            fresh_for_days=days,
        )
        for code, title, category, kind, sensitivity, days in rows
    ]  # fmt: skip


def sources(controller_id: UUID) -> dict[UUID, Source]:
    """The connected systems of a controller that are not retired, by id, in the order of codes.

    Those alone that say anything of people: others are only told what must go.
    """
    rows = statements.rows(_SOURCES, [controller_id])
    return {
        one: Source(one, code, name, unit, kind != PUSHED, state == ACTIVE, is_frozen)
        for one, code, name, unit, kind, state, is_frozen in rows
    }


def records(controller_id: UUID, subject_ids: Sequence[UUID]) -> dict[UUID, list[Stored]]:
    """What is stored of these people of the controller, by person, joined records with it."""
    found: dict[UUID, list[Stored]] = {}
    rows = statements.rows(_RECORDS, [controller_id, statements.array(subject_ids)])
    for person, owner, source_id, sensitivity, codes, sealed, joined_at in rows:
        one = Stored(owner, source_id, sensitivity, tuple(codes), bytes(sealed), joined_at)
        found.setdefault(person, []).append(one)
    return found
