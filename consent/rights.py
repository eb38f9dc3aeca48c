"""Which law gives a person which objection or restriction. Pure.

A right that the person's law does not know would be acknowledged and stop nothing: it is refused
instead, and the person is led to what their law does give (a withdrawal).
"""

from collections.abc import Collection

RESTRICTION = "restriction"
GIVEN_BY: dict[str, frozenset[str]] = {
    "direct_marketing": frozenset({"EU"}),  # GDPR 21(2)
    "particular_situation": frozenset({"EU"}),  # GDPR 21(1)
    RESTRICTION: frozenset({"EU"}),  # GDPR 18
    "voluntary_use": frozenset({"IN"}),  # DPDP s.7(a)
    "sale_sharing": frozenset({"EU", "IN"}),  # heeded for everybody (GDPR 21(5), DPDP s.6(4))
}
"""The laws under which each is heeded by the rules (policies.rules.choice)."""


def has(right: str, packs: Collection[str]) -> bool:
    """Whether a law that applies to the person gives the right.

    While nobody knows which law applies, every right is taken: nothing is permitted then anyway.
    """
    return not packs or bool(GIVEN_BY[right] & set(packs))
