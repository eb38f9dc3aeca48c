"""The steps by which a parent or lawful guardian comes to count, and to count no longer. Pure.

A parent is somebody who says so and is found to be an identifiable adult (DPDP s.9(1), r.10). A
guardian is somebody whose appointment a second officer has verified (r.11). What is not listed
cannot happen.
"""

from enum import StrEnum


class Check(StrEnum):
    """Where the diligence on a parent stands."""

    NAMED = "named"
    VERIFIED = "verified"
    REFUSED = "refused"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ENDED = "ended"


class Appointment(StrEnum):
    """Where the verification of a guardian's appointment stands."""

    RECORDED = "recorded"
    VERIFIED = "verified"
    REFUSED = "refused"
    ENDED = "ended"


C, A = Check, Appointment
OPEN = frozenset({C.NAMED, C.REFUSED})
"""Whoever could not be verified in one way may try another."""
STANDING = OPEN | {C.VERIFIED}
CHECK_STEPS: dict[Check, frozenset[Check]] = {
    C.NAMED: frozenset({C.VERIFIED, C.REFUSED, C.DECLINED, C.LAPSED}),
    C.REFUSED: frozenset({C.VERIFIED, C.REFUSED, C.DECLINED, C.LAPSED}),
    C.VERIFIED: frozenset({C.ENDED}),
    C.DECLINED: frozenset(),
    C.LAPSED: frozenset(),
    C.ENDED: frozenset(),
}
APPOINTMENT_STEPS: dict[Appointment, frozenset[Appointment]] = {
    A.RECORDED: frozenset({A.VERIFIED, A.REFUSED}),
    A.VERIFIED: frozenset({A.ENDED}),
    A.REFUSED: frozenset(),
    A.ENDED: frozenset(),
}

EXISTING, VOLUNTARY, TOKEN = "existing_details", "voluntary_details", "virtual_token"
METHODS = (EXISTING, VOLUNTARY, TOKEN)
"""How r.10(1) lets the parent be found an adult: (a), and the two ways of (b)."""

CHILD, PARENT = "child", "parent"
CASES: dict[tuple[str, bool], int] = {
    (CHILD, True): 1, (CHILD, False): 2, (PARENT, True): 3, (PARENT, False): 4,
}  # fmt: skip
"""The illustrated cases of r.10: who spoke first, and whether the parent is registered here."""


def rule_10_case(begun_by: str, *, is_registered: bool) -> int:
    """Which of the four illustrated cases it is."""
    return CASES[begun_by, is_registered]


def may_use(method: str, *, is_registered: bool) -> bool:
    """Whether the method fits: of somebody who is not registered no details are held (r.10)."""
    return method in METHODS and (is_registered or method != EXISTING)
