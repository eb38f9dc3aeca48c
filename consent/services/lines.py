"""The values of recording: a choice, the ledger line it becomes, the state that line leads to.

Plain tuples, because an import makes thousands of them a second; a test holds their fields equal to
the models' columns.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

from accounts.selectors import STAMP
from consent import catalogue as catalogues
from consent.catalogue import Catalogue
from consent.models import ConsentEvent
from consent.transitions import NO, State
from keys import statements
from keys.bulk import copy_in
from keys.ids import uuid7

UNKNOWN_ACT = frozenset({"", "import"})
"""Of a yes that came without its method nobody can show the affirmative act (CON-08, CON-13)."""

MERGE, SPLIT = "merge", "split"
"""Methods of lines that no act of the person made: their identities were found to be one or two."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What one person chose about one purpose, and how that is known (CON-13).

    `notice_version` None means the notice in force now; `language` the words that were shown. An
    import names the notice by code and number instead, or not at all: then nothing is provable.
    `categories` are the data that the form named, if it named any (CON-10).
    """

    subject_id: UUID
    purpose: str
    state: State
    method: str
    channel: str = ""
    event_at: datetime | None = None
    expires_at: datetime | None = None
    notice_version: UUID | None = None
    notice: tuple[str, int] | None = None
    language: str = ""
    given_by: str = "principal"
    guardian_id: UUID | None = None
    guardian_verification: str = ""
    is_explicit: bool = False
    is_import: bool = False
    categories: tuple[str, ...] = ()
    reason: str = ""
    evidence: dict[str, str] = {}  # each has its own


class LedgerLine(NamedTuple):
    """The columns of ConsentEvent. `evidence` is JSON text."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    purpose_id: UUID
    sequence: int
    state: str
    event_at: datetime
    recorded_at: datetime
    expires_at: datetime | None
    purpose_version: int
    notice_version_id: UUID | None
    language: str
    notice_sha256: str
    method: str
    channel: str
    given_by: str
    guardian_id: UUID | None
    guardian_verified: bool
    is_explicit: bool
    reason: str
    actor_type: str
    actor_id: str
    evidence: str

    def event(self) -> ConsentEvent:
        """The stored event of this line."""
        values: dict[str, Any] = self._asdict()
        values["evidence"] = json.loads(self.evidence)
        event = ConsentEvent(**values)
        event._state.adding = False
        return event


_FIXED = ("id", "controller_id", "subject_id", "purpose_id")


class Current(NamedTuple):
    """The columns of ConsentState, those first that never change."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    purpose_id: UUID
    event_id: UUID
    sequence: int
    state: str
    since_at: datetime
    expires_at: datetime | None
    purpose_version: int
    notice_version_id: UUID | None
    language: str
    is_explicit: bool
    is_provable: bool
    given_by: str
    guardian_verified: bool
    latest_at: datetime

    def after(self, line: LedgerLine, state: State) -> "Current":
        """What stands once `line` led to `state`.

        A no said again stands since it was first said. A withdrawn consent keeps the evidence of
        the yes: a commitment may still rest on it.
        """
        known = self.with_line(line)
        if state in NO and state == self.state:
            return known
        if state is not State.WITHDRAWN:
            made = current(line, self.id)
            return made._replace(
                state=state.value, sequence=known.sequence, latest_at=known.latest_at
            )
        return known._replace(event_id=line.id, state=state.value, since_at=line.event_at)

    def changed(self) -> list[Any]:
        """The values of CHANGE_ONE."""
        return [*self[len(_FIXED) :], self.id]

    def with_line(self, line: LedgerLine) -> "Current":
        """The same state, with one line more on the ledger."""
        return self._replace(
            sequence=max(self.sequence, line.sequence), latest_at=max(self.latest_at, line.event_at)
        )


def current(line: LedgerLine, state_id: UUID | None = None) -> Current:
    """The state that a line leads to, taken for itself; a new one without `state_id`."""
    has_words = bool(line.notice_sha256 and line.language)
    return Current(
        state_id or uuid7(), line.controller_id, line.subject_id, line.purpose_id, line.id,
        line.sequence, line.state, line.event_at, line.expires_at, line.purpose_version,
        line.notice_version_id, line.language, line.is_explicit,
        has_words and line.method not in UNKNOWN_ACT, line.given_by, line.guardian_verified,
        line.event_at,
    )  # fmt: skip


# The inner queries are index look-ups, one a person, whatever the planner believes of a table that
# has only just been filled.
_STATES = f"""
SELECT {", ".join(Current._fields)} FROM unnest(%s::uuid[]) AS asked(person)
CROSS JOIN LATERAL (
  SELECT * FROM consent_consentstate s WHERE s.subject_id = asked.person OFFSET 0
) found
WHERE found.controller_id = %s AND (%s::uuid[] IS NULL OR found.purpose_id = ANY(%s::uuid[]))
"""  # noqa: S608 (column names are the constants above)
_LINES = f"""
SELECT {", ".join(LedgerLine._fields)} FROM unnest(%s::uuid[]) AS asked(person)
CROSS JOIN LATERAL (
  SELECT * FROM consent_consentevent e WHERE e.subject_id = asked.person OFFSET 0
) found WHERE found.controller_id = %s
"""  # noqa: S608 (column names are the constants above)


_STANDING = f"""
SELECT stamp.*, found.* FROM ({STAMP}) AS stamp
LEFT JOIN LATERAL (
  SELECT {", ".join(Current._fields)} FROM consent_consentstate s
  WHERE s.subject_id = %s AND s.controller_id = %s OFFSET 0
) found ON true
"""  # noqa: S608 (column names are the constants above)


def standing(controller_id: UUID, subject_id: UUID) -> tuple[list[Current], Catalogue]:
    """Where one person stands, and what is in force, in one question."""
    found = statements.rows(_STANDING, [subject_id, controller_id])
    version, writer, now = found[0][:3]
    known = catalogues.of_stamp(controller_id, (int(version), str(writer)), now)
    return [Current(*row[3:]) for row in found if row[3]], known


def states_of(
    controller_id: UUID, subject_ids: Sequence[UUID], purposes: Collection[UUID] | None = None
) -> list[Current]:
    """Where these people stand, on these purposes or on all."""
    about = None if purposes is None else statements.array(purposes)
    asked = [statements.array(subject_ids), controller_id, about, about]
    rows = statements.rows(_STATES, asked)
    return list(map(Current._make, rows))


def lines_of(controller_id: UUID, subject_ids: Sequence[UUID]) -> list[LedgerLine]:
    """Everything on the ledger about these people."""
    rows = statements.rows(_LINES, [statements.array(subject_ids), controller_id])
    return list(map(LedgerLine._make, rows))


def add_lines(lines: Sequence[LedgerLine]) -> None:
    """Append to the ledger."""
    copy_in("consent_consentevent", LedgerLine._fields, lines)


def set_states(states: Sequence[Current], held: set[UUID]) -> None:
    """Store new states, and change those whose ids are in `held`."""
    copy_in("consent_consentstate", Current._fields, [s for s in states if s.id not in held])
    changed = [state for state in states if state.id in held]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, [list(column) for column in zip(*changed, strict=True)])


_TYPES = {
    UUID: "uuid", int: "integer", str: "text", bool: "boolean", datetime: "timestamptz",
    UUID | None: "uuid", datetime | None: "timestamptz",
}  # fmt: skip
_CHANGE = f"""
UPDATE consent_consentstate s
SET {", ".join(f"{name} = n.{name}" for name in Current._fields if name not in _FIXED)}
FROM unnest({", ".join(f"%s::{_TYPES[kind]}[]" for kind in Current.__annotations__.values())})
  AS n({", ".join(Current._fields)})
WHERE s.id = n.id
"""  # noqa: S608 (column names and types are the constants above)

CHANGE_ONE = f"""
UPDATE consent_consentstate
SET {", ".join(f"{name} = %s" for name in Current._fields[len(_FIXED) :])} WHERE id = %s
"""  # noqa: S608 (as above)
