"""Gate 10: whether the data are right enough to decide on them or to hand them on."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.law import act, gdpr
from policies.rules.registry import Rule
from policies.rules.standing import covers
from policies.rules.topics import STANDING

INACCURATE = "inaccurate"
DISCLOSING = frozenset(("Disclose", "Share", "Transfer"))


def _goes_on(facts: Facts) -> bool:
    """Whether somebody or something is to rely on the data: a decision, or a disclosure."""
    question = facts.question
    if question.ai is not None or question.recipients or question.destination:
        return True
    return not DISCLOSING.isdisjoint(question.operations)


@Rule(
    "R80", gate=10, packs=(IN, EU), code="ACCURACY_NOT_ASSURED", cure="refresh_data",
    refs={IN: act("8(3)"), EU: gdpr("5(1)(d)", "18(1)(a)")}, about=STANDING,
    text="The accuracy of the data is contested or unchecked; nothing may be decided or disclosed.",
    person="It is not certain that your data is right, so nothing is decided on it.",
)  # fmt: skip
def accuracy_not_assured(facts: Facts, _pack: str) -> bool:
    subject = facts.subject
    if subject is None or not subject.standings or not _goes_on(facts):
        return False
    return any(each.state == INACCURATE and covers(each, facts) for each in subject.standings)
