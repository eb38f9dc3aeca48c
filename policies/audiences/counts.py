"""How many were left out and why, told so that nobody's own reason can be read from it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exclusion:
    """So many people for one reason; `reason` is empty for several small groups taken together.

    `count` is None where even those together are fewer than may be told.
    """

    reason: str
    count: int | None


def exclusions(counts: Mapping[str, int], smallest: int) -> list[Exclusion]:
    """The reasons with their counts, largest first; groups below `smallest` are not told apart.

    Whoever knows how many were asked about can subtract. So small groups are put together without
    their reasons, and where together they are still too few, the smallest of the others joins them.
    """
    told = sorted((item for item in counts.items() if item[1] > 0), key=lambda one: (-one[1], one))
    hidden = 0
    while told and (told[-1][1] < smallest or 0 < hidden < smallest):
        hidden += told.pop()[1]
    found = [Exclusion(reason, count) for reason, count in told]
    return [*found, Exclusion("", hidden if hidden >= smallest else None)] if hidden else found
