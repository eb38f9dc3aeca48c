"""What a permit asks of the caller besides, and what a denial asks it to do.

A mandatory obligation that the caller did not say it can fulfil makes the permit a denial, where
the caller said anything at all. Advisory ones tell what the law asks on the occasion.
"""

from policies.pdp.model import EU, Decision, Facts, Obligation, Reason
from policies.rules.automated import is_significant, is_sole
from policies.rules.permit import BY_LEGACY
from policies.rules.scope import MASK, excess, supports

CAPTURE_CONSENT = "capture_consent"
ADVISORY = frozenset((
    "ad_transparency_text", CAPTURE_CONSENT, "first_contact_notice", "send_s5_2_notice",
))  # fmt: skip

CAPTURE = (Obligation(CAPTURE_CONSENT),)
"""Where the person may be asked; the address goes with it on the wire."""
CAPTURING = frozenset((
    "ask_adult", "explicit_consent", "reconsent", "renew_consent", "repair_evidence",
    "request_consent",
))  # fmt: skip
"""Cures by asking the person. Whoever withdrew or refused is not asked again at once."""

_NO_ONWARD = Obligation("no_onward_transfer")
_REVIEW = Obligation("human_review_before_effect")
_FIRST_CONTACT = Obligation("first_contact_notice", {"ref": "GDPR Art 21(4)"})
_TRANSPARENCY = Obligation("ad_transparency_text", {"ref": "DSA Art 26(1)"})
_LEGACY = Obligation("send_s5_2_notice", {"ref": "DPDP Act 2023 s.5(2)"})
_OBJECTABLE = ("6-1-e", "6-1-f")


def of_permit(
    facts: Facts, packs: tuple[str, ...], reasons: tuple[Reason, ...]
) -> tuple[Obligation, ...]:
    """The obligations of a use that the law permits, in a fixed order."""
    found = _of_claims(facts)
    purpose = facts.purpose
    if EU in packs and purpose is not None:
        if purpose.is_marketing:
            found += (_FIRST_CONTACT, _TRANSPARENCY)
        elif purpose.grounds.get(EU) in _OBJECTABLE:
            found += (_FIRST_CONTACT,)
    if BY_LEGACY.reason in reasons:
        found += (_LEGACY,)
    return found


def _of_claims(facts: Facts) -> tuple[Obligation, ...]:
    question = facts.question
    found: tuple[Obligation, ...] = ()
    if question.data and (too_much := excess(facts)):
        found += (Obligation(MASK, {"data": list(too_much)}),)
    if question.recipients or question.destination:
        found += (_NO_ONWARD,)
    if question.ai is not None and is_significant(facts) and not is_sole(facts):
        found += (_REVIEW,)
    return found


def is_unfulfillable(facts: Facts, decision: Decision) -> bool:
    """Whether a permit has an obligation the caller cannot fulfil, by its own word."""
    if facts.question.supported is None:
        return False
    return any(
        each.code not in ADVISORY and not supports(facts, each.code)
        for each in decision.obligations
    )
