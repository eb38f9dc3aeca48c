"""Gate 5: whether the purpose rests on a ground the law knows. One law's ground serves no other."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.law import act, gdpr
from policies.rules.registry import CONSENT_GROUND, Rule

CERTAIN_USES = tuple(f"s7{clause}" for clause in "abcdefghi")  # DPDP Act s.7(a)-(i)
ARTICLE_6 = tuple(f"6-1-{letter}" for letter in "abcdef")  # GDPR Art 6(1)(a)-(f)

GROUNDS: dict[str, frozenset[str]] = {
    IN: frozenset((CONSENT_GROUND[IN], *CERTAIN_USES)),
    EU: frozenset(ARTICLE_6),
}


def _lacks_ground(facts: Facts, pack: str) -> bool:
    # An unknown purpose is R02's finding; it has no grounds to look at.
    return facts.purpose is not None and facts.purpose.grounds.get(pack) not in GROUNDS[pack]


@Rule(
    "R40", gate=5, packs=(IN,), code="NO_LAWFUL_GROUND_IN", cure="obtain_consent",
    refs={IN: act("4")},
    text="In India the purpose rests on neither consent nor a use listed in section 7.",
    person="Indian law does not allow this use of your data without your consent.",
)  # fmt: skip
def no_lawful_ground_in(facts: Facts, pack: str) -> bool:
    return _lacks_ground(facts, pack)


@Rule(
    "R42", gate=5, packs=(EU,), code="NO_LEGAL_BASIS_EU",
    refs={EU: gdpr("6(1)")},
    text="In the EU the purpose has no legal basis under Article 6.",
    person="European law does not allow this use of your data.",
)  # fmt: skip
def no_legal_basis_eu(facts: Facts, pack: str) -> bool:
    return _lacks_ground(facts, pack)
