"""Every statutory rule in the order of decision: whether it was asked, what it looked at, what it
said. Pure, and slow on purpose: for people who read one decision, never for the decision itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from policies.pdp.model import Facts
from policies.pdp.programmes import Kind, finding, kind, silence, spoken
from policies.rules import RULES
from policies.rules.registry import Rule


class Said(StrEnum):
    """What became of one rule."""

    DENIED = "denied"
    PASSED = "passed"
    NOT_ASKED = "not_asked"


OTHER_LAW: Final = "other_law"


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


def trail(facts: Facts) -> tuple[Look, ...]:
    """What each rule did with these facts."""
    of = kind(facts)
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
