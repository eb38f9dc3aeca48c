"""The watch over readers: what is unusual is kept, alarmed, and answered by somebody else (PRO-03).

Nothing of it slows a read down: looks are judged from the log, a minute or two later.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import alarms
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys.ids import uuid7
from profiles import selectors_watched as selectors
from profiles.errors_guarded import (
    FlagEndedError,
    FlaggedError,
    LimitsError,
    NotUnusualError,
    OwnAccessError,
    ReaderUnknownError,
)
from profiles.models import Answer, FlaggedPerson, ReaderPerson, ReadingLimits, UnusualAccess, Watch
from profiles.unusual import Noticed
from subjects import selectors as subjects
from subjects import services as subject_services

WATCH = Actor.system("watch")
KIND = alarms.AlarmKind.UNUSUAL_ACCESS
_KEEP = """
INSERT INTO profiles_unusualaccess AS u (id, controller_id, kind, holder_type, holder_id,
  subject_id, since_at, count, noticed_at, answered_by, answer)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now(), '', '')
ON CONFLICT (controller_id, kind, holder_id, subject_id, since_at)
DO UPDATE SET count = greatest(u.count, excluded.count)
RETURNING id
"""


@transaction.atomic
def notice(*, controller_id: UUID, found: Iterable[Noticed]) -> int:
    """Keep what is unusual and raise the alarm for what is new; returns how much that is.

    What was noticed before is counted on, and raises nothing again.
    """
    new = [(new_id, one) for one in found if (new_id := _kept(controller_id, one)) is not None]
    for access_id, one in new:
        audit.record(
            event="access:unusual", by=WATCH, controller_id=controller_id,
            target=Target("unusual_access", str(access_id)),
            subject=_ref(controller_id, one.subject_id), reason_code=one.kind,
            data={"holder": one.holder_id, "type": one.holder_type, "count": one.count},
        )  # fmt: skip
        alarms.raise_alarm(
            controller_id=controller_id, kind=KIND, detail=f"{one.kind}: {one.count}"
        )
    return len(new)


def watch() -> int:
    """Judge the looks of the last hours at every controller; returns how much was new."""
    now = timezone.now()
    return sum(
        notice(controller_id=one, found=selectors.noticed_lately(one, now))
        for one in selectors.watched_controllers()
    )


@transaction.atomic
def answer(*, by: Actor, access: UnusualAccess, answer: str) -> UnusualAccess:
    """Say what an unusual access was; not by whom it is about.

    Raises NotUnusualError for an answered one, OwnAccessError, ValueError for an unknown answer.
    """
    locked = UnusualAccess.objects.select_for_update().get(pk=access.pk)
    if locked.answered_at is not None:
        raise NotUnusualError
    if by.id == locked.holder_id:
        raise OwnAccessError
    locked.answered_at, locked.answered_by = timezone.now(), by.id
    locked.answer = Answer(answer).value
    locked.save(update_fields=["answered_at", "answered_by", "answer"])
    audit.record(
        event="access:answered", by=by, controller_id=locked.controller_id,
        target=Target("unusual_access", str(locked.id)), reason_code=locked.kind,
        subject=_ref(locked.controller_id, locked.subject_id), outcome=locked.answer,
    )  # fmt: skip
    if not selectors.unanswered([locked.controller_id]).exists():
        alarms.clear(controller_id=locked.controller_id, kind=KIND)
    return locked


@transaction.atomic
def flag(*, by: Actor, controller_id: UUID, subject_id: UUID, why: str) -> FlaggedPerson:
    """Let each look of staff at this person be noticed.

    Raises SubjectUnknownError, FlaggedError, ValueError for an unknown reason.
    """
    person = subject_services.lock(controller_id, subject_id)
    if FlaggedPerson.objects.filter(subject=person, ended_at=None).exists():
        raise FlaggedError
    made = FlaggedPerson.objects.create(
        controller_id=controller_id, subject=person, why=Watch(why).value, set_by=by.id
    )
    _record(by, made, "person:flagged", {"why": made.why})
    return made


@transaction.atomic
def unflag(*, by: Actor, flagged: FlaggedPerson) -> FlaggedPerson:
    """End the watch over a person. Raises FlagEndedError."""
    locked = FlaggedPerson.objects.select_for_update().get(pk=flagged.pk)
    if locked.ended_at is not None:
        raise FlagEndedError
    locked.ended_at, locked.ended_by = timezone.now(), by.id
    locked.save(update_fields=["ended_at", "ended_by"])
    _record(by, locked, "person:unflagged", {})
    return locked


@transaction.atomic
def know_reader(
    *, by: Actor, controller_id: UUID, holder_id: str, subject_id: UUID
) -> ReaderPerson:
    """Put on record that a member of staff is this person too.

    Looks at themself, their family and their household are noticed from then on. Raises
    ReaderUnknownError, SubjectUnknownError, FlaggedError.
    """
    staff = accounts.officers_of([controller_id]).values_list("id", flat=True)
    if holder_id not in {str(one) for one in staff}:
        raise ReaderUnknownError
    person = subject_services.lock(controller_id, subject_id)
    if ReaderPerson.objects.filter(subject=person, ended_at=None).exists():
        raise FlaggedError
    made = ReaderPerson.objects.create(
        controller_id=controller_id, holder_id=holder_id, subject=person, set_by=by.id
    )
    _record(by, made, "reader:known", {"holder": holder_id})
    return made


@transaction.atomic
def forget_reader(*, by: Actor, reader: ReaderPerson) -> ReaderPerson:
    """Take off the record which person a reader is. Raises FlagEndedError."""
    locked = ReaderPerson.objects.select_for_update().get(pk=reader.pk)
    if locked.ended_at is not None:
        raise FlagEndedError
    locked.ended_at, locked.ended_by = timezone.now(), by.id
    locked.save(update_fields=["ended_at", "ended_by"])
    _record(by, locked, "reader:unknown", {"holder": locked.holder_id})
    return locked


@transaction.atomic
def set_limits(
    *, by: Actor, controller_id: UUID, numbers: Mapping[str, int | bool]
) -> ReadingLimits:
    """Set a controller's limits; those that are not named stay. Raises LimitsError."""
    found = ReadingLimits.objects.select_for_update().filter(controller_id=controller_id).first()
    row = found or ReadingLimits(controller_id=controller_id)
    if unknown := set(numbers) - set(selectors.NUMBERS):
        raise ValueError(f"no limits: {sorted(unknown)}")
    for name, value in numbers.items():
        setattr(row, name, value)
    row.changed_by = by.id
    try:
        row.full_clean(exclude=["controller"])
    except ValidationError:
        raise LimitsError from None
    row.save()
    audit.record(
        event="limits:set", by=by, controller_id=controller_id,
        target=Target("limits", str(row.id)), data=dict(numbers),
    )  # fmt: skip
    return row


def _kept(controller_id: UUID, one: Noticed) -> UUID | None:
    """The id of the new row; None where it was noticed before."""
    access_id = uuid7()
    given: list[Any] = [
        access_id, controller_id, one.kind, one.holder_type, one.holder_id, one.subject_id,
        one.since_at, one.count,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, given)
        return access_id if cursor.fetchone()[0] == access_id else None


def _ref(controller_id: UUID, subject_id: UUID | None) -> SubjectRef | None:
    if subject_id is None:
        return None
    known = subjects.in_bulk(controller_id, [subject_id]).get(subject_id)
    return subject_services.ref(known) if known else SubjectRef(subject_id, None)


def _record(
    by: Actor, row: FlaggedPerson | ReaderPerson, event: str, data: Mapping[str, str]
) -> None:
    audit.record(
        event=event, by=by, controller_id=row.controller_id,
        target=Target("subject", str(row.subject_id)),
        subject=_ref(row.controller_id, row.subject_id), data=data,
    )  # fmt: skip
