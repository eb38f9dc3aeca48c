"""From when each provision applies, and so each rule. Answers are given as if all of it did.

That is the strict mode, the only one for answers: whoever prepares for a law must not find out on
the day it begins. A simulation `as_of` a date leaves out what is not in force then. Sources differ
by a day on the Indian phases; the earlier day stands here.
"""

from collections.abc import Mapping
from datetime import date

from policies.pdp.model import CA, EU, IN
from policies.rules.registry import Rule

INDIA_FIRST, INDIA_SECOND = date(2025, 11, 13), date(2026, 11, 13)
INDIA_THIRD = date(2027, 5, 13)
SECTION_5_AT = 1_810_166_400_000_000
"""The start of that day, UTC, in microseconds since 1970: older consents are those of s.5(2)."""

IN_FORCE: Mapping[str, date] = {IN: INDIA_THIRD, EU: date(2018, 5, 25), CA: date(2020, 1, 1)}
"""From when a law asks for a ground at all."""

APPLIES: tuple[tuple[str, date, str], ...] = (
    ("DPDP Act 2023 s.6(9)", INDIA_SECOND, "G.S.R. 843(E)"),
    ("DPDP Act 2023 s.2", INDIA_FIRST, "G.S.R. 843(E)"),
    ("DPDP Act 2023", INDIA_THIRD, "G.S.R. 843(E)"),
    ("DPDP Rules 2025 r.4", INDIA_SECOND, "G.S.R. 846(E) r.1"),
    ("DPDP Rules 2025", INDIA_THIRD, "G.S.R. 846(E) r.1"),
    ("GDPR", date(2018, 5, 25), "GDPR Art 99(2)"),
    ("ePrivacy Directive", date(2003, 10, 31), "Directive 2002/58/EC Art 17"),
    ("DSA", date(2024, 2, 17), "DSA Art 93(2)"),
    ("AI Act Art 5", date(2025, 2, 2), "AI Act Art 113(a)"),
    ("AI Act Art 12", date(2027, 12, 2), "AI Act Art 113, high-risk systems of Annex III"),
    ("AI Act Art 14", date(2027, 12, 2), "AI Act Art 113, high-risk systems of Annex III"),
    ("AI Act Art 26", date(2027, 12, 2), "AI Act Art 113, high-risk systems of Annex III"),
    ("AI Act", date(2026, 8, 2), "AI Act Art 113"),
    ("TCCCPR 2018", date(2019, 2, 28), "TCCCPR 2018 reg. 1"),
    ("CCPA Regulations s.7221", date(2027, 1, 1), "CCPA Regulations s.7200"),
    ("CCPA", date(2020, 1, 1), "CCPA s.1798.198"),
)
"""Provisions by how their citation begins, the day they apply from, and where that is said. The
first line that fits counts."""


def applies_from(ref: str) -> date | None:
    """From when a cited provision applies; None for what is no law (a standard, a guideline)."""
    return next((on for start, on, _ in APPLIES if _begins(ref, start)), None)


def _begins(ref: str, start: str) -> bool:
    # "s.2" begins "s.2(f)" but not "s.21".
    rest = ref[len(start) :]
    return ref.startswith(start) and not rest[:1].isalnum()


def rule_applies_from(rule: Rule, pack: str) -> date | None:
    """From when a rule can speak under a law: with the first of its provisions; None: always.

    A rule that cites no law but a standard speaks from when the law asks for a ground. One that
    holds whatever law applies guards the decision point itself, and always speaks.
    """
    if not rule.packs:
        return None
    found = [on for ref in rule.refs[pack] if (on := applies_from(ref)) is not None]
    return min(found, default=IN_FORCE[pack])
