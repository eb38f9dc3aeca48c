"""What the engine asks of a controller's own rules: a verdict on a use that the law permits.

The rules themselves live in `policies.guardrails`; this is only the shape the engine relies on.
"""

from typing import Protocol

import msgspec

from policies.pdp.model import Facts, Obligation, Reason


class Verdict(msgspec.Struct, gc=False, frozen=True):
    """Denials in their order, else the obligations and the end that the permit gets as well."""

    denials: tuple[Reason, ...] = ()
    cure: str = ""
    obligations: tuple[Obligation, ...] = ()
    until: int | None = None  # the permit must end here at the latest


class Guardrails(Protocol):
    """One compiled policy version of a controller; pure, total and deterministic."""

    @property
    def number(self) -> int:
        """The number of the policy version, which the decision names."""

    def judge(self, facts: Facts) -> Verdict:
        """Judge a use that the law permits. It can only narrow what the law allows."""


class NoGuardrails:
    """The policy of a controller that has no rules of its own."""

    number = 0

    def judge(self, _facts: Facts) -> Verdict:
        """Nothing to add."""
        return _NOTHING


_NOTHING = Verdict()
NONE = NoGuardrails()
