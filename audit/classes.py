"""How long payloads live: the retention classes, their floors and what demands them. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class RetentionClass(StrEnum):
    """How long a payload lives: the classes that have events so far."""

    EVIDENCE = "rc1"  # consent evidence and what it refers to (DPDP s.6(10); GDPR 7(1))
    PROCESSING = "rc2"  # processing and access (DPDP Rules r.8(3), r.6(1)(e))
    AI_DECISION = "rc3"  # AI decisions (AI Act 19, 26(6); GDPR 22)


@dataclass(frozen=True, slots=True)
class Floor:
    """The shortest life of a class, in years from the end of the month, and what demands it.

    The database knows the same numbers (migration 0006) and obeys nobody below them.
    """

    years: int
    law: str


FLOORS = {
    RetentionClass.EVIDENCE: Floor(7, "DPDP Act s.6(10), DPDP Rules First Schedule; GDPR 7(1)"),
    RetentionClass.PROCESSING: Floor(1, "DPDP Rules r.8(3), r.6(1)(e)"),
    RetentionClass.AI_DECISION: Floor(1, "DPDP Rules r.8(3); AI Act 19(1), 26(6)"),
}

CLASS_BYTES = {one.value: int(one.value[2:]) for one in RetentionClass}
"""A class as the byte that stays beside each entry, so that a missing payload is told apart."""
