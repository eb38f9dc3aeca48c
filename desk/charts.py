"""Bar charts as plain SVG: positions only, no styles, no script. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, BAR, TEXT = 640, 46, 14, 18
ROOM_FOR_VALUE = 150  # "at least 10,000" in any of our languages


@dataclass(frozen=True, slots=True)
class Datum:
    """One figure of a chart: what it counts, how many, and where the rows are listed."""

    label: str
    value: int
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A datum with its place. Texts start at `text_x`, which is the right edge in Urdu."""

    datum: Datum
    x: float
    y: int
    width: float
    text_x: int
    text_y: int
    value_x: float
    value_y: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and the same data for a table."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    bar_height: int = BAR


def chart(data: Sequence[Datum], *, is_rtl: bool = False, whole: int = 0) -> Chart:
    """Horizontal bars, `whole` (else the longest) filling the width but for its value."""
    longest = max((one.value for one in data), default=0)
    longest = max(longest, whole) or 1
    bars = tuple(_bar(row, one, longest, is_rtl=is_rtl) for row, one in enumerate(data))
    return Chart(bars, WIDTH, max(ROW * len(bars), 1))


def _bar(row: int, datum: Datum, longest: int, *, is_rtl: bool) -> Bar:
    width = round(max(datum.value / longest * (WIDTH - ROOM_FOR_VALUE), 2 if datum.value else 0), 1)
    top = row * ROW
    return Bar(
        datum, x=WIDTH - width if is_rtl else 0, y=top + TEXT + 6, width=width,
        text_x=WIDTH if is_rtl else 0, text_y=top + TEXT,
        value_x=WIDTH - width - 8 if is_rtl else width + 8, value_y=top + TEXT + 6 + BAR - 2,
    )  # fmt: skip
