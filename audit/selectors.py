"""Questions to the log."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length

from audit.catalogue import EVENTS
from audit.models import EntryIndex, Payload, Pending, Tree
from audit.models_retention import Hold
from audit.tiles import placed

_BODIES = """
SELECT e.id, p.body FROM audit_entryindex e
JOIN audit_payload p ON p.retention_class = e.retention_class AND p.id = e.id
WHERE e.controller_id = %s AND e.event = %s AND e.retention_class IN (%s, 'held')
  AND p.retention_class IN (%s, 'held')
  AND e.id > %s AND e.id < %s AND p.id > %s AND p.id < %s
ORDER BY e.id LIMIT %s
"""
"""The bounds stand twice, so that partitions of both tables are left out while planning."""


def entries(controller_ids: list[UUID]) -> QuerySet[EntryIndex]:
    """What the log's index holds of these controllers, newest first."""
    return EntryIndex.objects.filter(controller_id__in=controller_ids).order_by("-id")


def entries_about(controller_id: UUID, subject_id: UUID) -> QuerySet[EntryIndex]:
    """Everything recorded about one person of one controller, newest first."""
    return EntryIndex.objects.filter(controller_id=controller_id, subject_id=subject_id).order_by(
        "-id"
    )


def payload(entry_id: UUID) -> dict[str, object] | None:
    """What the entry says, or None where its payload has reached the end of its life."""
    found = Payload.objects.filter(id=entry_id).first()
    return msgspec.json.decode(bytes(found.body), type=dict[str, object]) if found else None


def payloads(entry_ids: Collection[UUID], classes: Collection[str]) -> dict[UUID, bytes]:
    """The canonical bytes of those of these entries that have them still, by id.

    `classes` are those the entries are of, so that the key finds them. The caller knows whose
    entries they are.
    """
    found = Payload.objects.filter(retention_class__in=classes, id__in=entry_ids)
    return {one: bytes(body) for one, body in found.values_list("id", "body")}


def bodies(
    controller_id: UUID, event: str, *, after: UUID, before: UUID, limit: int
) -> list[tuple[UUID, bytes]]:
    """The canonical bytes of the next entries of an event in one log, oldest first; both bounds
    are excluded. Entries whose index line or payload has ended are left out.

    For those who go through millions: each call costs one statement.
    """
    kept = EVENTS[event].retention.value
    bounds = (after, before, after, before)
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, (controller_id, event, kept, kept, *bounds, limit))
        return [(row[0], bytes(row[1])) for row in cursor.fetchall()]


def count_between(controller_id: UUID, event: str, *, after: UUID, before: UUID) -> int:
    """How many entries of an event the index holds between two ids; both are excluded."""
    kept = EVENTS[event].retention.value
    return EntryIndex.objects.filter(
        controller_id=controller_id, event=event, retention_class__in=(kept, "held"),
        id__gt=after, id__lt=before,
    ).count()  # fmt: skip


def reasons_between(
    controller_id: UUID, event: str, reasons: Collection[str], *, after: UUID, before: UUID
) -> Counter[str]:
    """How often entries of an event in one log have one of these reasons; bounds are excluded."""
    rows = EntryIndex.objects.filter(
        controller_id=controller_id, event=event, id__gt=after, id__lt=before,
        reason_code__in=reasons, retention_class__in=(EVENTS[event].retention.value, "held"),
    )  # fmt: skip
    return Counter(dict(rows.order_by().values_list("reason_code").annotate(times=Count("id"))))


def commitment_of(entry: EntryIndex) -> str:
    """What the log holds of an entry, in hexadecimal; empty until the sequencer has placed it."""
    found = placed(entry.controller_id, entry.id)
    return found[0].entry(found[1]).hex() if found else ""


def holds() -> QuerySet[Hold]:
    """The legal holds on whole logs that stand now, oldest first."""
    return Hold.objects.filter(ended_at=None).order_by("id")


def count() -> int:
    """How many entries the logs hold, those not yet placed included."""
    placed = Tree.objects.aggregate(sizes=Sum("size", default=0))["sizes"]
    waiting = Pending.objects.aggregate(more=Sum(Length("classes"), default=0))["more"]
    return int(placed + waiting)
