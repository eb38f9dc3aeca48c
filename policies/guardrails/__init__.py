"""Rules that officers write: their form, what is wrong with a set of them, and what they do. Pure.

`compiled(rules)` makes of the stored rules what the engine asks; `NONE` is no rules at all.
"""

from policies.guardrails.compiled import Refusing, Ruled, compiled
from policies.guardrails.model import Guardrail, RulesError, canonical_rules, parse
from policies.pdp.policy import NONE, Guardrails

__all__ = [
    "NONE", "Guardrail", "Guardrails", "Refusing", "Ruled", "RulesError", "canonical_rules",
    "compiled", "parse",
]  # fmt: skip
