"""Where rules are declared: one decorated function each, in the file of its gate.

`@Rule` keeps the finding of the law (citation, code, texts, cure) beside the condition. The
registry refuses duplicates and gaps at import, so that a half-declared rule never decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace

from policies.pdp.model import CA, EU, IN, Facts, Pack
from policies.rules.cures import CURES

EVERY: tuple[Pack, ...] = ()  # the rule holds whatever law applies, and when none is known
KNOWN_PACKS: tuple[Pack, ...] = (IN, EU)
SEAM_PACKS: tuple[Pack, ...] = (CA,)  # they have rules, but nothing permits under them yet
CONSENT_GROUND: Mapping[str, str] = {IN: "consent", EU: "6-1-a"}

Condition = Callable[[Facts, str], bool]


class RuleError(Exception):
    """A rule is declared wrongly; the decision point must not start."""


def _undeclared(_facts: Facts, _pack: str) -> bool:
    raise RuleError("a rule without a condition was asked")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the statutory table: it denies when `fires` says so.

    Declared by decorating its condition, which gets the facts and the law it is asked for.
    """

    number: str
    _: KW_ONLY
    gate: int
    code: str
    text: str  # for officers and services
    person: str  # for the person the data are about
    refs: Mapping[str, tuple[str, ...]]  # citations per law
    packs: tuple[Pack, ...] = EVERY
    cure: str = ""
    only_on_consent: bool = False  # looked at only where the law's ground is consent
    about: int = 0  # topics outside which it never fires (policies.rules.topics); 0: any
    strict_only: bool = False  # a simulation of the law at a date does without it
    fires: Condition = _undeclared

    def __call__(self, condition: Condition) -> Condition:
        """Declare the rule; raises RuleError when it is a duplicate or lacks a part."""
        _refuse_faults(self)
        _declared[self.number] = replace(self, fires=condition)
        return condition


_declared: dict[str, Rule] = {}


def ordered() -> tuple[Rule, ...]:
    """Every declared rule in the order of decision: by gate, then by number.

    Raises RuleError when the two orders differ: the lowest number must always decide.
    """
    by_gate = sorted(_declared.values(), key=lambda each: (each.gate, each.number))
    if [each.number for each in by_gate] != sorted(_declared):
        raise RuleError("a rule's number and its gate disagree about the order")
    return tuple(by_gate)


def _refuse_faults(new: Rule) -> None:
    if new.number in _declared:
        raise RuleError(f"{new.number} is declared twice")
    if any(new.code == old.code for old in _declared.values()):
        raise RuleError(f"{new.code} is the code of two rules")
    if new.cure not in CURES:
        raise RuleError(f"{new.number} names an unknown cure")
    if not (new.text and new.person):
        raise RuleError(f"{new.number} lacks a text")
    if any(not new.refs.get(pack) for pack in new.packs or KNOWN_PACKS):
        raise RuleError(f"{new.number} lacks a citation")
