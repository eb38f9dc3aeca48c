"""Storing what was chosen: lines, where they lead, their entries, and what others must hear of.

One choice is one statement, for each round trip costs a request more than all it says; many go by
COPY. Both write the same columns (tests/consent/test_storing.py).
"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from audit import services as audit
from audit.append import STEPS, values
from consent.services import outgoing
from consent.services.lines import CHANGE_ONE, Current, LedgerLine, add_lines, set_states
from keys import statements
from keys.bulk import unquoting
from keys.texts import insertion, together


def store(
    lines: Sequence[LedgerLine],
    states: Sequence[Current],
    held: set[UUID],
    drafts: Sequence[audit.Draft],
    changes: Sequence[outgoing.Told],
) -> None:
    """Append lines with their entries, and set the states they lead to, of which `held` are there.

    In the caller's transaction, the people being locked. Raises IntegrityError, and as
    `audit.services.record`.
    """
    if len(lines) == len(states) == len(drafts) == 1:
        _store_one(lines[0], states[0], states[0].id in held, drafts[0], changes)
        return
    add_lines(lines)
    set_states(states, held)
    audit.record_many(drafts)
    outgoing.note_many(changes)


def _store_one(
    line: LedgerLine,
    state: Current,
    is_held: bool,
    draft: audit.Draft,
    changes: Sequence[outgoing.Told],
) -> None:
    (entry,) = audit.drawn_up([draft])
    kept = state.changed() if is_held else state
    told = [value for change in changes for value in change]
    with unquoting("consent_consentevent"):
        statements.rows(_statement(is_held, bool(changes)), [*values(entry), *line, *kept, *told])


@cache
def _statement(is_held: bool, is_told: bool) -> str:
    stored = CHANGE_ONE if is_held else insertion("consent_consentstate", Current._fields)
    steps = {
        **STEPS, "line": insertion("consent_consentevent", LedgerLine._fields), "state": stored,
    }  # fmt: skip
    if is_told:
        steps["told"] = insertion("consent_change", outgoing.Told._fields)
    return together(steps)
