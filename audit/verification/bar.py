"""A bar that says how far a verification is and how fast. Nothing where nobody watches."""

import time
from dataclasses import dataclass, field
from typing import Protocol

WIDTH = 28
PAUSE_SECONDS = 0.1


class Screen(Protocol):
    """Where progress is shown."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


@dataclass(slots=True)
class Bar:
    """Counts entries of a total."""

    total: int
    stream: Screen
    done: int = 0
    began: float = field(default_factory=time.monotonic)
    shown: float = 0.0

    def move(self, more: int) -> None:
        """So many more are done."""
        self.done += more
        now = time.monotonic()
        if now - self.shown >= PAUSE_SECONDS and self.stream.isatty():
            self.shown = now
            self._write(f"\r{self._line()}")

    def clear(self) -> None:
        """Make room for a line of text."""
        if self.shown and self.stream.isatty():
            self._write("\r\x1b[K")

    def end(self) -> None:
        """The last state stays."""
        if self.shown:
            self._write(f"\r{self._line()}\n")

    @property
    def pace(self) -> float:
        """Entries a second."""
        return self.done / max(time.monotonic() - self.began, 0.001)

    def _line(self) -> str:
        percent = min(100, 100 * self.done // max(self.total, 1))
        full = WIDTH * percent // 100
        bar = "#" * full + "." * (WIDTH - full)
        return f"  [{bar}] {percent:3} %  {self.done:,} entries  {self.pace:,.0f} entries/s"

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
