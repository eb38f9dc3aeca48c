"""How the reading of a profile stands in the log: written in one place, read in another. Pure.

The entry's target is the seat it was read from, so that who sat where is found by it; its purpose
is the one that was stated. The data name attributes by code, never a value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from audit.actors import Target

TARGET: Final = "profile"
EVENTS: Final = ("record:viewed", "list:viewed")
SHOWN: Final = "shown_as"
"""The member of the data that holds codes by outcome: a treatment, or the reason of absence."""
OPEN: Final = frozenset({"show", "partial", "token", "year", "region", "bucket"})
"""The outcomes by which a reader got something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What an entry says of a reading. `beyond` names what went beyond the view, if anything."""

    role: str
    unit: str
    relation: str
    outcomes: Mapping[str, tuple[str, ...]]
    beyond: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The attributes of which the reader got a value, whole or masked, in order."""
        got = (codes for outcome, codes in self.outcomes.items() if outcome in OPEN)
        return tuple(sorted({code for codes in got for code in codes}))


def target(seat_id: UUID) -> Target:
    """What the entry is about."""
    return Target(TARGET, str(seat_id))


def data(noted: Noted) -> dict[str, Any]:
    """The entry's data."""
    said: dict[str, Any] = {
        "what": TARGET, "role": noted.role, "unit": noted.unit, "relation": noted.relation,
        SHOWN: {outcome: list(codes) for outcome, codes in noted.outcomes.items()},
    }  # fmt: skip
    return {**said, "beyond": noted.beyond} if noted.beyond else said


def noted(said: Mapping[str, Any]) -> Noted:
    """What the data of an entry say; parts that are missing are empty."""
    shown = said.get(SHOWN)
    outcomes = shown if isinstance(shown, Mapping) else {}
    return Noted(
        role=str(said.get("role", "")), unit=str(said.get("unit", "")),
        relation=str(said.get("relation", "")), beyond=str(said.get("beyond", "")),
        outcomes={str(one): _codes(codes) for one, codes in outcomes.items()},
    )  # fmt: skip


def _codes(codes: object) -> tuple[str, ...]:
    return tuple(map(str, codes)) if isinstance(codes, Iterable) else ()
