"""Gate 8: whether what the caller wants to do is what the purpose covers."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.law import act, gdpr
from policies.rules.registry import Rule
from policies.rules.topics import AI, CLAIMS

MASK = "mask"
ANY_OF_OURS = "custom"  # the type under which the profile writes every obligation of ours


def supports(facts: Facts, code: str) -> bool:
    """Whether the caller said that it can fulfil an obligation; who says nothing may not."""
    supported = facts.question.supported
    return supported is not None and (code in supported or ANY_OF_OURS in supported)


def excess(facts: Facts) -> tuple[str, ...]:
    """The data asked for that the purpose does not need."""
    needed = () if facts.purpose is None else facts.purpose.categories
    return tuple(each for each in facts.question.data if each not in needed)


@Rule(
    "R70", gate=8, code="OPERATION_NOT_COVERED", cure="narrow_use",
    refs={IN: act("6(1)"), EU: gdpr("5(1)(b)")}, about=CLAIMS | AI,
    text="The purpose does not cover an operation asked for, or the model that takes part.",
    person="The company wants to do more with your data than you were told.",
)  # fmt: skip
def operation_not_covered(facts: Facts, _pack: str) -> bool:
    purpose, question = facts.purpose, facts.question
    if purpose is None:  # R02's finding
        return False
    if question.ai is not None and (facts.model is None or not purpose.uses_ai):
        return True
    return any(each not in purpose.operations for each in question.operations)


@Rule(
    "R71", gate=8, code="DATA_NOT_NECESSARY", cure="narrow_data",
    refs={IN: act("6(1)"), EU: gdpr("5(1)(c)")}, about=CLAIMS,
    text="More data are asked for than the purpose needs, and they cannot be masked.",
    person="The company wants more of your data than it needs.",
)  # fmt: skip
def data_not_necessary(facts: Facts, _pack: str) -> bool:
    wanted = facts.question.data
    too_much = excess(facts) if wanted and facts.purpose is not None else ()
    if not too_much:
        return False
    return len(too_much) == len(wanted) or not supports(facts, MASK)


@Rule(
    "R72", gate=8, code="RECIPIENT_NOT_DISCLOSED", cure="disclose_recipient",
    refs={IN: act("11(1)(b)"), EU: gdpr("13(1)(e)")}, about=CLAIMS,
    text="A recipient was not disclosed to the person.",
    person="The company wants to hand your data to somebody you were not told of.",
)  # fmt: skip
def recipient_not_disclosed(facts: Facts, _pack: str) -> bool:
    disclosed = () if facts.purpose is None else facts.purpose.recipients
    named = facts.question.recipients if facts.purpose is not None else ()
    return any(each not in disclosed for each in named)
