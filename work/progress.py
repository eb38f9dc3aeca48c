"""A bar that says how far a command is and how fast: it moves on a terminal, repeats in a log."""

import time
from dataclasses import dataclass, field
from typing import Protocol

WIDTH = 28
LOG_STEP = 10  # percent between two lines where nobody watches


class Screen(Protocol):
    """Where progress is shown."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


@dataclass(slots=True)
class Progress:
    """Shows how much of a total is done, bytes or rows, and rows a second since this began."""

    stream: Screen | None
    total: int
    began: float = field(default_factory=time.monotonic)
    first_rows: int = 0
    shown: int = -1
    unit: str = "rows"

    def show(self, done: int, rows: int) -> None:
        if self.stream is None:
            return
        percent = min(100 * done // max(self.total, 1), 100)  # more may have come since the count
        if self.stream.isatty():
            self.stream.write(f"\r{self._line(percent, rows)}")
        elif percent // LOG_STEP > self.shown // LOG_STEP:
            self.stream.write(f"{self._line(percent, rows)}\n")
        self.shown = percent
        self.stream.flush()

    def end(self) -> None:
        if self.stream is not None and self.stream.isatty():
            self.stream.write("\n")

    def _line(self, percent: int, rows: int) -> str:
        full = WIDTH * percent // 100
        bar = "#" * full + "." * (WIDTH - full)
        speed = (rows - self.first_rows) / max(time.monotonic() - self.began, 0.001)
        return f"  [{bar}] {percent:3} %  {rows:,} {self.unit}  {speed:,.0f} {self.unit}/s"
