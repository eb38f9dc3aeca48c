"""What a permit asks of the caller besides, and what a denial asks it to do.

A mandatory obligation that the caller did not say it can fulfil makes the permit a denial, where
the caller said anything at all. Advisory ones tell what the law asks on the occasion.
"""

from datetime import UTC, datetime, timedelta

from policies.pdp.model import EU, Decision, Facts, Obligation, Reason
from policies.rules.automated import is_significant, is_sole
from policies.rules.permit import BY_COMMITMENT, BY_LEGACY
from policies.rules.scope import MASK, excess, supports
from policies.rules.standing import EXPIRED, covers

CAPTURE_CONSENT = "capture_consent"
NOTIFY_DPO = "notify_dpo"
LOG_RECEIPT = "log_receipt"
"""A company's own: the use is reported afterwards; who does not is found (policies.duties)."""
RETAIN_UNTIL = "retain_until"
ADVISORY = frozenset((
    "ad_transparency_text", CAPTURE_CONSENT, "first_contact_notice", NOTIFY_DPO, RETAIN_UNTIL,
    "send_s5_2_notice",
))  # fmt: skip

CAPTURE = (Obligation(CAPTURE_CONSENT),)
"""Where the person may be asked; the address goes with it on the wire."""
CAPTURING = frozenset((
    "ask_adult", "explicit_consent", "reconsent", "renew_consent", "repair_evidence",
    "request_consent",
))  # fmt: skip
"""Cures by asking the person. Whoever withdrew or refused is not asked again at once."""

NOTIFY = (Obligation(NOTIFY_DPO),)
"""The protection officer is to know; the suite tells them itself as well (policies.duties)."""
NOTIFYING = frozenset((
    "AI_PRACTICE_PROHIBITED", "IN_LOCALISATION", "IN_RESTRICTED_COUNTRY",
    "SECTORAL_TRANSFER_RESTRICTED", "SYSTEM_FROZEN",
))  # fmt: skip
"""What a service was never to ask, whoever the person is: forbidden outright, or frozen."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
"""The last moment that can be said as a date."""
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
    is_promised = BY_COMMITMENT.reason in reasons
    if is_promised or (facts.subject is not None and facts.subject.standings):
        found += _retention(facts, is_promised=is_promised)
    return found


def of_denial(code: str, cure: str) -> tuple[Obligation, ...]:
    """What a denial with this first reason and cure asks of the caller."""
    return (CAPTURE if cure in CAPTURING else ()) + (NOTIFY if code in NOTIFYING else ())


def _retention(facts: Facts, *, is_promised: bool) -> tuple[Obligation, ...]:
    """Until when what is handed out may be kept: the end of the data's time, or of what was
    promised where nothing but the promise permits the use.

    Only ends that are known, still to come and in a calendar's reach; where none is, the purpose's
    own rules hold.
    """
    standings = () if facts.subject is None else facts.subject.standings
    ends = [one.since for one in standings if one.state == EXPIRED and covers(one, facts)]
    if is_promised and facts.commitment is not None and facts.commitment.ends_at is not None:
        ends.append(facts.commitment.ends_at)
    known = [end for end in ends if facts.now < end <= _LAST]
    if not known:
        return ()
    until = (_EPOCH + timedelta(microseconds=min(known))).isoformat().replace("+00:00", "Z")
    return (Obligation(RETAIN_UNTIL, {"until": until}),)


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
