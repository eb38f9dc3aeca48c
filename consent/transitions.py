"""The ten states of a consent and the legal steps between them (CON-12). Pure.

After ISO/IEC TS 27560 Annex B and the consent status of the W3C Data Privacy Vocabulary.
"""

from enum import StrEnum


class State(StrEnum):
    UNKNOWN = "unknown"
    REQUESTED = "requested"
    DEFERRED = "deferred"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"


S = State
VALID = frozenset({S.GIVEN, S.RENEWED})
"""The only states that permit processing."""

AFFIRMATIVE = frozenset({S.GIVEN, S.RENEWED})
"""Reached only by a recorded affirmative act of the person (DPDP s.6(1); GDPR 4(11))."""

_ENDINGS = frozenset({S.WITHDRAWN, S.EXPIRED, S.REVOKED, S.INVALIDATED})

_WITHDRAWABLE = frozenset({S.GIVEN, S.RENEWED, S.EXPIRED, S.WITHDRAWN})

YES = AFFIRMATIVE
NO = frozenset({S.REFUSED, S.WITHDRAWN})
"""Whatever the person said last counts, so that no second no is ever refused."""

LEGAL: dict[State, frozenset[State]] = {
    S.UNKNOWN: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.REQUESTED: frozenset({S.REQUESTED, S.DEFERRED, S.GIVEN, S.REFUSED}),
    S.DEFERRED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.GIVEN: _ENDINGS | {S.RENEWED},
    S.RENEWED: _ENDINGS | {S.RENEWED},
    S.REFUSED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.WITHDRAWN: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED, S.WITHDRAWN, S.INVALIDATED}),
    S.EXPIRED: NO | {S.REQUESTED, S.GIVEN, S.RENEWED, S.INVALIDATED},
    S.REVOKED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.INVALIDATED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED, S.WITHDRAWN}),
}

IMPORTABLE = frozenset(State) - {S.UNKNOWN}
"""What a first record from another system may say: it knows the outcome, not always the way."""

WISHES: dict[State, frozenset[State]] = {state: kind for kind in (YES, NO) for state in kind}
"""The states a wish may have led to, where there is more than the one it names; see `settle`."""

_PROTECTION: dict[State, int] = {
    S.UNKNOWN: 0, S.GIVEN: 0, S.RENEWED: 0, S.REQUESTED: 1, S.DEFERRED: 2, S.EXPIRED: 3,
    S.REVOKED: 4, S.REFUSED: 5, S.WITHDRAWN: 5, S.INVALIDATED: 6,
}  # fmt: skip


def protection(state: State) -> int:
    """How much a state protects the person: of two events of one moment the higher comes last."""
    return _PROTECTION[state]


def is_legal(before: State, after: State, *, first_import: bool = False) -> bool:
    """Whether `after` may follow `before`. Given on top of given is a renewal; see `settle`."""
    if first_import and before is S.UNKNOWN:
        return after in IMPORTABLE
    return after in LEGAL[before]


def settle(before: State, wished: State) -> State:
    """The state a wish leads to: yes to a running consent renews it, no to one withdraws it.

    No to what was withdrawn, or has lapsed, is a withdrawal too; to what never was valid there is
    nothing to withdraw.
    """
    if wished is S.GIVEN and before in VALID:
        return S.RENEWED
    if wished is S.REFUSED and before in _WITHDRAWABLE:
        return S.WITHDRAWN
    if wished is S.WITHDRAWN and before is S.INVALIDATED:
        return S.REFUSED
    return wished


def effect(before: State, said: State) -> State | None:
    """The state a recorded line leads to wherever it comes to stand; None: it changes nothing.

    A line says `said` by what stood before it when it came. What came late since may have changed
    that: a yes is still a yes then, and a no a no.
    """
    if before is S.UNKNOWN:
        return said
    if said in NO:
        return before if before in NO else settle(before, S.REFUSED)
    if said in YES and (before in VALID or said not in LEGAL[before]):
        return settle(before, S.GIVEN)
    return said if said in LEGAL[before] else None
