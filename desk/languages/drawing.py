"""A grid of rows and columns as plain SVG: positions only, no styles, no script. Pure.

Every state has a shape of its own besides its colour, which not everybody can tell apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SIDE: Final = 24
GAP: Final = 3
LABEL: Final = 200
HEAD: Final = 26
INSET: Final = 7
TEXT_BELOW: Final = 17
"""How far below the top of a square its row's text stands."""

_STROKES: Final = {
    "approved": ((0.0, 0.5), (0.4, 0.9), (1.0, 0.1)),
    "draft": ((0.0, 0.5), (1.0, 0.5)),
    "machine": ((0.0, 1.0), (0.0, 0.0), (0.5, 0.6), (1.0, 0.0), (1.0, 1.0)),
    "waived": ((0.5, 0.0), (0.5, 0.55), (0.95, 0.8)),
    "lacking": ((0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)),
    "unasked": (),
}


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its state, where it is drawn, and the points of the line in it."""

    state: str
    x: int
    y: int
    points: str


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a row or a column, and where it stands."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Squares with the texts of their rows and columns."""

    squares: tuple[Square, ...]
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    width: int
    height: int
    side: int = SIDE - GAP


def grid(
    rows: Sequence[tuple[str, Sequence[str]]], columns: Sequence[str], *, is_rtl: bool = False
) -> Grid:
    """A row for each (text, states), from the top; columns run as people read."""
    width = LABEL + SIDE * len(columns) + GAP

    def left(number: int) -> int:
        return width - LABEL - SIDE * (number + 1) - GAP if is_rtl else LABEL + SIDE * number

    squares = [
        square(state, left(number) + GAP, _top(place))
        for place, (_text, states) in enumerate(rows)
        for number, state in enumerate(states)
    ]
    texts = [
        Label(text, width if is_rtl else 0, _top(place) + TEXT_BELOW)
        for place, (text, _states) in enumerate(rows)
    ]
    heads = [
        Label(text, left(number) + GAP + (SIDE - GAP) // 2, HEAD - 8)
        for number, text in enumerate(columns)
    ]
    return Grid(tuple(squares), tuple(texts), tuple(heads), width, _top(len(rows)))


def square(state: str, x: int, y: int) -> Square:
    """A cell of that state at a place; also for the legend."""
    room = SIDE - GAP - 2 * INSET
    points = [
        f"{x + INSET + right * room:.1f},{y + INSET + down * room:.1f}"
        for right, down in _STROKES[state]
    ]
    return Square(state, x, y, " ".join(points))


def _top(row: int) -> int:
    return HEAD + SIDE * row
