"""What came in again of people who were erased: not taken, counted, and an officer's to look into.

What it said is not kept. Where it came from is, because that source has to be put right.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from keys import statements
from keys.ids import uuid7
from subjects import tombstones
from subjects.errors import ArrivalSettledError
from subjects.models import Quarantined

__all__ = ["Source", "arrivals", "keep_out", "keep_out_people", "settle"]


class Source(NamedTuple):
    """Where something came from, as a code or an id, and what it was: consent, record, person."""

    code: str
    kind: str


_NOTE = """
INSERT INTO subjects_quarantined AS q
  (id, controller_id, tombstone_id, source, kind, times, first_at, last_at, settled_by, note)
SELECT new.id, %s, new.tombstone, %s, %s, new.times, %s, %s, '', ''
FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS new(id, tombstone, times)
ORDER BY new.tombstone
ON CONFLICT (tombstone_id, source, kind) WHERE settled_at IS NULL
DO UPDATE SET times = q.times + excluded.times, last_at = GREATEST(q.last_at, excluded.last_at)
"""
_OF_PEOPLE = """
SELECT asked.id, found.id FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT t.id FROM subjects_identifier i JOIN subjects_tombstone t
    ON t.controller_id = i.controller_id AND t.scheme = i.scheme AND t.digest = i.digest
    AND t.lifted_at IS NULL
  WHERE i.subject_id = asked.id AND i.controller_id = %s
  ORDER BY t.id LIMIT 1
) found
"""


def keep_out(
    *, by: Actor, controller_id: UUID, identifiers: Sequence[Sequence[tuple[str, str]]],
    source: Source,
) -> int:  # fmt: skip
    """Count what came in about people of these identifiers and was refused, one for each of them.

    A person without a tombstone (erased within a scope only) is not counted. Call it beside the
    refusal, in a transaction that is committed. Returns how many arrivals were counted.
    """
    known = tombstones.known(controller_id, {pair for each in identifiers for pair in each})
    met = (next((known[pair] for pair in each if pair in known), None) for each in identifiers)
    return _note(by, controller_id, met, source)


def keep_out_people(*, by: Actor, controller_id: UUID, ids: Sequence[UUID], source: Source) -> int:
    """As `keep_out`, of people named by our id, while their identifiers can still be found."""
    if not ids:
        return 0
    given = [statements.array(set(ids)), controller_id]
    found: dict[UUID, UUID] = dict(statements.rows(_OF_PEOPLE, given))
    return _note(by, controller_id, (found.get(one) for one in ids), source)


@transaction.atomic
def settle(*, by: Actor, arrival: Quarantined, note: str) -> Quarantined:
    """Note that an officer saw to it; `note` says what was done and never a person's data.

    Nothing is let in by it: only the person can come back. What comes again begins another one.
    Raises ArrivalSettledError.
    """
    locked = Quarantined.objects.select_for_update().get(
        controller_id=arrival.controller_id, pk=arrival.pk
    )
    if locked.settled_at is not None:
        raise ArrivalSettledError
    locked.settled_at, locked.settled_by, locked.note = timezone.now(), by.id, note[:300]
    locked.save(update_fields=["settled_at", "settled_by", "note"])
    data = {"source": locked.source, "kind": locked.kind, "times": locked.times}
    _record(by, locked.controller_id, "arrival:settled", Target("arrival", str(locked.id)), data)
    return locked


def arrivals(controller_ids: Iterable[UUID]) -> QuerySet[Quarantined]:
    """What waits for an officer of these controllers, newest first."""
    rows = Quarantined.objects.filter(controller_id__in=controller_ids, settled_at=None)
    return rows.select_related("tombstone").order_by("-last_at", "-id")


def _note(by: Actor, controller_id: UUID, met: Iterable[UUID | None], source: Source) -> int:
    counted = Counter(one for one in met if one is not None)
    if counted:
        _store(by, controller_id, counted, source, timezone.now())
    return counted.total()


@transaction.atomic(savepoint=False)
def _store(
    by: Actor, controller_id: UUID, counted: Mapping[UUID, int], source: Source, now: datetime
) -> None:
    given: Any = [
        controller_id, source.code[:80], source.kind, now, now, [uuid7() for _ in counted],
        [*counted], [*counted.values()],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, given)
    data = {"source": source.code[:80], "kind": source.kind, "arrivals": sum(counted.values())}
    _record(by, controller_id, "arrival:quarantined", Target("tombstones", ""), data)


def _record(
    by: Actor, controller_id: UUID, event: str, target: Target, data: Mapping[str, object]
) -> None:
    audit.record(event=event, by=by, controller_id=controller_id, target=target, data=data)
