"""Who is told of a planned case: by the call of a connector, a letter, or an officer. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["BY_CALL", "BY_HAND", "BY_LETTER", "NOT_TOLD", "Told", "how"]

BY_CALL: Final = "call"
BY_LETTER: Final = "letter"
"""Somebody there is written to, who does it by hand or takes note of it."""

BY_HAND: Final = "by_hand"
"""Nothing here can tell it: an officer does, and shows evidence."""

NOT_TOLD: Final = "not_told"
"""All it holds stays."""


@dataclass(frozen=True, slots=True)
class Told:
    """One system or party of a plan: its code, what it is called, and one of the ways above."""

    system: str
    name: str
    duty: str
    how: str


def how(step: Mapping[str, Any], reachable: Collection[str]) -> str:
    """The way of one planned step; `reachable` are the ids of parties that gave an address."""
    if step.get("exempt"):
        return NOT_TOLD
    if "party" in step:
        return BY_LETTER if step["party"] in reachable else BY_HAND
    declared = step.get("declared", {})
    verbs = declared.get("verbs", ())
    if verbs and step.get("verb", "erase") not in verbs:
        return BY_HAND
    return BY_LETTER if declared.get("needs_person") else BY_CALL
