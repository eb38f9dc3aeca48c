"""Standings of many people at once: what cases of erasure set and end (P8; GDPR 17, 18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import statements
from keys.ids import uuid7
from subjects import news
from subjects.models import ScopeType, StandingState
from subjects.services import lock_many

__all__ = ["Scoped", "end_many", "set_many"]


@dataclass(frozen=True, slots=True)
class Scoped:
    """A person, and how far it reaches; `scope` is the purpose or category `scope_type` means."""

    subject_id: UUID
    scope_type: str = "everything"
    scope: str = ""


_SET = """
INSERT INTO subjects_standing
  (id, controller_id, subject_id, state, scope_type, scope, since_at, reason)
SELECT n.id, %s, n.subject_id, %s, n.scope_type, n.scope, %s, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS n(id, subject_id, scope_type, scope)
ON CONFLICT DO NOTHING
RETURNING subject_id, scope_type, scope
"""


@transaction.atomic
def set_many(  # noqa: PLR0913 (a standing has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    state: str,
    about: Sequence[Scoped],
    reason: str = "",
    since_at: datetime | None = None,
) -> list[Scoped]:
    """Set one state about many people, each in a scope; returns those that did not stand before.

    The next check sees it. People of others, and records that were joined to another, are passed
    over. Raises ValueError for a state or a kind of scope that does not exist.
    """
    StandingState(state), {ScopeType(one.scope_type) for one in about}
    known = lock_many(controller_id, [one.subject_id for one in about])
    wanted = [one for one in dict.fromkeys(about) if one.subject_id in known]
    since = since_at or timezone.now()
    rows = statements.rows(_SET, [controller_id, state, since, reason, *_columns(wanted)])
    made = [Scoped(*row) for row in rows]
    _record(by, controller_id, "standing:set", state, made, known)
    if state != StandingState.HOLD:  # a hold ends no permit
        _tell(controller_id, state, made)
    return made


_END = """
UPDATE subjects_standing s SET ended_at = %s
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS n(id, subject_id, scope_type, scope)
WHERE s.controller_id = %s AND s.state = %s AND s.ended_at IS NULL
  AND s.subject_id = n.subject_id AND s.scope_type = n.scope_type AND s.scope = n.scope
  AND (%s = '' OR s.reason = %s)
RETURNING s.subject_id, s.scope_type, s.scope
"""


@transaction.atomic
def end_many(
    *, by: Actor, controller_id: UUID, state: str, about: Sequence[Scoped], reason: str = ""
) -> list[Scoped]:
    """End one state about many people; returns what stood. With a `reason` only those set for it.

    Raises ValueError for a state that does not exist.
    """
    StandingState(state)
    known = lock_many(controller_id, [one.subject_id for one in about])
    wanted = list(dict.fromkeys(about))
    given = [timezone.now(), *_columns(wanted), controller_id, state, reason, reason]
    ended = [Scoped(*row) for row in statements.rows(_END, given)]
    _record(by, controller_id, "standing:ended", state, ended, known)
    return ended


def _columns(about: Sequence[Scoped]) -> list[object]:
    return [
        statements.array(uuid7() for _ in about),
        statements.array(one.subject_id for one in about),
        [one.scope_type for one in about],
        [one.scope for one in about],
    ]


def _record(  # noqa: PLR0913, PLR0917 (the parts of an entry)
    by: Actor,
    controller_id: UUID,
    event: str,
    state: str,
    about: Sequence[Scoped],
    known: dict[UUID, SubjectRef],
) -> None:
    """The log does not name again whom it has forgotten: a person whose key is gone (P6)."""
    named = {one: ref for one, ref in known.items() if ref.pseudonym}
    audit.record_many(
        audit.Draft(
            event=event, by=by, controller_id=controller_id,
            target=Target("subject", str(one.subject_id) if one.subject_id in named else ""),
            subject=named.get(one.subject_id),
            data={"state": state, "scope_type": one.scope_type, "scope": one.scope},
        )
        for one in about
    )  # fmt: skip


def _tell(controller_id: UUID, state: str, made: Sequence[Scoped]) -> None:
    """A death has no scope, whatever the row says."""
    is_death = state == StandingState.DECEASED

    def reach(one: Scoped) -> tuple[str, str]:
        return ("everything", "") if is_death else (one.scope_type, one.scope)

    for (scope_type, scope), people in groupby(sorted(made, key=reach), key=reach):
        news.permits_ended(
            controller_id=controller_id, subject_ids=[one.subject_id for one in people],
            reason=state, scope_type=scope_type, scope=scope,
        )  # fmt: skip
