"""One recorded decision under a draft: what would have become of it. Pure.

Only facts count that were stored with the decision. A clock is told from where the person lived;
caps are counted along the way, apart for the draft and for the version in force. Where one of the
two looks at behaviours or wishes that nobody looked up at the time, and would permit if they were
as good as can be, its denial may be the record's gap and not its doing: that is said to be
unjudged.
"""

from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from policies.guardrails.matching import COUNTRY
from policies.pdp.engine import decide
from policies.pdp.model import Decision, Facts
from policies.pdp.policy import Guardrails, Needs
from policies.rehearsal.capping import Counters
from subjects.clock import offsets


class Flow(StrEnum):
    """What the draft does to one decision."""

    STILL_PERMITTED = "still_permitted"
    STILL_DENIED = "still_denied"
    OTHER_TERMS = "other_terms"  # permitted, with other obligations or for another time
    OTHER_REASON = "other_reason"  # denied, for another reason
    NEWLY_DENIED = "newly_denied"
    NEWLY_PERMITTED = "newly_permitted"
    UNJUDGED = "unjudged"  # the record lacks what the draft looks at


FLIPS = frozenset((Flow.NEWLY_DENIED, Flow.NEWLY_PERMITTED))


@dataclass(frozen=True, slots=True)
class Compared:
    """A decision as it is and as it would be. `was` is of the policy in force."""

    flow: Flow
    was: Decision
    now: Decision


@dataclass(frozen=True, slots=True)
class Judged:
    """What a policy says. `is_sure`: it would say so whatever the record lacks."""

    decision: Decision
    is_sure: bool = True


def judge(facts: Facts, policy: Guardrails, counters: Counters, person: str) -> Judged:
    """What a policy would have answered, had it been in force; a permit is counted by its caps."""
    needs = policy.needs(facts.question)
    if needs is None:
        return Judged(decide(facts, policy))
    known = _informed(facts, needs, counters, person)
    made = decide(known, policy)
    if made.permit:
        counters.permitted(needs.caps, facts.question, person, facts.now)
        return Judged(made)
    return Judged(made, is_sure=not decide(_at_best(known, needs), policy).permit)


def compare(
    facts: Facts, was: Judged, draft: Guardrails, counters: Counters, person: str
) -> Compared:
    """What the draft would have answered, beside what the policy in force answers."""
    now = judge(facts, draft, counters, person)
    is_gap = was.decision.permit and not now.is_sure
    flow = Flow.UNJUDGED if is_gap or not was.is_sure else _flow(was.decision, now.decision)
    return Compared(flow, was.decision, now.decision)


def _informed(facts: Facts, needs: Needs, counters: Counters, person: str) -> Facts:
    counts = counters.counts(needs.caps, facts.question, person, facts.now)
    country = facts.subject.region[:COUNTRY] if facts.subject is not None else ""
    clocks = facts.offsets or (offsets("", country, facts.now) if needs.is_timed else ())
    return replace(facts, counts=counts, offsets=clocks)


def _at_best(facts: Facts, needs: Needs) -> Facts:
    """The facts, with what the record lacks as good for the use as it can have been."""
    wanted = facts.question.attributes if needs.is_volunteered else ()
    return replace(
        facts, triggers={**dict.fromkeys(needs.triggers, 0), **facts.triggers},
        personalisation_off_at=facts.personalisation_off_at or 0,
        volunteered=facts.volunteered or wanted,
    )  # fmt: skip


def _flow(was: Decision, now: Decision) -> Flow:
    if was.permit != now.permit:
        return Flow.NEWLY_DENIED if was.permit else Flow.NEWLY_PERMITTED
    if not now.permit:
        same = was.reason_code == now.reason_code
        return Flow.STILL_DENIED if same else Flow.OTHER_REASON
    same = was.obligations == now.obligations and was.valid_until == now.valid_until
    return Flow.STILL_PERMITTED if same else Flow.OTHER_TERMS
