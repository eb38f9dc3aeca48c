"""Every statutory rule in the order of decision: whether it was asked, what it looked at, what it
said. Pure, and slow on purpose: for people who read one decision, never for the decision itself.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from policies.guardrails.compiled import Ruled
from policies.guardrails.model import Guardrail
from policies.pdp.model import Decision, Facts
from policies.pdp.policy import Guardrails
from policies.pdp.programmes import Kind, finding, kind, silence, spoken
from policies.rules import RULES
from policies.rules.registry import Rule


class Said(StrEnum):
    """What became of one rule."""

    DENIED = "denied"
    PASSED = "passed"
    NOT_ASKED = "not_asked"


OTHER_LAW: Final = "other_law"
OWN: Final = "G:"
"""What the number of a controller's own rule begins with, where a decision names it."""


@dataclass(frozen=True, slots=True)
class Look:
    """One rule, for one law where it asks for each. `saw` are the facts it read, by path.

    `why` is the code of why it was not asked: OTHER_LAW, or one of `programmes.SILENCES`.
    """

    rule: Rule
    pack: str
    said: Said
    refs: tuple[str, ...]
    saw: tuple[tuple[str, Any], ...] = ()
    why: str = ""


def trail(facts: Facts, as_of: date | None = None) -> tuple[Look, ...]:
    """What each rule did with these facts; `as_of` simulates the law in force at a date."""
    of = kind(facts, as_of)
    speaking = {(rule.number, pack) for rule, pack in spoken(of)}
    return tuple(
        _look(rule, pack, facts, of)
        if (rule.number, pack) in speaking
        else Look(rule, pack, Said.NOT_ASKED, rule.refs.get(pack, ()), why=OTHER_LAW)
        for rule in RULES
        for pack in (rule.packs or ("",))
    )


def _look(rule: Rule, pack: str, facts: Facts, of: Kind) -> Look:
    refs = finding(rule, pack, of.packs).refs
    if why := silence(rule, pack, of):
        return Look(rule, pack, Said.NOT_ASKED, refs, why=why)
    seen: dict[str, Any] = {}
    fired = rule.fires(_Watched(facts, "", seen), pack)  # type: ignore[arg-type] # reads as one
    return Look(rule, pack, Said.DENIED if fired else Said.PASSED, refs, tuple(seen.items()))


@dataclass(frozen=True, slots=True)
class Own:
    """A rule of the controller's own that concerned a use, and what became of it."""

    rule: Guardrail
    said: Said


def own_trail(policy: Guardrails, facts: Facts, decision: Decision) -> tuple[Own, ...]:
    """The controller's rules that concerned a use; they are asked only where the law permits."""
    if not isinstance(policy, Ruled):
        return ()
    denying = {reason.rule for reason in decision.reasons}
    is_asked = decision.permit or any(one.startswith(OWN) for one in denying)
    return tuple(
        Own(rule, _said(f"{OWN}{rule.code}" in denying) if is_asked else Said.NOT_ASKED)
        for rule in policy.concerning(facts)
    )


def _said(is_denied: bool) -> Said:
    return Said.DENIED if is_denied else Said.PASSED


class _Watched:
    """Facts that note which of their members were read."""

    __slots__ = ("_path", "_seen", "_value")

    def __init__(self, value: msgspec.Struct, path: str, seen: dict[str, Any]) -> None:
        self._value, self._path, self._seen = value, path, seen

    def __getattr__(self, name: str) -> Any:
        found, path = getattr(self._value, name), f"{self._path}{name}"
        if isinstance(found, msgspec.Struct):
            return _Watched(found, f"{path}.", self._seen)
        self._seen[path] = found
        return found
