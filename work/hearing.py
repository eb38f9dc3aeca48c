"""Workers that hear nothing look for themselves: what waits is done though nobody rings.

A broker that is away or takes connections and says nothing, a parent of workers that is stopped
while its children live: each leaves workers alive and idle. So with every beat of its pulse a
worker with free hands looks whether work has waited longer than a ring takes, and does it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from django.conf import settings
from django.db import connection

from work import handlers, selectors

log = structlog.get_logger(__name__)

UNRUNG_SECONDS: Final = 1.5
STOP_SECONDS: Final = 10.0
NEW_SECONDS: Final = 5.0
"""So young a process leaves work to others: parents give up where children die as they start."""


class Hearing:
    """The hands of one process, which do one job at a time, and how they find work unrung.

    `help` does what is due until `stopping` says otherwise, and returns how many jobs it did.
    """

    def __init__(self, help: Callable[[Callable[[], bool]], int]) -> None:
        self._help = help
        self._hands = threading.Lock()
        self._stopping = threading.Event()
        self._begins = time.monotonic() + NEW_SECONDS

    @contextmanager
    def free_hands(self) -> Iterator[bool]:
        """Whether the hands were free; they are held for the block."""
        is_free = self._hands.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._hands.release()

    def look(self) -> None:
        """Begin to help beside the caller where work has waited too long. Database errors pass."""
        if self._hands.locked() or self._stopping.is_set() or time.monotonic() < self._begins:
            return
        age = selectors.oldest_due_age(kinds=handlers.known_kinds())
        if age is not None and age > getattr(settings, "WORK_UNRUNG_SECONDS", UNRUNG_SECONDS):
            threading.Thread(target=self._work, name="work-unrung", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing more, and finish the job at hand, within ten seconds."""
        self._stopping.set()
        if self._hands.acquire(timeout=STOP_SECONDS):
            self._hands.release()

    def _work(self) -> None:
        with self.free_hands() as is_free:
            if not is_free:
                return
            try:
                ran = self._help(self._stopping.is_set)
            except Exception as error:
                log.warning("unrung_trouble", error=type(error).__name__)
            else:
                if ran:
                    log.warning("worked_unrung", jobs=ran)
            finally:
                connection.close()
