"""A plot of columns over time as plain SVG: positions only, no styles, no script. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 250
LEFT: Final = 62
TOP: Final = 14
BOTTOM: Final = 34
GAP: Final = 2.0
LEAST: Final = 1.5
"""What is there at all is at least so high that it can be seen."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column: which series, and where it is drawn."""

    series: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis with its text and where that stands."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Columns, ticks of both axes, and the frame they stand in."""

    pieces: tuple[Piece, ...]
    levels: tuple[Tick, ...]
    times: tuple[Tick, ...]
    left: float
    right: float
    width: int = WIDTH
    height: int = HEIGHT


def plot(
    columns: Sequence[Sequence[tuple[str, int]]], labels: Sequence[str], *, is_rtl: bool = False
) -> Plot:
    """Columns of (series, value) from the oldest to the newest, stacked; time runs as people read.

    `labels` has a text for each column, empty where the axis has none.
    """
    top = ceiling(max((sum(value for _, value in one) for one in columns), default=0))
    step = (WIDTH - LEFT - 8) / max(len(columns), 1)
    pieces = [
        piece for number, one in enumerate(columns) for piece in _column(number, one, step, top)
    ]
    times = [
        Tick(text, round(LEFT + (number + 0.5) * step, 1), HEIGHT - 10)
        for number, text in enumerate(labels)
        if text
    ]
    levels = [Tick(f"{one}", LEFT - 8, round(_y(one, top), 1)) for one in _marks(top)]
    found = Plot(tuple(pieces), tuple(levels), tuple(times), LEFT, WIDTH - 8)
    return _mirrored(found) if is_rtl else found


def ceiling(value: int) -> int:
    """The next number like 1, 2, 4, 6, 8, 10, 20, 40, so that marks on the axis are plain."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next(power * one for one in (1, 2, 4, 6, 8, 10) if power * one >= value)


def _marks(top: int) -> tuple[int, ...]:
    return (0, top // 2, top) if top > 1 else (0, top)


def _y(value: float, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _column(number: int, parts: Sequence[tuple[str, int]], step: float, top: int) -> list[Piece]:
    found, below = [], float(HEIGHT - BOTTOM)
    for series, value in parts:
        if value:
            height = max(HEIGHT - BOTTOM - _y(value, top), LEAST)
            below -= height
            found.append(Piece(series, round(LEFT + number * step + GAP / 2, 1), round(below, 1),
                               round(step - GAP, 1), round(height, 1)))  # fmt: skip
    return found


def _mirrored(given: Plot) -> Plot:
    return Plot(
        tuple(
            Piece(one.series, round(WIDTH - one.x - one.width, 1), one.y, one.width, one.height)
            for one in given.pieces
        ),
        tuple(Tick(one.text, WIDTH - one.x, one.y) for one in given.levels),
        tuple(Tick(one.text, round(WIDTH - one.x, 1), one.y) for one in given.times),
        WIDTH - given.right, WIDTH - given.left,
    )  # fmt: skip
