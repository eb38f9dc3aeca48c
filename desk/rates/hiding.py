"""Which figures of a table are not shown, so that nobody is found in a small group. Pure.

The sums of a table stand in its siblings too. So what is hidden must not be what is left when the
shown rows are taken from the sum: with every small number a larger one is hidden.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 5
"""So many different people a number must be about to be shown; nobody at all is shown too."""


@dataclass(frozen=True, slots=True)
class Group:
    """How many different people a row is about, and how many said yes and no."""

    people: int
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """The places of rows of which nothing is shown, and of rows without their yes and no."""

    rows: frozenset[int]
    answers: frozenset[int]


Count = Callable[[Group], int]
_PEOPLE: Final[tuple[Count, ...]] = (lambda one: one.people,)
_ANSWERS: Final[tuple[Count, ...]] = (lambda one: one.yes, lambda one: one.no)


def is_small(people: int) -> bool:
    """Whether a number is about somebody, and too few to be shown."""
    return 0 < people < SMALLEST


def hidden(groups: Sequence[Group]) -> Hidden:
    """What of these rows is not shown. Rows of which nothing is shown have no answers either."""
    rows = _with_cover(groups, _PEOPLE, frozenset())
    return Hidden(rows, _with_cover(groups, _ANSWERS, rows))


def _with_cover(
    groups: Sequence[Group], counts: Sequence[Count], already: frozenset[int]
) -> frozenset[int]:
    """Rows with a small count, and for each such count the smallest row that covers it.

    Where there is no row to cover it, all rows.
    """
    found = set(already)
    found |= {at for at, one in enumerate(groups) if any(is_small(count(one)) for count in counts)}
    for count in counts:
        if not is_small(max((count(groups[at]) for at in found), default=0)):
            continue
        covers = [at for at in range(len(groups)) if count(groups[at]) >= SMALLEST]
        if not covers:
            return frozenset(range(len(groups)))
        found.add(min(covers, key=lambda at: (groups[at].people, at)))
    return frozenset(found)
