"""Gate 7: the state of the consent, for each law whose ground is consent.

A withdrawn consent with an older commitment (DPDP Act s.6(5)) is judged as the consent that was
withdrawn: withdrawing never makes a use lawful that was not lawful before.
"""

from policies.pdp.model import EU, IN, Facts
from policies.rules.law import act, gdpr
from policies.rules.registry import Rule

PERMITTING = frozenset(("given", "renewed"))
BOTH = (IN, EU)
ENDED = frozenset(("withdrawn", "refused", "invalidated", "revoked", "expired"))
VALIDITY = "ISO/IEC TS 27560:2023 validity_duration"


def has_commitment(facts: Facts, pack: str) -> bool:
    """Tell whether a commitment older than the withdrawal may still be met.

    India only: under the GDPR the contract itself is a ground, and no consent is looked at then.
    """
    commitment, question = facts.commitment, facts.question
    if pack != IN or commitment is None or not commitment.reference:
        return False
    if commitment.reference != question.commitment or commitment.purpose != question.purpose:
        return False
    is_over = commitment.ends_at is not None and commitment.ends_at <= facts.now
    return not is_over and 0 < commitment.started_at < facts.consent.since


def is_held(facts: Facts, pack: str) -> bool:
    """Tell whether there is a consent to judge: given, or withdrawn but committed before."""
    state = facts.consent.state
    return state in PERMITTING or (state == "withdrawn" and has_commitment(facts, pack))


@Rule(
    "R60", gate=7, packs=BOTH, code="CONSENT_WITHDRAWN", cure="new_consent", only_on_consent=True,
    refs={IN: act("6(4)", "6(5)", "6(6)"), EU: gdpr("7(3)")},
    text="The person withdrew the consent.",
    person="You withdrew your consent.",
)  # fmt: skip
def consent_withdrawn(facts: Facts, pack: str) -> bool:
    return facts.consent.state == "withdrawn" and not has_commitment(facts, pack)


@Rule(
    "R61", gate=7, packs=BOTH, code="CONSENT_REFUSED", cure="new_consent", only_on_consent=True,
    refs={IN: act("6"), EU: gdpr("4(11)")},
    text="The person refused consent.",
    person="You said no to this.",
)  # fmt: skip
def consent_refused(facts: Facts, _pack: str) -> bool:
    return facts.consent.state == "refused"


@Rule(
    "R62", gate=7, packs=BOTH, code="CONSENT_INVALID", cure="new_consent", only_on_consent=True,
    refs={IN: act("6(2)"), EU: gdpr("7(2)")},
    text="The consent was found invalid.",
    person="Your earlier consent was not asked for properly and does not count.",
)  # fmt: skip
def consent_invalid(facts: Facts, _pack: str) -> bool:
    return facts.consent.state == "invalidated"


@Rule(
    "R63", gate=7, packs=BOTH, code="CONSENT_REVOKED", only_on_consent=True,
    refs={IN: ("DPV 2.3 ConsentRevoked",), EU: ("DPV 2.3 ConsentRevoked",)},
    text="The company ended the consent.",
    person="The company has ended this use of your data.",
)  # fmt: skip
def consent_revoked(facts: Facts, _pack: str) -> bool:
    return facts.consent.state == "revoked"


@Rule(
    "R64", gate=7, packs=BOTH, code="CONSENT_EXPIRED", cure="renew_consent", only_on_consent=True,
    refs={IN: (VALIDITY, "MeitY BRD 2025 CR1"), EU: (VALIDITY,)},
    text="The consent has expired.",
    person="Your consent has expired.",
)  # fmt: skip
def consent_expired(facts: Facts, pack: str) -> bool:
    consent = facts.consent
    if consent.state == "expired":
        return True
    is_over = consent.expires_at is not None and consent.expires_at <= facts.now
    return is_over and is_held(facts, pack)


@Rule(
    "R65", gate=7, packs=BOTH, code="CONSENT_MISSING", cure="request_consent", only_on_consent=True,
    refs={IN: act("6(1)"), EU: gdpr("6(1)(a)")},
    text="The person has not given consent.",
    person="You have not agreed to this.",
)  # fmt: skip
def consent_missing(facts: Facts, _pack: str) -> bool:
    # Unknown, requested, deferred, and any state nobody here has heard of.
    state = facts.consent.state
    return state not in PERMITTING and state not in ENDED


@Rule(
    "R66", gate=7, packs=BOTH, code="RECONSENT_REQUIRED", cure="reconsent", only_on_consent=True,
    refs={IN: (*act("6(1)"), "MeitY BRD 2025 CU2"), EU: gdpr("5(1)(b)", "7")},
    text="The notice or the purpose has changed materially since the person consented.",
    person="What you agreed to has changed since, so you have to be asked again.",
)  # fmt: skip
def reconsent_required(facts: Facts, pack: str) -> bool:
    consent, purpose = facts.consent, facts.purpose
    if purpose is None or not is_held(facts, pack):
        return False
    return consent.is_stale or consent.purpose_version < purpose.material_version


@Rule(
    "R67", gate=7, packs=BOTH, code="CONSENT_UNPROVABLE", cure="repair_evidence",
    only_on_consent=True, refs={IN: act("6(10)"), EU: gdpr("7(1)")},
    text="A consent is recorded, but the evidence of the notice or of the act is incomplete.",
    person="We cannot prove that you agreed, so it does not count.",
)  # fmt: skip
def consent_unprovable(facts: Facts, pack: str) -> bool:
    consent = facts.consent
    # A consent older than the Act never had a notice; the one of s.5(2) stands in for it.
    if consent.is_provable or (pack == IN and consent.is_noticed):
        return False
    return is_held(facts, pack)


@Rule(
    "R68", gate=7, packs=(EU,), code="EXPLICIT_CONSENT_REQUIRED", cure="explicit_consent",
    only_on_consent=True, refs={EU: gdpr("9(2)(a)", "22(2)(c)", "49(1)(a)")},
    text="The purpose needs explicit consent; only ordinary consent is held.",
    person="This needs your explicit consent, and you have not given it.",
)  # fmt: skip
def explicit_consent_required(facts: Facts, pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not purpose.needs_explicit or facts.consent.is_explicit:
        return False
    return is_held(facts, pack)


@Rule(
    "R69", gate=7, packs=(IN,), code="LEGACY_NOTICE_DUE", cure="send_legacy_notice",
    only_on_consent=True, strict_only=True, refs={IN: act("5(2)")},
    text="The consent is older than the Act, and the notice of section 5(2) was not given since.",
    person="You agreed long ago, and we still owe you the notice the law asks for now.",
)  # fmt: skip
def legacy_notice_due(facts: Facts, pack: str) -> bool:
    return facts.consent.is_legacy and is_held(facts, pack)
