"""The decision: a pure, total and deterministic function of the facts.

Which rules can speak depends only on the laws that apply and on where consent is the ground, so
the programmes are laid out once, with their findings ready. An exception is the caller's matter:
it denies that one item with `failed`.
"""

from itertools import product

from msgspec.structs import replace

from policies.pdp.model import EU, IN, Decision, Facts, Pack, PurposeFacts, Reason, SubjectFacts
from policies.pdp.policy import NONE, Guardrails
from policies.rules import RULES
from policies.rules.consent import PERMITTING
from policies.rules.permit import (
    ACTIONS,
    BY_COMMITMENT,
    COMMITMENT,
    NOTHING_MATCHED,
    PERMITS,
    TROUBLES,
)
from policies.rules.registry import CONSENT_GROUND, KNOWN_PACKS, Condition, Rule
from policies.rules.version import POLICY_VERSION

_MICROSECONDS = 1_000_000
_IN_ORDER: dict[tuple[str, ...], tuple[str, ...]] = {
    (): (), (IN,): (IN,), (EU,): (EU,), (IN, EU): (IN, EU), (EU, IN): (IN, EU),
}  # fmt: skip
_CURES = {rule.code: rule.cure for rule in RULES}
_PERMIT_REASONS = {key: finding.reason for key, finding in PERMITS.items()}

Step = tuple[Condition, str, Reason]
Key = tuple[tuple[str, ...], bool, bool]


def decide(facts: Facts, policy: Guardrails = NONE) -> Decision:
    """Decide one question: the lowest-numbered failing rule decides, the others follow.

    Every law that applies must permit, and then the controller's own `policy`, which can only
    narrow. Never raises for facts of the declared types; never permits on what is unknown. Times
    are microseconds since 1970 UTC.
    """
    lawful = _lawful(facts)
    return lawful if policy is NONE else _guarded(facts, lawful, policy)


def _guarded(facts: Facts, lawful: Decision, policy: Guardrails) -> Decision:
    version = f"{POLICY_VERSION}+{policy.number}"
    if not lawful.permit:
        return replace(lawful, policy_version=version)
    verdict = policy.judge(facts)
    if verdict.denials:
        denied = _deny(verdict.denials, lawful.packs, verdict.cure)
        return replace(denied, policy_version=version)
    ends = [end for end in (lawful.valid_until, verdict.until) if end is not None]
    return replace(
        lawful, policy_version=version, valid_until=min(ends),
        obligations=lawful.obligations + verdict.obligations,
    )  # fmt: skip


def _lawful(facts: Facts) -> Decision:
    subject, purpose = facts.subject, facts.purpose
    packs: tuple[str, ...] = () if subject is None else _known(subject.packs)
    grounds = {} if purpose is None else purpose.grounds
    key = (packs, grounds.get(IN) == CONSENT_GROUND[IN], grounds.get(EU) == CONSENT_GROUND[EU])
    reasons = [reason for fires, pack, reason in _PROGRAMMES[key] if fires(facts, pack)]
    if reasons:
        return _deny(tuple(reasons), packs, _CURES[reasons[0].code])
    if subject is None or purpose is None:  # gate 1 has denied already; said for totality
        return _deny((NOTHING_MATCHED.reason,), packs)
    return _permit(facts, subject, purpose, packs)


def failed(facts: Facts | None, code: str) -> Decision:
    """Deny because the decision point is in trouble, not because of the person or the law.

    `code` is a key of `TROUBLES`; any other becomes ENGINE_ERROR. Facts, where there are any,
    only say which laws apply.
    """
    finding = TROUBLES.get(code, TROUBLES["ENGINE_ERROR"])
    subject = None if facts is None else facts.subject
    packs = () if subject is None else _known(subject.packs)
    return _deny((finding.reason,), packs, finding.cure)


def _known(packs: tuple[str, ...]) -> tuple[str, ...]:
    ordered = _IN_ORDER.get(packs)
    if ordered is None:
        return tuple(pack for pack in KNOWN_PACKS if pack in packs)
    return ordered


def _deny(reasons: tuple[Reason, ...], packs: tuple[str, ...], cure: str = "") -> Decision:
    return Decision(
        permit=False, reason_code=reasons[0].code, rule=reasons[0].rule, reasons=reasons,
        packs=packs, policy_version=POLICY_VERSION, cure=cure,
    )  # fmt: skip


def _permit(
    facts: Facts, subject: SubjectFacts, purpose: PurposeFacts, packs: tuple[str, ...]
) -> Decision:
    reasons, basis = [], {}
    for pack in packs:
        ground = purpose.grounds.get(pack, "")
        reason = _PERMIT_REASONS.get((pack, ground))
        if ground == CONSENT_GROUND[pack] and facts.consent.state not in PERMITTING:
            reason, ground = BY_COMMITMENT.reason, COMMITMENT  # gate 7 let nothing else pass
        if reason is not None:
            reasons.append(reason)
            basis[pack] = ground
    if not packs or len(reasons) != len(packs) or facts.question.action not in ACTIONS:
        return _deny((NOTHING_MATCHED.reason,), packs)
    return Decision(
        permit=True, reason_code=reasons[0].code, rule=reasons[0].rule, reasons=tuple(reasons),
        packs=packs, basis=basis, policy_version=POLICY_VERSION,
        valid_until=_valid_until(facts, subject),
    )  # fmt: skip


def _valid_until(facts: Facts, subject: SubjectFacts) -> int:
    """Return the first moment at which the permit could be wrong, at most `valid_seconds` away."""
    until, now = facts.now + facts.valid_seconds * _MICROSECONDS, facts.now
    commitment = None if facts.commitment is None else facts.commitment.ends_at
    ends = (facts.consent.expires_at, subject.adult_at, facts.service.contract_ends_at, commitment)
    for end in ends:
        if end is not None and now < end < until:
            until = end
    return until


def _applies(rule: Rule, pack: Pack, key: Key) -> bool:
    packs, in_consent, eu_consent = key
    if pack not in packs:
        return False
    return not rule.only_on_consent or {IN: in_consent, EU: eu_consent}[pack]


def _finding(rule: Rule, pack: str, packs: tuple[str, ...]) -> Reason:
    """Prepare what a rule says: the citations are those of the laws that apply, or of all."""
    cited = (pack,) if pack else packs or KNOWN_PACKS
    refs = tuple(ref for each in cited for ref in rule.refs[each])
    return Reason(rule=rule.number, code=rule.code, pack=pack, refs=refs)


def _programme(key: Key) -> tuple[Step, ...]:
    packs = key[0]
    steps: list[Step] = []
    for rule in RULES:
        spoken: list[str] = [pack for pack in rule.packs if _applies(rule, pack, key)]
        for pack in spoken if rule.packs else [""]:
            steps.append((rule.fires, pack, _finding(rule, pack, packs)))
    return tuple(steps)


_PROGRAMMES: dict[Key, tuple[Step, ...]] = {
    key: _programme(key) for key in product(set(_IN_ORDER.values()), (False, True), (False, True))
}
