"""Waiting for what other processes and threads do, with one kind of failure for too long."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE_SECONDS: Final = 60.0


class OutOfPatienceError(AssertionError):
    """It did not happen in time. The only failure the suite gives a second chance.

    A machine that is busy with something else can make a wait too long; no machine makes a
    wrong answer. `pyproject.toml` names this class, and the run says whom it ran again.
    """


def wait_until(
    condition: Callable[[], object],
    *,
    seconds: float = PATIENCE_SECONDS,
    pause: float = 0.05,
    instead: Callable[[], object] = str,
) -> None:
    """Return as soon as `condition` holds; `instead` says what was found when it never does.

    Raises:
        OutOfPatienceError: after `seconds`.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise OutOfPatienceError(f"still waiting after {seconds:g} s; {instead()}")
        time.sleep(pause)
