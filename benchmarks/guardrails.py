"""What rules that concern nobody who asks cost: the engine from 10 to 10,000 guardrails.

Times of single decisions, in rounds that take turns so that whatever else the machine does falls
on all sizes alike. The goal: p99 with 10,000 at most 1.2 times that with 10. Run it by
`python -m benchmarks.guardrails [DECISIONS]`; the default is small.
"""

import gc
import json
import sys
from time import perf_counter_ns

from policies.guardrails import compiled, parse
from policies.pdp.engine import decide
from policies.pdp.model import (
    ConsentFacts,
    Facts,
    PurposeFacts,
    Question,
    ServiceFacts,
    SubjectFacts,
)
from policies.pdp.policy import NONE, Guardrails

SIZES = (0, 10, 100, 1_000, 10_000)
DECISIONS = 20_000
ROUND = 1_000
GOAL = 1.2
NOW = 1_795_305_600_000_000
PURPOSE = "marketing.email.offers"
SAID = {"en": "A rule of the company forbids it."}
FACTS = Facts(
    now=NOW,
    question=Question(
        purpose=PURPOSE, caller="mailer", caller_type="service", channel="email",
        campaign="diwali", operations=("Use",),
    ),
    service=ServiceFacts(
        id="1", code="mailer", is_active=True, may_ask=True, has_contract=True
    ),
    purpose=PurposeFacts(
        code=PURPOSE, version=1, state="active", grounds={"IN": "consent"},
        categories=("pd:EmailAddress",), operations=("Use",), material_version=1,
    ),
    subject=SubjectFacts(packs=("IN",), region="IN-KA", age="adult", age_assurance="declared"),
    consent=ConsentFacts(
        record="1", state="given", since=NOW - 1, purpose_version=1, notice="1", language="en",
        is_provable=True,
    ),
)  # fmt: skip


def policy(count: int) -> Guardrails:
    """So many rules about other purposes, campaigns, attributes and regions."""
    kinds = (
        lambda n: {"purposes": [f"marketing.sms.p{n}"]},
        lambda n: {"purposes": ["marketing.*"], "campaigns": [f"c{n}"]},
        lambda n: {"attributes": [f"health.a{n}"]},
        lambda n: {"channels": ["email"], "recipients": [f"party-{n}"]},
        lambda n: {"purposes": [PURPOSE], "regions": ["DE"], "campaigns": [f"d{n}"]},
    )
    rules = [
        {"code": f"r{n}", "title": "A rule", "match": kinds[n % len(kinds)](n),
         "effect": {"kind": "deny"}, "text": SAID, "person": SAID}
        for n in range(count)
    ]  # fmt: skip
    return compiled(parse(rules), 1) if count else NONE


def nanoseconds(rules: Guardrails, count: int) -> list[int]:
    """How long each of so many decisions took."""
    took = []
    for _ in range(count):
        begun = perf_counter_ns()
        decide(FACTS, rules)
        took.append(perf_counter_ns() - begun)
    return took


def measure(decisions: int) -> dict[int, dict[str, float]]:
    """Microseconds at p50 and p99 for each size."""
    sized = {size: policy(size) for size in SIZES}
    took: dict[int, list[int]] = {size: [] for size in SIZES}
    for rules in sized.values():
        if not decide(FACTS, rules).permit:
            raise RuntimeError("the rules concern the use that is measured")
    gc.collect()
    for _ in range(max(1, decisions // ROUND)):
        for size, rules in sized.items():
            took[size] += nanoseconds(rules, min(ROUND, decisions))
    return {size: _quantiles(each) for size, each in took.items()}


def _quantiles(took: list[int]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "p50_us": ordered[len(ordered) // 2] / 1000,
        "p99_us": ordered[len(ordered) * 99 // 100] / 1000,
    }


def main(decisions: int = DECISIONS) -> int:
    """Print a line a size and the ratio; 1 where the goal is missed."""
    found = measure(decisions)
    for size, times in found.items():
        print(json.dumps({"guardrails": size, **times}))
    ratio = found[SIZES[-1]]["p99_us"] / found[SIZES[1]]["p99_us"]
    print(json.dumps({"p99_ratio": round(ratio, 2), "goal": GOAL}))
    return int(ratio > GOAL)


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
