"""The kinds of recorded legal finding, and what each must name. Pure.

A finding that allows counts once a second person approved it, until its last day. One that
restricts counts from the moment it is recorded, until another person ends it: both protect.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found. The decision names findings by these codes."""

    DPIA = "dpia"
    SDF_DPIA = "sdf_dpia"
    LIA = "lia"
    COMPATIBILITY = "compatibility"
    ART_9 = "art9"
    ART_10 = "art10"
    SOFT_OPT_IN = "soft_opt_in"
    S7A = "s7a"
    S7B = "s7b"
    S7C = "s7c"
    S7D = "s7d"
    S7E = "s7e"
    S7F = "s7f"
    S7G = "s7g"
    S7H = "s7h"
    S7I = "s7i"
    SDF = "sdf"
    DPIA_DUE = "dpia_due"
    LOCALISED = "localised"
    SECTOR_IN = "sector_in"
    SECTOR_EU = "sector_eu"
    FURTHER_USE = "further_use"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind says and needs. `days`: for how long it may count at most."""

    allows: bool = True
    needs_purpose: bool = False
    takes_purpose: bool = True
    needs_topic: bool = False
    days: int = 3 * 366


_OF_A_PURPOSE = Shape(needs_purpose=True)
SHAPES: dict[Kind, Shape] = {
    **{kind: _OF_A_PURPOSE for kind in Kind if kind.startswith("s7")},
    Kind.DPIA: _OF_A_PURPOSE,
    Kind.SDF_DPIA: Shape(takes_purpose=False, days=366),  # once every twelve months, r.13(1)
    Kind.LIA: _OF_A_PURPOSE,
    Kind.COMPATIBILITY: Shape(needs_purpose=True, needs_topic=True),
    Kind.ART_9: _OF_A_PURPOSE,
    Kind.ART_10: _OF_A_PURPOSE,
    Kind.SOFT_OPT_IN: _OF_A_PURPOSE,
    Kind.SDF: Shape(allows=False, takes_purpose=False),
    Kind.DPIA_DUE: Shape(allows=False, needs_purpose=True),
    Kind.LOCALISED: Shape(allows=False, needs_topic=True),
    Kind.SECTOR_IN: Shape(allows=False, needs_topic=True),
    Kind.SECTOR_EU: Shape(allows=False, needs_topic=True),
    Kind.FURTHER_USE: Shape(allows=False, needs_purpose=True, needs_topic=True),
}


def restricting() -> list[str]:
    """The kinds that restrict."""
    return sorted(kind.value for kind, shape in SHAPES.items() if not shape.allows)
