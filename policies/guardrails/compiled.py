"""A policy version as the engine asks it: which rules concern a use, and what they say to it."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from policies.guardrails import effects, findings
from policies.guardrails.matching import USES, Index, Use
from policies.guardrails.model import (
    Delay,
    Deny,
    Effect,
    Guardrail,
    Limit,
    Off,
    Quiet,
    Require,
    Sentences,
)
from policies.pdp.model import Facts, Obligation, Question, Reason
from policies.pdp.policy import Cap, Needs, Verdict, Words
from policies.rules.permit import Finding

RESERVED: Final = "sys."
"""Purposes the law itself demands (rights, claims, security, life): no guardrail stands in their
way."""
RULE: Final = "G:"
"""Begins the rule number of a guardrail's reason; the guardrail's code follows."""
_FAMILIES: Final[dict[type, Finding]] = {
    Deny: findings.DENIED, Require: findings.DENIED, Limit: findings.CAP,
    Delay: findings.COOLING, Quiet: findings.QUIET, Off: findings.OFF,
}  # fmt: skip
_NOTHING: Final = Verdict()


class Ruled:
    """The compiled rules of one version; `number` 0: rules that are not (yet) a version."""

    __slots__ = (
        "_alike",
        "_by_number",
        "_caps",
        "_duties",
        "_heedless",
        "_index",
        "_needy",
        "_reasons",
        "number",
        "rules",
    )

    def __init__(self, rules: Iterable[Guardrail], number: int = 0) -> None:
        self.number = number
        self._index = Index(rules)
        self.rules = self._index.rules
        self._reasons = [_reason(rule) for rule in self.rules]
        self._duties = [_duty(rule) for rule in self.rules]
        self._caps = [_cap(rule) for rule in self.rules]
        self._by_number = {f"{RULE}{rule.code}": rule for rule in self.rules}
        self._needy = any(_is_needy(one.effect) for one in self.rules)
        self._heedless = frozenset(
            n for n, one in enumerate(self.rules) if not _is_needy(one.effect)
        )
        self._alike = lru_cache(maxsize=USES)(self._weigh_alike)

    def concerning(self, facts: Facts) -> tuple[Guardrail, ...]:
        """The rules that concern a use, in the order they were written."""
        return tuple(self.rules[place] for place in self._places(facts.question, facts))

    def needs(self, question: Question, facts: Facts | None = None) -> Needs | None:
        """What the rules that concern this question look at; None: nothing beyond the usual.

        Without facts: those that could concern it.
        """
        if not self._needy:
            return None
        caps: list[Cap] = []
        triggers: list[str] = []
        is_timed = is_volunteered = is_switched = False
        for place in self._places(question, facts):
            effect, cap = self.rules[place].effect, self._caps[place]
            if cap is not None:
                caps.append(cap)
            elif isinstance(effect, Delay):
                triggers += effect.triggers
            is_timed |= isinstance(effect, Quiet)
            is_volunteered |= isinstance(effect, Deny) and effect.unless_volunteered
            is_switched |= isinstance(effect, Off) and effect.whom == "whoever_asked"
        if not (caps or triggers or is_timed or is_volunteered or is_switched):
            return None
        return Needs(
            tuple(caps), tuple(dict.fromkeys(triggers)), is_timed, is_volunteered, is_switched
        )

    def judge(self, facts: Facts) -> Verdict:
        """Judge a use that the law permits: every rule that concerns it must let it pass."""
        places = self._places(facts.question, facts)
        return self._judge(places, facts) if places else _NOTHING

    def words(self, rule: str) -> Words | None:
        """What officers wrote about the rule of a reason; None: it is none of these."""
        found = self._by_number.get(rule)
        if found is None:
            return None
        return Words(_in_languages(found.text), _in_languages(found.person))

    def _places(self, question: Question, facts: Facts | None) -> tuple[int, ...]:
        if question.purpose.startswith(RESERVED):
            return ()
        return self._index.concerned(Use.of(question, facts))

    def _judge(self, places: tuple[int, ...], facts: Facts) -> Verdict:
        if self._heedless.issuperset(places):
            return self._alike(places)
        if denying := [place for place in places if self._denies(place, facts)]:
            return self._denial(denying)
        ends = [effects.ends_at(self.rules[place].effect, facts) for place in places]
        return Verdict(
            obligations=self._asked(places), until=min((e for e in ends if e), default=None)
        )

    def _weigh_alike(self, places: tuple[int, ...]) -> Verdict:
        """The verdict of rules that look at nothing beyond what they match: always the same."""
        if denying := [place for place in places if isinstance(self.rules[place].effect, Deny)]:
            return self._denial(denying)
        return Verdict(obligations=self._asked(places))

    def _denial(self, denying: list[int]) -> Verdict:
        reasons = tuple(self._reasons[place] for place in denying)
        return Verdict(denials=reasons, cure=cure(self.rules[denying[0]]))

    def _asked(self, places: tuple[int, ...]) -> tuple[Obligation, ...]:
        return tuple(duty for place in places if (duty := self._duties[place]) is not None)

    def _denies(self, place: int, facts: Facts) -> bool:
        rule = self.rules[place]
        return effects.denies(rule.effect, rule.match.attributes, rule.code, facts)


class Refusing:
    """Stands for a version that cannot be trusted: no use of the controller is permitted."""

    rules: tuple[Guardrail, ...] = ()

    def __init__(self, number: int) -> None:
        self.number = number

    def needs(self, _question: Question, _facts: Facts | None = None) -> Needs | None:
        """Nothing: whatever the facts, the answer stands."""
        return None

    def words(self, _rule: str) -> Words | None:
        """None: what the rules say cannot be relied on."""
        return None

    def judge(self, facts: Facts) -> Verdict:
        """Deny, except what the law itself demands."""
        if facts.question.purpose.startswith(RESERVED):
            return _NOTHING
        return Verdict(denials=(findings.UNVERIFIED.reason,), cure=findings.UNVERIFIED.cure)


def compiled(rules: Iterable[Guardrail], number: int = 0) -> Ruled:
    """Compile rules that were read with `parse`."""
    return Ruled(rules, number)


def cure(rule: Guardrail) -> str:
    """The code of what would change a rule's denial."""
    return _family(rule).cure


def reason_code(rule: Guardrail) -> str:
    """The reason code of a rule's denial."""
    return f"{_family(rule).reason.code}:{rule.code}"


def _family(rule: Guardrail) -> Finding:
    if isinstance(rule.effect, Deny) and rule.effect.unless_volunteered:
        return findings.NOT_VOLUNTEERED
    return _FAMILIES[type(rule.effect)]


def _in_languages(told: Sentences) -> dict[str, str]:
    return {"en": told.en, **({"hi": told.hi} if told.hi else {})}


def _is_needy(effect: Effect) -> bool:
    if isinstance(effect, Deny):
        return effect.unless_volunteered
    return not isinstance(effect, Require)


def _reason(rule: Guardrail) -> Reason:
    refs = _family(rule).reason.refs
    return Reason(rule=f"{RULE}{rule.code}", code=reason_code(rule), refs=refs)


def _duty(rule: Guardrail) -> Obligation | None:
    if not isinstance(rule.effect, Require):
        return None
    return Obligation(rule.effect.obligation, dict(rule.effect.args))


def _cap(rule: Guardrail) -> Cap | None:
    effect = rule.effect
    if not isinstance(effect, Limit):
        return None
    return Cap(rule.code, effect.limit, effect.seconds, effect.per)
