"""Noting what others must hear of, in the transaction of its cause. Who hears it is decided later.

What is noted exists exactly if its cause does. Of one person changes are written under that
person's lock, so their numbers stand in the order in which they happened.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from consent.transitions import State
from keys.bulk import copy_in
from keys.ids import uuid7

FEW = 20
"""Up to so many rows one statement is quicker than COPY."""

OBJECTED, OBJECTION_LIFTED = "objection.registered", "objection.lifted"
OBJECTION_UPHELD, OBJECTION_DISMISSED = "objection.upheld", "objection.dismissed"
RESTRICTED, RESTRICTION_LIFTED = "restriction.set", "restriction.lifted"
KINDS = (
    *(f"consent.{state}" for state in State), OBJECTED, OBJECTION_UPHELD,
    OBJECTION_DISMISSED, OBJECTION_LIFTED, RESTRICTED, RESTRICTION_LIFTED,
)  # fmt: skip
"""Everything that is told. A code is stable for ever."""

ENDING = frozenset({
    "consent.unknown", "consent.refused", "consent.withdrawn", "consent.expired",
    "consent.revoked", "consent.invalidated", OBJECTED, RESTRICTED,
})  # fmt: skip
"""After these a use must cease, so that whoever is told must confirm in time (CON-16)."""


class Told(NamedTuple):
    """The columns of Change that its cause knows."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    kind: str
    purpose: str
    about: str
    cause_id: UUID
    at: datetime


def told(  # noqa: PLR0913 (a change has these parts)
    *,
    controller_id: UUID,
    kind: str,
    subject_id: UUID,
    cause_id: UUID,
    at: datetime,
    purpose: str = "",
    about: str = "",
) -> Told:
    """A change, not yet noted. Raises ValueError for a kind that is not one of `KINDS`."""
    if kind not in KINDS:
        raise ValueError(f"There is no change of the kind {kind!r}.")
    return Told(uuid7(), controller_id, subject_id, kind, purpose, about, cause_id, at)


def note(  # noqa: PLR0913 (a change has these parts)
    controller_id: UUID,
    kind: str,
    subject_id: UUID,
    *,
    cause_id: UUID,
    purpose: str = "",
    about: str = "",
    at: datetime | None = None,
) -> None:
    """Note one change in the caller's transaction, under the lock of the person it is about.

    `cause_id` is the row that says more: the line of the ledger, the objection, the restriction;
    `purpose` empty where it is about more than one, and then `about` says what: the kind of
    objection, everything, or a data category; `at` when it happened, else now.
    """
    one = told(
        controller_id=controller_id, kind=kind, subject_id=subject_id, cause_id=cause_id,
        at=at or timezone.now(), purpose=purpose, about=about,
    )  # fmt: skip
    note_many([one])


def note_many(changes: Sequence[Told]) -> None:
    """Note changes in their order, at the cost of one statement."""
    if len(changes) > FEW:
        copy_in("consent_change", Told._fields, changes)
    elif changes:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [list(column) for column in zip(*changes, strict=True)])


_INSERT = f"""
INSERT INTO consent_change ({", ".join(Told._fields)})
SELECT * FROM unnest(
  %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[],
  %s::timestamptz[]
)
"""  # noqa: S608 (column names are the constants above)
