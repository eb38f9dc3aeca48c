"""California's choices, gate 4: a seam. No jurisdiction selects this law yet.

A browser's Sec-GPC signal in a question counts as the person's opt-out here and nowhere else; one
that was recorded as theirs counts under every law (R39).
"""

from policies.pdp.model import CA, Facts
from policies.rules.choice import SALE_SHARING, has_objected
from policies.rules.law import ccpa
from policies.rules.registry import Rule

_REGULATIONS = "CCPA Regulations s.7025(c)"


@Rule(
    "R35", gate=4, packs=(CA,), code="OPTED_OUT_SALE_SHARE", cure="opt_in",
    refs={CA: (*ccpa("1798.120"), _REGULATIONS)},
    text="The person opted out of the sale and sharing of their data.",
    person="You told us not to sell or share your data.",
)  # fmt: skip
def opted_out_sale_share(facts: Facts, _pack: str) -> bool:
    purpose, person = facts.purpose, facts.california
    if purpose is None or not purpose.is_advertising:
        return False
    if has_objected(facts, SALE_SHARING, "upheld"):
        return True
    return facts.question.gpc or person is None or person.opted_out_sale


@Rule(
    "R36", gate=4, packs=(CA,), code="SPI_LIMITED", cure="opt_in",
    refs={CA: ccpa("1798.121")},
    text="The person limited the use of their sensitive data.",
    person="You limited the use of your sensitive data.",
)  # fmt: skip
def sensitive_limited(facts: Facts, _pack: str) -> bool:
    purpose, person = facts.purpose, facts.california
    if purpose is None or not (purpose.special or facts.special):
        return False
    return person is None or person.limits_sensitive


@Rule(
    "R37", gate=4, packs=(CA,), code="ADMT_OPTED_OUT", cure="human_decision",
    refs={CA: ("CCPA Regulations s.7221",)},
    text="The person opted out of automated decisions with significant effect.",
    person="You told us not to let a machine decide this about you.",
)  # fmt: skip
def automation_opted_out(facts: Facts, _pack: str) -> bool:
    ai, person = facts.question.ai, facts.california
    if ai is None or not ai.is_significant:
        return False
    return person is None or person.opted_out_automation
