"""The whole trail of a decision: every rule of the laws that apply, and what it saw.

The rules are asked again as the engine asks them, looking at the facts through a glass that notes
what they look at. For officers and replays: what a rule saw can be personal data.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast

import msgspec

from policies.pdp.engine import decide
from policies.pdp.model import Decision, Facts
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.programmes import Kind, kind, silence, spoken
from policies.rules.commencement import rule_applies_from
from policies.rules.registry import Rule

Outcome = Literal["denies", "passes", "not_asked"]


@dataclass(frozen=True, slots=True)
class Looked:
    """One rule, asked for one law (empty: whatever law), or why it was not asked.

    `saw` holds each fact the rule looked at, by its path, for example "consent.state".
    """

    rule: str
    gate: int
    code: str
    pack: str
    outcome: Outcome
    because: str = ""  # not asked: other_ground, not_concerned, reserved, strict_only, not_in_force
    saw: dict[str, Any] = field(default_factory=dict)
    applies_from: date | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The decision, and every rule in the order in which they are asked."""

    decision: Decision
    looked: tuple[Looked, ...]


def explain(facts: Facts, policy: Guardrails = NONE, as_of: date | None = None) -> Trail:
    """Decide and tell everything that was looked at. Pure; as total as `decide` is."""
    of = kind(facts, as_of)
    looked = tuple(_look(rule, pack, of, facts) for rule, pack in spoken(of))
    return Trail(decide(facts, policy, as_of), looked)


def _look(rule: Rule, pack: str, of: Kind, facts: Facts) -> Looked:
    because = silence(rule, pack, of)
    seen: dict[str, Any] = {}
    outcome: Outcome = "not_asked"
    if not because:
        glass = cast("Facts", _Glass(facts, "", seen))
        outcome = "denies" if rule.fires(glass, pack) else "passes"
    return Looked(
        rule.number, rule.gate, rule.code, pack, outcome, because, seen,
        rule_applies_from(rule, pack),
    )  # fmt: skip


class _Glass:
    """Facts, looked at: hands out what they hold, and notes each value under its path."""

    __slots__ = ("_path", "_seen", "_struct")

    def __init__(self, struct: msgspec.Struct, path: str, seen: dict[str, Any]) -> None:
        self._struct, self._path, self._seen = struct, path, seen

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._struct, name)
        path = f"{self._path}.{name}" if self._path else name
        if isinstance(value, msgspec.Struct):
            return _Glass(value, path, self._seen)
        self._seen[path] = value
        return value
