"""Gate 11: what a model may decide about a person, and who has to watch it."""

from policies.pdp.model import EU, IN, Facts, ModelFacts
from policies.rules.consent import is_held
from policies.rules.findings import SDF
from policies.rules.law import act, ai_act, gdpr, rules
from policies.rules.registry import CONSENT_GROUND, Rule
from policies.rules.topics import AI

WITH_A_HUMAN = frozenset(("NotAutomated", "AssistiveAutomation", "PartialAutomation"))
"""Degrees of automation (DPV) at which a human decides; any other counts as solely automated."""
CONTRACT = "6-1-b"
LIVE = "live"
_UNREGISTERED = ModelFacts()


def is_significant(facts: Facts) -> bool:
    """Whether the effect is legal or similarly significant, by the caller or by the registry."""
    ai = facts.question.ai
    return ai is not None and (ai.is_significant or (facts.model or _UNREGISTERED).is_significant)


def is_sole(facts: Facts) -> bool:
    """Whether no human decides."""
    ai = facts.question.ai
    return ai is not None and ai.automation not in WITH_A_HUMAN


def _agreed_expressly(facts: Facts) -> bool:
    purpose = facts.purpose
    if purpose is None or purpose.grounds.get(EU) != CONSENT_GROUND[EU]:
        return False
    return facts.consent.is_explicit and is_held(facts, EU)


def _falls_under_22(facts: Facts) -> bool:
    return is_sole(facts) and is_significant(facts)


@Rule(
    "R85", gate=11, packs=(EU,), code="ADM_NOT_PERMITTED", cure="human_decision",
    refs={EU: gdpr("22(1)", "22(2)")}, about=AI,
    text="A machine alone would decide with grave effect, and nothing in Article 22(2) allows it.",
    person="A machine alone may not decide this about you.",
)  # fmt: skip
def adm_not_permitted(facts: Facts, _pack: str) -> bool:
    if not _falls_under_22(facts):
        return False
    model, purpose = facts.model or _UNREGISTERED, facts.purpose
    on_contract = purpose is not None and purpose.grounds.get(EU) == CONTRACT
    return not (on_contract or model.authorising_law or _agreed_expressly(facts))


@Rule(
    "R86", gate=11, packs=(EU,), code="ADM_SPECIAL_CATEGORY", cure="human_decision",
    refs={EU: gdpr("22(4)", "9(2)(a)", "9(2)(g)")}, about=AI,
    text="A machine alone would decide on special categories of data without a ground for that.",
    person="A machine alone may not decide about you from specially protected data.",
)  # fmt: skip
def adm_special_category(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not _falls_under_22(facts):
        return False
    is_special = bool(purpose.special or facts.special)
    by_law = (facts.model or _UNREGISTERED).special_law
    return is_special and not (by_law or _agreed_expressly(facts))


@Rule(
    "R87", gate=11, packs=(EU,), code="ADM_SAFEGUARDS_MISSING", cure="review_route",
    refs={EU: gdpr("22(3)")}, about=AI,
    text="A machine alone would decide, and there is no way to a human who reviews it.",
    person="You could not ask a human to look at this decision again.",
)  # fmt: skip
def adm_safeguards_missing(facts: Facts, _pack: str) -> bool:
    return _falls_under_22(facts) and not (facts.model or _UNREGISTERED).has_review_route


@Rule(
    "R88", gate=11, packs=(EU,), code="AI_OVERSIGHT_MISSING", cure="assign_oversight",
    refs={EU: ai_act("14", "26(2)", "26(11)")}, about=AI,
    text="A high-risk system lacks a person who oversees it, or those concerned are not told.",
    person="Nobody watches over the machine that would decide about you.",
)  # fmt: skip
def ai_oversight_missing(facts: Facts, _pack: str) -> bool:
    if facts.question.ai is None:
        return False
    model = facts.model or _UNREGISTERED
    return model.is_high_risk and not (model.has_oversight and model.informs_persons)


@Rule(
    "R89", gate=11, packs=(IN,), code="SDF_ALGO_DUE_DILIGENCE_MISSING", cure="record_diligence",
    refs={IN: rules("13(3)")}, about=AI,
    text="No due diligence of this version of the model is on record and in force.",
    person="The company has not checked whether this machine treats you fairly.",
)  # fmt: skip
def sdf_due_diligence_missing(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    if facts.question.ai is None or purpose is None or SDF not in purpose.duties:
        return False
    until = (facts.model or _UNREGISTERED).diligence_until
    return until is None or until <= facts.now


@Rule(
    "R90", gate=11, code="AUDIT_SINK_UNAVAILABLE", cure="retry",
    refs={IN: act("8(4)"), EU: (*ai_act("12"), *gdpr("5(2)"))}, about=AI,
    text="The decision of a model must be recorded as it is made, and its record is not assured.",
    person="Your data was not used, because the decision could not be recorded.",
)  # fmt: skip
def audit_sink_unavailable(facts: Facts, _pack: str) -> bool:
    return facts.question.ai is not None and facts.sink != LIVE
