"""The end of values: those whose retention is over, and those that were replaced (PRO-04).

A value goes when its definition says so, whether or not its source still has it (DPDP s.8(7); GDPR
Art 5(1)(e)); of a person under a legal hold nothing goes until the hold ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import documents
from profiles.definitions import Definitions, Document, definitions_of, due_at, ends_at
from profiles.models import FormerRecord, ProfileRecord
from profiles.services import storing
from profiles.services.storing import Stored
from subjects import holds, sealing
from subjects import selectors as subjects

BY: Final = Actor.system("retention")
LOOK_AGAIN: Final = timedelta(days=1)
"""After so long it is seen whether a hold has ended."""

_END_FORMER: Final = """
DELETE FROM profiles_formerrecord WHERE id IN (
  SELECT f.id FROM profiles_formerrecord f
  WHERE f.until_at <= %s AND NOT EXISTS (
    SELECT 1 FROM subjects_standing s
    WHERE s.subject_id = f.subject_id AND s.state = 'hold' AND s.ended_at IS NULL)
    AND NOT EXISTS (
    SELECT 1 FROM subjects_companyhold h
    WHERE h.controller_id = f.controller_id AND h.ended_at IS NULL)
  ORDER BY f.until_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@transaction.atomic
def end_former(*, limit: int) -> int:
    """Delete replaced values whose time is over; returns how many records of them."""
    with connection.cursor() as cursor:
        cursor.execute(_END_FORMER, [timezone.now(), limit])
        return int(cursor.rowcount)


@transaction.atomic
def end_due(*, limit: int) -> int:
    """Take the values out whose retention is over; returns at how many records it looked.

    A record of a person whose key is gone is deleted: nobody could read it.
    """
    now = timezone.now()
    due = ProfileRecord.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        due_at__lte=now
    )
    rows = list(due.select_related("subject", "source").order_by("due_at", "id")[:limit])
    rows.sort(key=lambda row: row.controller_id)
    for controller_id, some in groupby(rows, key=lambda row: row.controller_id):
        _Ending.of(controller_id, list(some), now).run()
    return len(rows)


@dataclass(slots=True)
class _Ending:
    """The due records of one controller."""

    controller_id: UUID
    rows: Sequence[ProfileRecord]
    now: datetime
    definitions: Definitions
    keyring: sealing.Keyring
    held: set[UUID]
    kept: list[Stored] = field(default_factory=list)
    emptied: list[UUID] = field(default_factory=list)
    drafts: list[audit.Draft] = field(default_factory=list)

    @classmethod
    def of(cls, controller_id: UUID, rows: Sequence[ProfileRecord], now: datetime) -> "_Ending":
        people = {row.subject_id for row in rows}
        return cls(
            controller_id, rows, now, definitions_of(controller_id),
            sealing.keyring(controller_id, people), subjects.held_among(controller_id, people),
        )  # fmt: skip

    def run(self) -> None:
        waiting = [row.id for row in self.rows if row.subject_id in self.held]
        for row in self.rows:
            if row.subject_id not in self.held:
                self._end(row)
        ProfileRecord.objects.filter(id__in=waiting).update(due_at=self.now + LOOK_AGAIN)
        ProfileRecord.objects.filter(id__in=self.emptied).delete()
        storing.change(self.kept, None)
        audit.record_many(self.drafts)

    def _end(self, row: ProfileRecord) -> None:
        if row.subject_id not in self.keyring:
            self.emptied.append(row.id)
            return
        context = documents.context(row.source_id, row.sensitivity)
        text = self.keyring.unseal(row.subject_id, bytes(row.sealed), context=context)
        document = documents.decode_whole(text)
        left = {code: one for code, one in document.items() if not self._is_over(code, one)}
        ended = sorted(
            code for code, one in document.items() if code not in left and one.v is not None
        )
        if ended:
            self._note(row, ended)
        if left:
            self.kept.append(self._stored(row, left, context))
        else:
            self.emptied.append(row.id)

    def _is_over(self, code: str, one: documents.Observed) -> bool:
        end = ends_at(one, self.definitions.get(code))
        return end is not None and end <= self.now

    def _stored(self, row: ProfileRecord, left: Document, context: bytes) -> Stored:
        sealed = self.keyring.seal(row.subject_id, documents.encode(left), context=context)
        codes = tuple(sorted(code for code, one in left.items() if one.v is not None))
        return Stored(
            row.id, row.subject_id, row.sensitivity, sealed, codes,
            max(one.at for one in left.values()), due_at(left, self.definitions),
            row.sequence + 1,
        )  # fmt: skip

    def _note(self, row: ProfileRecord, ended: list[str]) -> None:
        data = {"source": row.source.code, "attributes": ended}
        self.drafts.append(
            audit.Draft(
                event="profile:ended",
                by=BY,
                controller_id=self.controller_id,
                target=Target("system", str(row.source_id)),
                subject=SubjectRef(row.subject_id, row.subject.pseudonym),
                data=data,
            )  # fmt: skip
        )


_REVISIT: Final = """
WITH batch AS (
  SELECT id FROM profiles_profilerecord
  WHERE controller_id = %s AND id > %s AND codes @> ARRAY[%s]::varchar[]
  ORDER BY id LIMIT %s
), done AS (
  UPDATE profiles_profilerecord r SET due_at = LEAST(r.due_at, %s) FROM batch
  WHERE r.id = batch.id
)
SELECT max(id::text) FROM batch
"""
FIRST: Final = UUID(int=0)


@transaction.atomic
def revisit(*, controller_id: UUID, code: str, after: UUID, limit: int) -> UUID | None:
    """Have records with an attribute looked at again, because it may be kept less long now.

    Former values of it go at the same time, or end earlier. Returns behind which record to go on.
    """
    if after == FIRST:
        _revisit_former(controller_id, code)
    with connection.cursor() as cursor:
        now = timezone.now()
        cursor.execute(_REVISIT, [controller_id, after, code, limit, now])
        last = cursor.fetchone()[0]
    return UUID(last) if last else None


def _revisit_former(controller_id: UUID, code: str) -> None:
    """A document of former values ends with the first of them that must: they are few."""
    definition = definitions_of(controller_id)[code]
    days = definition.former if definition.is_active else timedelta(0)
    rows = FormerRecord.objects.filter(controller_id=controller_id, codes__contains=[code])
    over = rows.filter(replaced_at__lte=timezone.now() - days)
    held = over.filter(subject__standings__state="hold", subject__standings__ended_at=None)
    if not holds.is_on_everybody(controller_id):
        over.exclude(pk__in=held.values("pk")).delete()
    if days:
        with connection.cursor() as cursor:
            cursor.execute(_SHORTEN, [days.days, controller_id, code])


_SHORTEN: Final = """
UPDATE profiles_formerrecord SET until_at = LEAST(until_at, replaced_at + make_interval(days => %s))
WHERE controller_id = %s AND codes @> ARRAY[%s]::varchar[]
"""
