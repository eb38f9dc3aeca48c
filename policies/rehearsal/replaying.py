"""One recorded decision made again from its stored facts alone, and compared byte for byte. Pure.

The statutory rules are code: a decision made under another version of them is computed with the
rules in place, and said to be so. The controller's own policy is data that never changes once it
is in force, so the very version that decided decides again (P3).
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from audit.canonical import canonical_struct
from policies.pdp.engine import decide, failed
from policies.pdp.model import Decision
from policies.pdp.policy import NONE, Guardrails
from policies.rehearsal.recorded import Recorded
from policies.rules.permit import TROUBLES
from policies.rules.version import POLICY_VERSION


class Finding(StrEnum):
    """What a replay came to."""

    SAME = "same"
    DIFFERENT = "different"
    OTHER_RULES = "other_rules"  # decided under rules that are not the ones in place
    POLICY_GONE = "policy_gone"  # the controller's policy it names cannot be found
    GONE = "gone"  # the payload has reached the end of its life
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A member of the decision that came out otherwise, as JSON."""

    name: str
    recorded: str
    computed: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer as it was and as it is computed now; `computed` is None where it cannot be."""

    finding: Finding
    recorded: Recorded | None = None
    computed: Decision | None = None
    differences: tuple[Difference, ...] = ()


def label_parts(label: str) -> tuple[str, int]:
    """The version of the rules a decision names, and the number of the policy; 0 for none."""
    rules, _, number = label.partition("+")
    return rules, int(number) if number.isdecimal() else 0


def replay(recorded: Recorded, policy: Guardrails | None) -> Replay:
    """Decide again under `policy`: NONE for the law alone, None where it cannot be found."""
    computed = again(recorded, policy or NONE)
    rules, number = label_parts(recorded.decision.policy_version)
    if canonical_struct(computed) == recorded.decision_bytes and recorded.is_whole:
        return Replay(Finding.SAME, recorded, computed)
    differences = _differences(recorded.decision, computed)
    if number and policy is None:
        return Replay(Finding.POLICY_GONE, recorded, computed, differences)
    if rules != POLICY_VERSION:
        return Replay(Finding.OTHER_RULES, recorded, computed, differences)
    return Replay(Finding.DIFFERENT, recorded, computed, differences)


def again(recorded: Recorded, policy: Guardrails) -> Decision:
    """What the facts come to under the rules in place and this policy.

    A refusal of a decision point in trouble is no finding about the person: it stays what it was.
    """
    if recorded.facts is None or recorded.decision.reason_code in TROUBLES:
        return failed(recorded.facts, recorded.decision.reason_code)
    return decide(recorded.facts, policy)


def _differences(recorded: Decision, computed: Decision) -> tuple[Difference, ...]:
    was, now = msgspec.to_builtins(recorded), msgspec.to_builtins(computed)
    return tuple(
        Difference(name, _told(was.get(name)), _told(now.get(name)))
        for name in Decision.__struct_fields__
        if was.get(name) != now.get(name)
    )


def _told(value: object) -> str:
    return "" if value is None else msgspec.json.encode(value, order="sorted").decode()
