"""What the families of guardrails' reason codes mean, for whoever has the code alone.

A reason code is `FAMILY:code of the rule`. The rule's own sentences, in its version, say more.
"""

from policies.pdp.model import Reason
from policies.rules.law import act, gdpr
from policies.rules.permit import Finding

ORGANISED = (*act("8(4)"), *gdpr("24(1)", "25(1)"))
VOLUNTEERED = (*act("6(1)"), *gdpr("9(2)(a)"))


def _family(
    code: str, cure: str, text: str, person: str, refs: tuple[str, ...] = ORGANISED
) -> Finding:
    return Finding(Reason(rule="G", code=code, refs=refs), text, person, cure)


DENIED = _family(
    "GUARDRAIL_DENIED", "change_guardrail", "A rule of the company forbids this use.",
    "The company does not use your data in this way.",
)  # fmt: skip
NOT_VOLUNTEERED = _family(
    "ATTRIBUTE_NOT_VOLUNTEERED", "volunteer",
    "A sensitive attribute may be used only where the person volunteered it for this purpose.",
    "This would use something sensitive about you that you did not offer for it.", VOLUNTEERED,
)  # fmt: skip
CAP = _family(
    "CAP_REACHED", "wait", "The person was contacted as often as the company allows.",
    "You were contacted as often as the company allows for now.",
)  # fmt: skip
COOLING = _family(
    "COOLING_OFF", "wait", "The company waits for a while after what the person did.",
    "The company waits for a while after what you did.",
)  # fmt: skip
QUIET = _family(
    "QUIET_HOURS", "wait", "It is a quiet hour on the person's clock, or that is unknown.",
    "You are left alone at this hour.",
)  # fmt: skip
OFF = _family(
    "PERSONALISATION_OFF", "switch_on", "Personalisation is switched off.",
    "Personalisation is switched off for you.",
)  # fmt: skip
UNVERIFIED = Finding(
    Reason(rule="R00", code="POLICY_UNVERIFIED", refs=(*act("8(4)"), *gdpr("25"))),
    "The company's rules are not what was signed; nothing is permitted.",
    "Your data was not used, because the company's rules cannot be relied on.",
    "restore_policy",
)  # fmt: skip
FINDINGS = (DENIED, NOT_VOLUNTEERED, CAP, COOLING, QUIET, OFF, UNVERIFIED)
