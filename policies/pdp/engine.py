"""The decision: a pure, total and deterministic function of the facts.

Which rules can speak depends only on the kind of question (policies.pdp.programmes), so that the
programmes are laid out once, with their findings ready. An exception is the caller's matter: it
denies that one item with `failed`.
"""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from policies.pdp.model import IN, Decision, Facts, PurposeFacts, Reason, SubjectFacts
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.programmes import Kind, in_order, is_reserved, kind, programme
from policies.rules import RULES
from policies.rules.commencement import IN_FORCE
from policies.rules.consent import PERMITTING
from policies.rules.duties import is_unfulfillable, of_denial, of_permit
from policies.rules.permit import (
    ACTIONS,
    BY_COMMITMENT,
    BY_EXEMPTION,
    BY_LEGACY,
    BY_RESERVATION,
    COMMITMENT,
    NOT_IN_FORCE,
    NOT_SUPPORTED,
    NOTHING_MATCHED,
    PERMITS,
    TROUBLES,
)
from policies.rules.registry import CONSENT_GROUND
from policies.rules.reserved import RESERVED
from policies.rules.standing import EXPIRED
from policies.rules.version import POLICY_VERSION

_MICROSECONDS = 1_000_000
_CURES = {rule.code: rule.cure for rule in RULES}
_PERMIT_REASONS = {key: finding.reason for key, finding in PERMITS.items()}
_EXEMPTIONS = {kind: finding.reason for kind, finding in BY_EXEMPTION.items()}
_OFF = {kind: {IN: reason.refs[0]} for kind, reason in _EXEMPTIONS.items()}
_RESERVATIONS = {
    (code, pack): replace(BY_RESERVATION.reason, pack=pack, refs=refs)
    for code, reserved in RESERVED.items()
    for pack, refs in reserved.refs.items()
}


def decide(facts: Facts, policy: Guardrails = NONE, as_of: date | None = None) -> Decision:
    """Decide one question: the lowest-numbered failing rule decides, the others follow.

    Every law that applies must permit, and then the controller's own `policy`, which can only
    narrow. Where a provenance flag leaves no law, the rules of every law and the person's no are
    what is asked. Never raises for facts of the declared types; never permits on what is unknown.
    Times are microseconds since 1970 UTC. `as_of` simulates the law in force at a date; it is for
    comparison alone, and no answer is ever given by it.
    """
    of = kind(facts, as_of)
    decision = _lawful(facts, of)
    if policy is not NONE:
        decision = _guarded(facts, decision, policy)
    if decision.permit and decision.obligations and is_unfulfillable(facts, decision):
        denied = _deny((NOT_SUPPORTED.reason,), decision.packs, NOT_SUPPORTED.cure)
        decision = replace(denied, policy_version=decision.policy_version)
    return replace(decision, off=_OFF[of.exempt]) if of.exempt else decision


def failed(facts: Facts | None, code: str) -> Decision:
    """Deny because the decision point is in trouble, not because of the person or the law.

    `code` is a key of `TROUBLES`; any other becomes ENGINE_ERROR. Facts, where there are any,
    only say which laws apply.
    """
    finding = TROUBLES.get(code, TROUBLES["ENGINE_ERROR"])
    subject = None if facts is None else facts.subject
    packs = () if subject is None else in_order(subject.packs)
    return _deny((finding.reason,), packs, finding.cure)


def _lawful(facts: Facts, of: Kind) -> Decision:
    subject, purpose = facts.subject, facts.purpose
    reasons = [reason for fires, pack, reason in programme(of) if fires(facts, pack)]
    if reasons:
        return _deny(tuple(reasons), of.packs, _CURES[reasons[0].code])
    if subject is None or purpose is None:  # gate 1 has denied already; said for totality
        return _deny((NOTHING_MATCHED.reason,), of.packs)
    return _permit(facts, subject, purpose, of)


def _guarded(facts: Facts, lawful: Decision, policy: Guardrails) -> Decision:
    version = f"{POLICY_VERSION}+{policy.number}"
    # What the law itself asks for is not the company's to narrow.
    if not lawful.permit or lawful.rule == BY_RESERVATION.reason.rule:
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


def _deny(reasons: tuple[Reason, ...], packs: tuple[str, ...], cure: str = "") -> Decision:
    return Decision(
        permit=False, reason_code=reasons[0].code, rule=reasons[0].rule, reasons=reasons,
        packs=packs, policy_version=POLICY_VERSION, cure=cure,
        obligations=of_denial(reasons[0].code, cure),
    )  # fmt: skip


def _permit(facts: Facts, subject: SubjectFacts, purpose: PurposeFacts, of: Kind) -> Decision:
    packs = of.packs
    found: list[Reason] = []
    basis = {}
    for pack in packs:
        reason, ground = _ground(facts, purpose, pack, of)
        if reason is not None:
            found.append(reason)
            basis[pack] = ground
    needed = len(packs)
    if of.exempt:
        found.append(_EXEMPTIONS[of.exempt])
        needed += 1
    if not needed or len(found) != needed or facts.question.action not in ACTIONS:
        return _deny((NOTHING_MATCHED.reason,), packs)
    reasons = tuple(found)
    return Decision(
        permit=True, reason_code=reasons[0].code, rule=reasons[0].rule, reasons=reasons,
        packs=packs, basis=basis, policy_version=POLICY_VERSION,
        valid_until=_valid_until(facts, subject, purpose),
        obligations=of_permit(facts, packs, reasons),
    )  # fmt: skip


def _ground(facts: Facts, purpose: PurposeFacts, pack: str, of: Kind) -> tuple[Reason | None, str]:
    """What permits under one law, and the ground it rests on; None: nothing does."""
    ground = purpose.grounds.get(pack, "")
    if of.as_of is not None and of.as_of < IN_FORCE[pack]:
        return replace(NOT_IN_FORCE.reason, pack=pack), ground
    if of.reserved and is_reserved(pack, of):
        return _RESERVATIONS.get((of.reserved, pack)), ground
    if ground != CONSENT_GROUND.get(pack):
        return _PERMIT_REASONS.get((pack, ground)), ground
    if facts.consent.state not in PERMITTING:
        return BY_COMMITMENT.reason, COMMITMENT  # gate 7 let nothing else pass
    if of.as_of is not None and of.is_legacy and pack == IN:
        return BY_LEGACY.reason, ground
    return _PERMIT_REASONS.get((pack, ground)), ground


def _valid_until(facts: Facts, subject: SubjectFacts, purpose: PurposeFacts) -> int:
    """Return the first moment at which the permit could be wrong, at most `valid_seconds` away."""
    until, now = facts.now + facts.valid_seconds * _MICROSECONDS, facts.now
    for end in (facts.consent.expires_at, subject.adult_at, facts.service.contract_ends_at):
        if end is not None and now < end < until:
            until = end
    more = facts.commitment or facts.recipients or facts.model or facts.emergency_until
    if more or subject.standings or subject.provenance or _ends_before(purpose.findings, until):
        return min([until, *(end for end in _further_ends(facts, subject, purpose) if now < end)])
    return until


def _ends_before(findings: dict[str, int], until: int) -> bool:
    return bool(findings) and min(findings.values()) < until


def _further_ends(facts: Facts, subject: SubjectFacts, purpose: PurposeFacts) -> Iterator[int]:
    yield from purpose.findings.values()
    yield from (each.since for each in subject.standings if each.state == EXPIRED)
    yield from (each.until for each in subject.provenance if each.until is not None)
    if facts.emergency_until is not None:
        yield facts.emergency_until
    ends = [party.tool_ends_at for party in facts.recipients]
    if facts.commitment is not None:
        ends.append(facts.commitment.ends_at)
    if facts.model is not None:
        ends.append(facts.model.diligence_until)
    yield from (end for end in ends if end is not None)
