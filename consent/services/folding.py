"""What the ledger of one person and purpose amounts to, in the order things happened (CON-30).

Lines come from many channels and some come late. They count in the order of their own times, and
of two at one time the one that protects the person more comes last. So the state depends on which
lines there are, never on how they arrived.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from consent.services.lines import MERGE, SPLIT, Current, LedgerLine, current
from consent.transitions import VALID, WISHES, State, effect, protection

Place = tuple[datetime, int]
KEEPER = ("system", "keeper")
"""Who writes that a time has ended."""


def happened_at(event_at: datetime, recorded_at: datetime) -> datetime:
    """When something happened by our clock: never after we learnt of it, as a fast clock claims."""
    return min(event_at, recorded_at)


def place(line: LedgerLine) -> Place:
    """Where a line stands among others of its person and purpose."""
    return happened_at(line.event_at, line.recorded_at), protection(State(line.state))


def state_at(state: Current | None, at: datetime) -> State:
    """What stood at a time: expired where the time had ended although nobody wrote that yet."""
    if state is None:
        return State.UNKNOWN
    written = State(state.state)
    if written in VALID and state.expires_at and state.expires_at <= at:
        return State.EXPIRED
    return written


def fold(lines: Iterable[LedgerLine]) -> Current | None:
    """Where a person stands on a purpose by all of its lines; None without any.

    A pure function of the set of lines. The `id` is a new one.
    """
    known = sorted(lines, key=lambda one: one.sequence)
    undone = {_identity(line) for line in known if line.method == SPLIT}
    state: Current | None = None
    for line in sorted(known, key=place):
        if line.method == SPLIT or (line.method == MERGE and _identity(line) in undone):
            continue
        state = step(state, line)
    for line in known:
        state = state.with_line(line) if state else _never_asked(line)
    return state


def step(state: Current | None, line: LedgerLine) -> Current:
    """What stands after the next line in the order."""
    after = _effect(state, line)
    if state is None:
        return current(line)
    return state.with_line(line) if after is None else state.after(line, after)


def same(lines: Iterable[LedgerLine], wished: State, event_at: datetime) -> LedgerLine | None:
    """The line this very event made when it was delivered before: a yes, or a no, of that time."""
    kinds = WISHES.get(wished, {wished})
    return next((one for one in lines if one.event_at == event_at and one.state in kinds), None)


def before(lines: Sequence[LedgerLine], until: Place) -> Current | None:
    """What stood when something of that place happened."""
    return fold(line for line in lines if place(line) <= until)


def _effect(state: Current | None, line: LedgerLine) -> State | None:
    said = State(line.state)
    if line.method == MERGE:
        return said
    if said is State.EXPIRED and state is not None and state.state in VALID:
        return said if _is_over(state, line) else None
    return effect(state_at(state, happened_at(line.event_at, line.recorded_at)), said)


def _is_over(state: Current, line: LedgerLine) -> bool:
    """The keeper wrote of the time it knew; a renewal that came late may have moved the end."""
    if (line.actor_type, line.actor_id) != KEEPER or state.expires_at is None:
        return True
    return state.expires_at <= line.event_at


def _identity(line: LedgerLine) -> str:
    found: str = json.loads(line.evidence)["merge"]
    return found


def _never_asked(line: LedgerLine) -> Current:
    return current(line)._replace(state=State.UNKNOWN.value)
