"""Where everybody stands, worked out anew from the ledger and compared with what is stored.

Both tables are read side by side, a page at a time in the order of person and purpose, so that
memory stays flat and no transaction stays open. What differs is looked at again while the person is
locked, for a choice may have come between the two readings; only what differs then is a fault.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from audit import services as audit
from audit.actors import Actor, Target
from consent.models import ConsentState, Purpose
from consent.services.folding import fold
from consent.services.lines import Current, LedgerLine, lines_of, set_states, states_of
from consent.transitions import VALID
from subjects import news
from subjects import services as subjects

PAGE: Final = 10_000
BEFORE_ALL: Final = UUID(int=0)
AFTER_ALL: Final = UUID(int=2**128 - 1)
_LINES = f"""
SELECT {", ".join(LedgerLine._fields)} FROM consent_consentevent
WHERE (subject_id, purpose_id, sequence) > (%s, %s, %s)
ORDER BY subject_id, purpose_id, sequence LIMIT %s
"""  # noqa: S608 (column names are the constants above)
_STATES = f"""
SELECT {", ".join(Current._fields)} FROM consent_consentstate
WHERE (subject_id, purpose_id) > (%s, %s) AND (subject_id, purpose_id) <= (%s, %s)
ORDER BY subject_id, purpose_id
"""  # noqa: S608 (as above)

Key = tuple[UUID, UUID]
"""A person and a purpose."""
Progress = Callable[[int], None]


@dataclass(slots=True)
class Comparison:
    """What comparing came to. `wrong` states differ, `missing` ones are not stored, `extra` ones
    stand on no line; `mended` of these were made right.

    The digests are SHA-256 over every state in one order: as the ledger says, and as stored.
    """

    lines: int = 0
    states: int = 0
    wrong: int = 0
    missing: int = 0
    extra: int = 0
    mended: int = 0
    from_ledger: Any = field(default_factory=hashlib.sha256)
    as_stored: Any = field(default_factory=hashlib.sha256)

    @property
    def faults(self) -> int:
        return self.wrong + self.missing + self.extra

    def note(self, wanted: Current | None, stored: Current | None) -> bool:
        """Count one person and purpose; returns whether both agree."""
        self.states += wanted is not None
        for digest, one in ((self.from_ledger, wanted), (self.as_stored, stored)):
            if one is not None:
                digest.update(repr(_compared(one)).encode())
        if _compared(wanted) == _compared(stored):
            return True
        self.missing += stored is None
        self.extra += wanted is None
        self.wrong += stored is not None and wanted is not None
        return False


def rebuild(*, by: Actor, is_writing: bool = False, shown: Progress | None = None) -> Comparison:
    """Compare every stored state with what its ledger lines amount to; mend them if `is_writing`.

    `shown` is told the number of lines read so far. A state that is mended away from a running
    consent ends its permits as a withdrawal does.
    """
    found, after = Comparison(), (BEFORE_ALL, BEFORE_ALL)
    for until, groups in _pages():
        stored = _stored(after, until)
        found.lines += sum(map(len, groups.values()))
        for key in sorted(groups.keys() | stored.keys()):
            wanted = fold(groups.get(key, ()))
            if _compared(wanted) == _compared(stored.get(key)):
                found.note(wanted, stored.get(key))
            else:
                _look_again(by, key, _controller(wanted, stored.get(key)), found, is_writing)
        after = until
        if shown:
            shown(found.lines)
    return found


def _pages() -> Iterator[tuple[Key, dict[Key, list[LedgerLine]]]]:
    """All lines by person and purpose, and how far each page goes; the last goes to the end."""
    waiting: list[LedgerLine] = []
    place: tuple[UUID, UUID, int] = (BEFORE_ALL, BEFORE_ALL, 0)
    while True:
        rows = [LedgerLine(*row) for row in _read(_LINES, [*place, PAGE])]
        waiting += rows
        groups = {key: list(lines) for key, lines in groupby(waiting, key=_key)}
        if len(rows) < PAGE:
            yield (AFTER_ALL, AFTER_ALL), groups
            return
        place = (*_key(rows[-1]), rows[-1].sequence)
        waiting = groups.pop(_key(rows[-1]))  # the next page may go on with it
        if groups:
            yield max(groups), groups


def _stored(after: Key, until: Key) -> dict[Key, Current]:
    rows = (Current(*row) for row in _read(_STATES, [*after, *until]))
    return {_key(one): one for one in rows}


def _read(query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def _key(row: LedgerLine | Current) -> Key:
    return row.subject_id, row.purpose_id


def _controller(wanted: Current | None, stored: Current | None) -> UUID:
    one = wanted or stored
    if one is None:
        raise ValueError("There is neither a line nor a state.")
    return one.controller_id


def _compared(state: Current | None) -> Current | None:
    """All that must agree: the row's own id is the table's."""
    return state and state._replace(id=BEFORE_ALL)


@transaction.atomic
def _look_again(
    by: Actor, key: Key, controller_id: UUID, found: Comparison, is_writing: bool
) -> None:
    """Compare with the person locked, and mend."""
    people = subjects.lock_many(controller_id, [key[0]])
    lines = [one for one in lines_of(controller_id, [key[0]]) if one.purpose_id == key[1]]
    wanted = fold(lines)
    stored = next((s for s in states_of(controller_id, [key[0]]) if s.purpose_id == key[1]), None)
    if found.note(wanted, stored) or not is_writing:
        return
    _mend(wanted, stored)
    found.mended += 1
    purpose = Purpose.objects.get(controller_id=controller_id, pk=key[1]).code
    before, after = (one.state if one else "" for one in (stored, wanted))
    audit.record(
        event="state:rebuilt", by=by, controller_id=controller_id, purpose=purpose,
        target=Target("consent_state", str(wanted.event_id if wanted else "")),
        subject=people.get(key[0]), data={"before": before, "after": after},
    )  # fmt: skip
    if before in VALID and after not in VALID:
        news.permits_ended(
            controller_id=controller_id, subject_ids=[key[0]], reason="state_rebuilt",
            scope_type=news.PURPOSE, scope=purpose,
        )  # fmt: skip


def _mend(wanted: Current | None, stored: Current | None) -> None:
    if wanted is None and stored is not None:
        ConsentState.objects.filter(controller_id=stored.controller_id, pk=stored.id).delete()
    elif wanted is not None and stored is not None:
        set_states([wanted._replace(id=stored.id)], {stored.id})
    elif wanted is not None:
        set_states([wanted], set())
