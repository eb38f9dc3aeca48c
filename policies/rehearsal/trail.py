"""Every statutory rule in the order of decision: whether it was asked, what it looked at, what it
said. Pure, and slow on purpose: for people who read one decision, never for the decision itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from policies.pdp.model import Facts
from policies.rules import RULES
from policies.rules.registry import CONSENT_GROUND, Rule


class Said(StrEnum):
    """What became of one rule."""

    DENIED = "denied"
    PASSED = "passed"
    NOT_ASKED = "not_asked"  # its law does not apply, or consent is not the ground there


@dataclass(frozen=True, slots=True)
class Look:
    """One rule, for one law where it asks for each. `saw` are the facts it read, by path."""

    rule: Rule
    pack: str
    said: Said
    saw: tuple[tuple[str, Any], ...] = ()

    @property
    def refs(self) -> tuple[str, ...]:
        packs = (self.pack,) if self.pack else tuple(self.rule.refs)
        return tuple(ref for pack in packs for ref in self.rule.refs[pack])


def trail(facts: Facts) -> tuple[Look, ...]:
    """What each rule did with these facts."""
    return tuple(_look(rule, pack, facts) for rule in RULES for pack in (rule.packs or ("",)))


def _look(rule: Rule, pack: str, facts: Facts) -> Look:
    if pack and not _is_asked(rule, pack, facts):
        return Look(rule, pack, Said.NOT_ASKED)
    seen: dict[str, Any] = {}
    fired = rule.fires(_Watched(facts, "", seen), pack)  # type: ignore[arg-type] # reads as one
    return Look(rule, pack, Said.DENIED if fired else Said.PASSED, tuple(seen.items()))


def _is_asked(rule: Rule, pack: str, facts: Facts) -> bool:
    if facts.subject is None or pack not in facts.subject.packs:
        return False
    grounds = facts.purpose.grounds if facts.purpose is not None else {}
    return not rule.only_on_consent or grounds.get(pack) == CONSENT_GROUND[pack]


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
