"""The engine alone beside Cedar with the same gates, without records, state and authentication.

Warm: the facts are objects (for Cedar: its policies are parsed and the context is a dictionary).
Cold: they come as bytes, as from a recorded decision. Rounds take turns. The goal: warm, ten times
as many decisions a second. Run it by `python -m benchmarks.cedars [DECISIONS]`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import msgspec

from benchmarks.guardrails import FACTS
from policies.pdp.engine import decide
from policies.pdp.model import Facts

GATES = Path(__file__).parent / "cedar" / "gates.cedar"
DECISIONS, ROUNDS, GOAL = 5_000, 7, 10.0
ASKED = {
    "principal": 'Service::"mailer"',
    "action": 'Action::"activate"',
    "resource": 'Customer::"1"',
}


def context(facts: Facts) -> dict[str, Any]:
    """The facts as Cedar takes them: what its gates look at, by the same names."""
    purpose, subject = facts.purpose, facts.subject
    if purpose is None or subject is None:
        raise ValueError("the gates are about a known purpose and person")
    told = {"expires_at": facts.consent.expires_at} if facts.consent.expires_at else {}
    return {
        "now": facts.now, "frozen": [*facts.frozen], "destinations": [],
        "objections": [one.kind for one in facts.objections],
        "service": {
            "is_active": facts.service.is_active, "may_ask": facts.service.may_ask,
            "has_contract": facts.service.has_contract,
        },
        "question": {
            "channel": facts.question.channel, "data": [*facts.question.data],
            "operations": [*facts.question.operations],
            "recipients": [*facts.question.recipients],
        },
        "purpose": {
            "state": purpose.state, "ground": purpose.grounds["IN"],
            "categories": [*purpose.categories], "operations": [*purpose.operations],
            "recipients": [*purpose.recipients], "duties": [*purpose.duties],
            "schedule_item": purpose.schedule_item, "material_version": purpose.material_version,
            "is_marketing": purpose.is_marketing, "is_tracking": purpose.is_tracking,
            "is_advertising": purpose.is_advertising, "is_detrimental": purpose.is_detrimental,
            "needs_explicit": purpose.needs_explicit,
        },
        "subject": {
            "packs": [*subject.packs], "age": subject.age, "is_ambiguous": subject.is_ambiguous,
            "has_guardian": subject.has_guardian, "suppressed": [*subject.suppressed],
            "standings": [one.state for one in subject.standings],
        },
        "consent": {
            "state": facts.consent.state, "since": facts.consent.since,
            "purpose_version": facts.consent.purpose_version,
            "is_stale": facts.consent.is_stale, "is_provable": facts.consent.is_provable,
            "is_explicit": facts.consent.is_explicit,
            "guardian_verified": facts.consent.guardian_verified, **told,
        },
    }  # fmt: skip


def contenders() -> dict[str, Callable[[], bool]]:
    """Each decides once and says whether it permits."""
    import cedarpy  # noqa: PLC0415 (only who compares needs it)

    policies = cedarpy.PolicySet.from_str(GATES.read_text())
    entities = cedarpy.Entities.from_json_str("[]")
    asked = {**ASKED, "context": context(FACTS)}
    stored, sent = msgspec.json.encode(FACTS), json.dumps(asked)
    decoder = msgspec.json.Decoder(Facts)

    def by_cedar(request: dict[str, Any]) -> bool:
        return bool(cedarpy.is_authorized(request, policies, entities).allowed)

    return {
        "ours, warm": lambda: decide(FACTS).permit,
        "ours, cold": lambda: decide(decoder.decode(stored)).permit,
        "cedarpy, warm": lambda: by_cedar(asked),
        "cedarpy, cold": lambda: by_cedar(json.loads(sent)),
    }


def rate(decides: Callable[[], bool], count: int) -> float:
    """Decisions a second. Raises RuntimeError where one of them is not a permit."""
    began = perf_counter()
    for _ in range(count):
        if not decides():
            raise RuntimeError("the use that is measured is permitted by both")
    return count / (perf_counter() - began)


def measure(decisions: int) -> dict[str, list[float]]:
    """Rates by round, each contender in each."""
    of = contenders()
    for decides in of.values():
        rate(decides, 100)
    rounds = [{name: rate(one, decisions) for name, one in of.items()} for _ in range(ROUNDS)]
    return {name: [each[name] for each in rounds] for name in of}


def main(decisions: int = DECISIONS) -> int:
    """Print a line each and the ratios by round; 1 where the goal is missed."""
    found = measure(decisions)
    for name, rates in found.items():
        print(f"{name:14} {median(rates):>9,.0f} decisions/s")
    ratios = {kind: _ratios(found, kind) for kind in ("warm", "cold")}
    for kind, each in ratios.items():
        print(f"{kind}: {median(each):.1f} times cedarpy ({each[0]:.1f} to {each[-1]:.1f})")
    return int(median(ratios["warm"]) < GOAL)


def _ratios(found: dict[str, list[float]], kind: str) -> list[float]:
    pairs = zip(found[f"ours, {kind}"], found[f"cedarpy, {kind}"], strict=True)
    return sorted(ours / theirs for ours, theirs in pairs)


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
