"""One recorded decision under a draft: what would have become of it. Pure.

Only facts count that were stored with the decision. A clock is told from where the person lived;
caps are counted along the way. Where a draft looks at behaviours or wishes that nobody looked up at
the time, and would permit if they were as good as can be, its denial may be the record's gap and
not the draft's doing: that is said to be unjudged.
"""

from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

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


def compare(
    facts: Facts, was: Decision, draft: Guardrails, counters: Counters, person: str
) -> Compared:
    """What the draft would have answered, beside what the policy in force answers."""
    needs = draft.needs(facts.question)
    if needs is None:
        now = decide(facts, draft)
        return Compared(_flow(was, now), was, now)
    known = _informed(facts, needs, counters, person)
    now = decide(known, draft)
    if now.permit:
        counters.permitted(needs.caps, facts.question, person, facts.now)
    elif was.permit and decide(_at_best(known, needs), draft).permit:
        return Compared(Flow.UNJUDGED, was, now)
    return Compared(_flow(was, now), was, now)


def _informed(facts: Facts, needs: Needs, counters: Counters, person: str) -> Facts:
    counts = counters.counts(needs.caps, facts.question, person, facts.now)
    region = facts.subject.region if facts.subject is not None else ""
    clocks = facts.offsets or (offsets("", region, facts.now) if needs.is_timed else ())
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
