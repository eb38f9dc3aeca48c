"""What the engine asks of a controller's own rules: a verdict on a use that the law permits.

The rules themselves live in `policies.guardrails`; this is only the shape the engine relies on.
"""

from typing import Protocol

import msgspec

from policies.pdp.model import Facts, Obligation, Question, Reason


class Cap(msgspec.Struct, gc=False, frozen=True):
    """At most `limit` permits within any `seconds`, counted apart for each value of `per`.

    `per` names members of the question (purpose, channel, campaign, item); none: the person alone.
    """

    code: str
    limit: int
    seconds: int
    per: tuple[str, ...] = ()


class Needs(msgspec.Struct, gc=False, frozen=True):
    """What must be looked up beyond the usual facts before a question can be judged."""

    caps: tuple[Cap, ...] = ()
    triggers: tuple[str, ...] = ()  # behaviours that delays wait for
    is_timed: bool = False  # quiet hours ask for the person's clock
    is_volunteered: bool = False  # attributes count only where the person offered them
    is_switched: bool = False  # the person may have switched personalisation off


class Words(msgspec.Struct, gc=False, frozen=True):
    """What officers wrote about a rule, by language: for services and officers, for the person."""

    admin: dict[str, str]
    user: dict[str, str]


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

    def needs(self, question: Question, facts: Facts | None = None) -> Needs | None:
        """What the rules that concern this question look at; None: nothing beyond the usual.

        Without facts: those that could concern it.
        """

    def judge(self, facts: Facts) -> Verdict:
        """Judge a use that the law permits. It can only narrow what the law allows."""

    def words(self, rule: str) -> Words | None:
        """What is said about the rule of a reason; None: it is none of these rules."""


class NoGuardrails:
    """The policy of a controller that has no rules of its own."""

    number = 0

    def needs(self, _question: Question, _facts: Facts | None = None) -> Needs | None:
        """Nothing."""
        return None

    def judge(self, _facts: Facts) -> Verdict:
        """Nothing to add."""
        return _NOTHING

    def words(self, _rule: str) -> Words | None:
        """None: there are no rules."""
        return None


_NOTHING = Verdict()
NONE = NoGuardrails()
