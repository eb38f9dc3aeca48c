"""Purposes the law itself sets: which gates each may pass by, and which never. Pure data.

They pass by gates only where their ground is not consent, always name a case (R08), and still need
everything else: a registered service, an approved purpose, a lawful ground, the scope declared.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.rules.law import act, gdpr, rules

PREFIX = "sys."
STANDING_GATE, CHOICE_GATE, CAPACITY_GATE, CONSENT_GATE = 2, 4, 6, 7
NEVER = frozenset(("R10",))
"""Whatever is erased stays erased, for everybody."""
VAULT = "R11"
READING = frozenset(("Access", "Consult", "Retrieve", "Disclose"))
"""What may be done with the vault to answer a person who asks what is held about them."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """One reserved purpose. `rules` are passed by one for one, `gates` whole."""

    code: str
    refs: Mapping[str, tuple[str, ...]]
    gates: frozenset[int] = frozenset()
    rules: frozenset[str] = frozenset()
    reads_vault_only: bool = False

    def passes_by(self, number: str, gate: int, *, is_reading: bool) -> bool:
        """Whether a rule does not stop it. `is_reading`: nothing but reading is asked for."""
        if number in NEVER:
            return False
        if number == VAULT and self.reads_vault_only and not is_reading:
            return False
        return gate in self.gates or number in self.rules


_ALL = frozenset((STANDING_GATE, CHOICE_GATE, CAPACITY_GATE, CONSENT_GATE))

RESERVED: Mapping[str, Reserved] = {
    each.code: each
    for each in (
        Reserved(
            "sys.rights", {"IN": act("11", "12", "13"), "EU": gdpr("12", "15", "16", "17")},
            _ALL, reads_vault_only=True,
        ),
        Reserved("sys.legal_obligation", {"IN": act("7(d)"), "EU": gdpr("6(1)(c)")}, _ALL),
        Reserved(
            "sys.legal_claim",
            {"IN": act("17(1)(a)", "17(1)(f)"), "EU": gdpr("17(3)(e)", "18(2)")}, _ALL,
        ),
        Reserved(
            "sys.authority_request",
            {"IN": (*act("7(c)", "7(d)"), *rules("23")), "EU": gdpr("6(1)(c)")},
            rules=frozenset((VAULT,)),
        ),
        Reserved(
            "sys.security", {"IN": rules("6(1)(e)", "7"), "EU": gdpr("6(1)(c)", "6(1)(f)")}, _ALL
        ),
        Reserved(
            "sys.vital", {"IN": act("7(f)", "7(g)", "7(h)"), "EU": gdpr("6(1)(d)")},
            frozenset((CHOICE_GATE, CAPACITY_GATE, CONSENT_GATE)),
        ),
        Reserved("sys.preserve", {"IN": act("8(7)"), "EU": gdpr("17(3)(e)")}),
    )
}  # fmt: skip


def is_reading(operations: tuple[str, ...]) -> bool:
    """Whether only reading is asked for; who names no operation may want any."""
    return bool(operations) and READING.issuperset(operations)
