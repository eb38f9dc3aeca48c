"""Answers about people who are not there leave at the tick of a clock (PRO-06). Pure.

Nobody and somebody hidden cost the same queries, but not the same thought: the engine is through
sooner with facts that are not there. So what is told of neither is told at the same moment.
"""

import time
from typing import Final

TICK_SECONDS: Final = 0.025
"""Several times what differs, and little enough for whoever mistyped an id."""


def began() -> float:
    """Now, for `wait`."""
    return time.monotonic()


def wait(since: float) -> None:
    """Wait for the next tick since then."""
    time.sleep((since - time.monotonic()) % TICK_SECONDS)
