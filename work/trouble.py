"""How long whoever repeats a step waits while it fails, and what is logged of it."""

from typing import Final

import structlog
from django.db import connections

log = structlog.get_logger(__name__)

LONGEST_PAUSE_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.5
DOUBLINGS: Final = 10


class Trouble:
    """Failures in a row. `name` begins the events; `about` goes with each of them."""

    def __init__(self, name: str, **about: str) -> None:
        self._name, self._about = name, about
        self._times = 0

    def pause(self, error: Exception) -> float:
        """Note a failure; the seconds to wait before the next try. That one connects afresh."""
        self._times += 1
        log.warning(
            f"{self._name}_trouble", error=type(error).__name__, times=self._times, **self._about
        )
        connections.close_all()
        return min(
            LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(self._times - 1, DOUBLINGS)
        )

    def over(self) -> None:
        """Note a success."""
        if self._times:
            log.info(f"{self._name}_recovered", after=self._times, **self._about)
        self._times = 0
