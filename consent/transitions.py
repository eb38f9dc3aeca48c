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

_ENDED = frozenset({S.WITHDRAWN, S.EXPIRED, S.REVOKED, S.INVALIDATED})
_ENDINGS = frozenset({S.WITHDRAWN, S.EXPIRED, S.REVOKED, S.INVALIDATED})

LEGAL: dict[State, frozenset[State]] = {
    S.UNKNOWN: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.REQUESTED: frozenset({S.REQUESTED, S.DEFERRED, S.GIVEN, S.REFUSED}),
    S.DEFERRED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.GIVEN: _ENDINGS | {S.RENEWED},
    S.RENEWED: _ENDINGS | {S.RENEWED},
    S.REFUSED: frozenset({S.REQUESTED, S.GIVEN}),
    S.WITHDRAWN: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.EXPIRED: frozenset({S.REQUESTED, S.GIVEN, S.RENEWED, S.REFUSED, S.WITHDRAWN}),
    S.REVOKED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED}),
    S.INVALIDATED: frozenset({S.REQUESTED, S.GIVEN, S.REFUSED, S.WITHDRAWN}),
}

IMPORTABLE = frozenset(State) - {S.UNKNOWN}
"""What a first record from another system may say: it knows the outcome, not always the way."""

WISHES: dict[State, frozenset[State]] = {
    S.GIVEN: frozenset({S.GIVEN, S.RENEWED}),
    S.REFUSED: frozenset({S.REFUSED, S.WITHDRAWN}),
}
"""The states a wish may have led to, where there is more than the one it names; see `settle`."""


def is_legal(before: State, after: State, *, first_import: bool = False) -> bool:
    """Whether `after` may follow `before`. Given on top of given is a renewal; see `settle`."""
    if first_import and before is S.UNKNOWN:
        return after in IMPORTABLE
    return after in LEGAL[before]


def settle(before: State, wished: State) -> State:
    """The state a wish leads to: yes to a running consent renews it, no to one withdraws it."""
    if wished is S.GIVEN and before in VALID:
        return S.RENEWED
    if wished is S.REFUSED and before in VALID:
        return S.WITHDRAWN
    return wished
