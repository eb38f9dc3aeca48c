"""Entries about thousands of people at once: whom they are about, and the way back from a person.

A line of the index for each would cost more than deciding. The ids of an entry stand in one row,
ascending, and a person is found among them by halving.
"""

from collections.abc import Collection, Iterator
from typing import Final
from uuid import UUID

from django.db import connection

from audit.classes import RetentionClass
from audit.errors import NotAtomicError
from audit.models import EntryIndex
from audit.models_members import Members
from keys import statements

ID: Final = 16

_ABOUT = """
SELECT m.id FROM audit_members m
WHERE m.controller_id = %(log)s AND m.id >= %(since)s AND m.id < %(until)s
  AND m.lowest <= %(person)s AND m.highest >= %(person)s
  AND audit_place_among(m.ids, %(person)s) IS NOT NULL
ORDER BY m.id DESC LIMIT %(limit)s
"""
_ABOUT_MANY = """
SELECT asked.person, found.id
FROM unnest(%s::uuid[]) AS asked(person)
CROSS JOIN LATERAL (
  SELECT m.id FROM audit_members m
  WHERE m.controller_id = %s AND m.id >= %s
    AND m.lowest <= asked.person AND m.highest >= asked.person
    AND audit_place_among(m.ids, asked.person) IS NOT NULL
  ORDER BY m.id DESC LIMIT %s
) found
"""
_FORGET = """
UPDATE audit_members m
SET ids = substring(m.ids FROM 1 FOR 16 * p.place) || substring(m.ids FROM 16 * p.place + 17)
FROM (
  SELECT id, audit_place_among(ids, %(person)s) AS place FROM audit_members
  WHERE controller_id = %(log)s AND lowest <= %(person)s AND highest >= %(person)s
) p
WHERE m.id = p.id AND p.place IS NOT NULL
"""
_OVER = """
DELETE FROM audit_members m WHERE NOT EXISTS (
  SELECT 1 FROM audit_entryindex i
  WHERE i.controller_id = m.controller_id AND i.id = m.id AND i.retention_class = ANY(%s))
"""


def put(entry_id: UUID, controller_id: UUID, ids: bytes) -> None:
    """Say whom an entry is about, in the transaction that records it: ascending, 16 bytes each.

    Raises NotAtomicError; ValueError for no ids, or half of one.
    """
    if not connection.in_atomic_block:
        raise NotAtomicError("say whom an entry is about in the transaction that records it")
    if not ids or len(ids) % ID:
        raise ValueError("ids are sixteen bytes each")
    Members.objects.create(
        id=entry_id, controller_id=controller_id, lowest=UUID(bytes=ids[:ID]),
        highest=UUID(bytes=ids[-ID:]), ids=ids,
    )  # fmt: skip


def of(controller_id: UUID, entry_ids: Collection[UUID]) -> Iterator[tuple[UUID, bytes]]:
    """The people of each of these entries who are not forgotten, an entry at a time."""
    rows = Members.objects.filter(controller_id=controller_id)
    for entry_id in entry_ids:
        for ids in rows.filter(id=entry_id).values_list("ids", flat=True):
            yield entry_id, bytes(ids)


def about(
    controller_id: UUID, subject_id: UUID, *, since: UUID, until: UUID, limit: int
) -> list[UUID]:
    """The entries that name this person among many, newest first, with ids in `[since, until)`."""
    given: dict[str, UUID | int] = {
        "log": controller_id, "person": subject_id, "since": since, "until": until, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, given)
        return [row[0] for row in cursor.fetchall()]


def about_many(
    controller_id: UUID, subject_ids: Collection[UUID], *, since: UUID, limit: int
) -> dict[UUID, list[UUID]]:
    """The entries from `since` on that name any of these people among many, with whom they name.

    At most `limit` of each person, the newest. One question about all: who asks is told of hundreds
    of people at a time.
    """
    found: dict[UUID, list[UUID]] = {}
    given = [statements.array(subject_ids), controller_id, since, limit]
    for person, entry_id in statements.rows(_ABOUT_MANY, given):
        found.setdefault(entry_id, []).append(person)
    return found


def forget(controller_id: UUID, subject_id: UUID) -> int:
    """Take a person out of every such entry's row; of how many. Part of `services.forget`."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"log": controller_id, "person": subject_id})
        return int(cursor.rowcount)


def forget_many(controller_id: UUID, subject_ids: Collection[UUID]) -> int:
    """As `forget`, of many people; nothing is asked of anybody where no entry names many."""
    if not Members.objects.filter(controller_id=controller_id).exists():
        return 0
    return sum(forget(controller_id, one) for one in subject_ids)


def end() -> int:
    """Delete the rows of entries whose line has ended; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [[*(one.value for one in RetentionClass), "held"]])
        return int(cursor.rowcount)


def changed(controller_id: UUID, *, since: UUID, apart: Collection[str]) -> set[UUID]:
    """Whom any entry from `since` on is about, those of the events `apart` left out."""
    rows = EntryIndex.objects.filter(
        controller_id=controller_id, id__gte=since, subject_id__isnull=False
    ).exclude(event__in=apart)
    return {one for one in rows.values_list("subject_id", flat=True).distinct() if one}
