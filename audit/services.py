"""Recording. An entry is written in the transaction of the fact it records, or neither is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone

from audit import catalogue, door, members
from audit.actors import Actor, SubjectRef, Target
from audit.append import APPEND, ONE, Row, parameters, values
from audit.bulk import append_many
from audit.canonical import canonical_struct, check
from audit.door import Door
from audit.errors import NotAtomicError
from keys import statements
from keys.ids import uuid7

FEW = 20
"""Up to so many entries one statement is quicker than three COPYs."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry before it is stored. `data` holds what happened; personal values come sealed."""

    event: str
    by: Actor
    controller_id: UUID
    target: Target
    subject: SubjectRef | None = None
    purpose: str = ""
    outcome: str = ""
    reason_code: str = ""
    data: Mapping[str, Any] = {}  # each has its own


def record(  # noqa: PLR0913 (an entry has these parts)
    *,
    event: str,
    by: Actor,
    controller_id: UUID,
    target: Target,
    subject: SubjectRef | None = None,
    purpose: str = "",
    outcome: str = "",
    reason_code: str = "",
    data: Mapping[str, Any] | None = None,
) -> UUID:
    """Append one entry and return its id.

    Raises NotAtomicError outside a transaction, KeyError for an event outside the catalogue,
    CanonicalError for data that has no canonical form.
    """
    draft = Draft(
        event=event, by=by, controller_id=controller_id, target=target, subject=subject,
        purpose=purpose, outcome=outcome, reason_code=reason_code, data=data or {},
    )  # fmt: skip
    return record_many([draft])[0]


def record_many(drafts: Iterable[Draft]) -> list[UUID]:
    """Append many entries at once; raises as `record`. Returns their ids in order."""
    rows = drawn_up(drafts)
    if len(rows) > FEW:
        append_many(rows)
    elif len(rows) == 1:
        statements.rows(ONE, values(rows[0]))
    elif rows:
        with connection.cursor() as cursor:
            cursor.execute(APPEND, parameters(rows))
    return [row.id for row in rows]


def drawn_up(drafts: Iterable[Draft]) -> list[Row]:
    """Entries ready to be stored, for whoever stores one with its fact by `audit.append.STEPS`.

    Raises as `record`.
    """
    if not connection.in_atomic_block:
        raise NotAtomicError("record inside transaction.atomic(), with the fact it records")
    now = timezone.now()
    return [_row(draft, now) for draft in drafts]


def record_read(
    *,
    by: Actor,
    controller_id: UUID,
    target: Target,
    subjects: Iterable[SubjectRef],
    data: Mapping[str, Any],
    purpose: str = "",
) -> None:
    """Record that somebody read personal data, one entry a person shown (P11).

    Call it before anything is shown; if it raises, show nothing. `purpose` is the code of what it
    was read for, where that had to be said.
    """
    shown: list[SubjectRef | None] = [*subjects]
    event = "record:viewed" if len(shown) == 1 else "list:viewed"
    record_many(
        Draft(
            event=event, by=by, controller_id=controller_id, target=target, subject=subject,
            purpose=purpose, data={**data, "shown": len(shown)},
        )
        for subject in (shown or [None])
    )  # fmt: skip


class _Named(msgspec.Struct, frozen=True):
    type: str
    id: str


class _Body(msgspec.Struct, omit_defaults=True, frozen=True):
    """An entry as it is committed to: absent parts are left out."""

    id: str
    at: int
    event: str
    actor: _Named
    target: _Named
    data: dict[str, Any]
    subject: str = ""
    purpose: str = ""
    outcome: str = ""
    reason_code: str = ""
    door: Door | None = None


def body(draft: Draft, entry_id: UUID, at: datetime) -> bytes:
    """The canonical bytes of an entry: the person only by pseudonym, absent parts left out."""
    data = dict(draft.data)
    check(data)
    subject = draft.subject and draft.subject.pseudonym
    return canonical_struct(
        _Body(
            str(entry_id), micros(at), draft.event, _Named(draft.by.type, draft.by.id),
            _Named(draft.target.type, _named(draft)), data, str(subject) if subject else "",
            draft.purpose, draft.outcome, draft.reason_code, door.current(),
        )
    )  # fmt: skip


@lru_cache(maxsize=256)  # the entries of one call have one time
def micros(at: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC: exact, unlike a float of seconds."""
    delta = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def _named(draft: Draft) -> str:
    """The target's id, or the pseudonym where the target is the person (nothing linkable stays)."""
    if draft.target.type == "subject" and draft.subject:
        return str(draft.subject.pseudonym or "")
    return draft.target.id


def _row(draft: Draft, now: datetime) -> Row:
    event = catalogue.event(draft.event)
    entry_id = uuid7()
    by_subject = draft.by.type == "subject" and draft.subject is not None
    stored = draft if not by_subject else _pseudonymous(draft)
    actor_id, target_id, subject_id = _found_by(draft)
    return Row(
        id=entry_id, controller_id=draft.controller_id, retention=event.retention.value,
        body=body(stored, entry_id, now), at=now, event=draft.event, actor_type=draft.by.type,
        actor_id=actor_id, target_type=draft.target.type, target_id=target_id,
        subject_id=subject_id, purpose=draft.purpose, outcome=draft.outcome,
        reason_code=draft.reason_code,
    )  # fmt: skip


def _found_by(draft: Draft) -> tuple[str, str, UUID | None]:
    """The ids the index finds an entry by: its actor, its target and its person.

    Who has no pseudonym is erased: to name them in a line of today would bring back what `forget`
    took out (P6).
    """
    who = draft.subject
    if who is None or who.pseudonym:
        return draft.by.id, draft.target.id, who.id if who else None
    gone, by_subject = str(who.id), draft.by.type == "subject"
    actor_id = "" if by_subject and draft.by.id == gone else draft.by.id
    return actor_id, "" if draft.target.id == gone else draft.target.id, None


def _pseudonymous(draft: Draft) -> Draft:
    """A person acting on their own data is named by pseudonym in the payload too."""
    pseudonym = str(draft.subject.pseudonym or "") if draft.subject else ""
    return Draft(
        event=draft.event, by=Actor("subject", pseudonym), controller_id=draft.controller_id,
        target=draft.target, subject=draft.subject, purpose=draft.purpose, outcome=draft.outcome,
        reason_code=draft.reason_code, data=draft.data,
    )  # fmt: skip


_FORGET = """
UPDATE audit_entryindex SET
  subject_id = CASE WHEN subject_id = %(id)s THEN NULL ELSE subject_id END,
  actor_id = CASE WHEN actor_type = 'subject' AND actor_id = %(text)s THEN '' ELSE actor_id END,
  target_id = CASE WHEN target_id = %(text)s THEN '' ELSE target_id END
WHERE controller_id = %(log)s
  AND (subject_id = %(id)s OR actor_id = %(text)s AND actor_type <> 'service'
       OR target_id = %(text)s AND event <> 'decision:made')
"""


def forget(*, by: Actor, controller_id: UUID, subject_id: UUID) -> int:
    """Take a person out of a log's index (P6; GDPR 17, DPDP Act s.12(3)); returns of how many.

    The lines stay and name nobody: who acted, when and on what ground must stay answerable, to
    others as well (DPDP Rules r.6(1)(c)), and a payload's line says which log it belongs to. Call
    it when the person's data key is destroyed, in that transaction. Raises NotAtomicError.
    """
    record(
        event="subject:forgotten", by=by, controller_id=controller_id, target=Target("index", "")
    )
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"id": subject_id, "text": str(subject_id), "log": controller_id})
        lines = int(cursor.rowcount)
    return lines + members.forget(controller_id, subject_id)


_FORGET_MANY = """
UPDATE audit_entryindex SET
  subject_id = CASE WHEN subject_id = ANY(%(ids)s::uuid[]) THEN NULL ELSE subject_id END,
  actor_id = CASE WHEN actor_type = 'subject' AND actor_id = ANY(%(texts)s::text[]) THEN ''
             ELSE actor_id END,
  target_id = CASE WHEN target_id = ANY(%(texts)s::text[]) THEN '' ELSE target_id END
WHERE controller_id = %(log)s
  AND (subject_id = ANY(%(ids)s::uuid[])
       OR actor_id = ANY(%(texts)s::text[]) AND actor_type <> 'service'
       OR target_id = ANY(%(texts)s::text[]) AND event <> 'decision:made')
"""


def forget_many(*, by: Actor, controller_id: UUID, subject_ids: Sequence[UUID]) -> int:
    """As `forget`, of many people of one log at once; one entry says that it was done.

    Raises NotAtomicError.
    """
    if not subject_ids:
        return 0
    record(
        event="subject:forgotten", by=by, controller_id=controller_id, target=Target("index", ""),
        data={"people": len(subject_ids)},
    )  # fmt: skip
    texts = [str(one) for one in subject_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            _FORGET_MANY, {"ids": list(subject_ids), "texts": texts, "log": controller_id}
        )
        lines = int(cursor.rowcount)
    return lines + members.forget_many(controller_id, subject_ids)


def ensure_partitions(months: int = 15) -> int:
    """Create the payload partitions of this month and the next ones; returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_partitions(now()::date, %s)", [months])
        return int(cursor.fetchone()[0])


def summarize_index() -> int:
    """Sum up what blocks of the index were filled lately, for searches of rare words; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_summarize_index()")
        return int(cursor.fetchone()[0])
