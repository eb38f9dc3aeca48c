"""What a keeper does without pause beside its ticks: each duty in a thread of its own.

    @duty("audit.seal", every=0.5)
    def seal() -> bool: ...          # True: there is more to do at once

A duty needs no broker and no job: it must be safe to run in several keepers at the same time. It
rests while the database was put back and is not up to date (`work.serving`).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connections

from work import serving
from work.trouble import Trouble

Step = Callable[[], bool]
JOIN_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Duty:
    """One step, and the seconds from its beginning to that of the next.

    With more to do the next begins at once; after a step as long as that, it rests a tenth of it.
    """

    name: str
    every: float
    step: Step


_duties: dict[str, Duty] = {}


def duty(name: str, *, every: float) -> Callable[[Step], Step]:
    """Register a step that every keeper repeats."""

    def register(step: Step) -> Step:
        if name in _duties:
            raise ValueError(f"Two duties have the name {name!r}.")
        _duties[name] = Duty(name, every, step)
        return step

    return register


def known() -> list[Duty]:
    """Every registered duty."""
    return list(_duties.values())


class DutyThread:
    """Repeats one duty until stopped. No error ends it."""

    def __init__(self, one: Duty) -> None:
        self._duty = one
        self._trouble = Trouble("duty", duty=one.name)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=one.name, daemon=True)

    def start(self) -> "DutyThread":
        self._thread.start()
        return self

    def wind_down(self) -> None:
        """Begin no further step; wait for nothing."""
        self._stopping.set()

    def stop(self) -> None:
        """Finish the step at hand, within ten seconds."""
        self.wind_down()
        self._thread.join(timeout=JOIN_SECONDS)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._pause_after_step())
        finally:
            connections.close_all()

    def _pause_after_step(self) -> float:
        began = time.monotonic()
        try:
            has_more = serving.is_allowed() and self._duty.step()
        except Exception as error:
            return self._trouble.pause(error)
        self._trouble.over()
        every = self._duty.every
        rest = max(every / 10, every - (time.monotonic() - began))
        return 0.0 if has_more else rest
