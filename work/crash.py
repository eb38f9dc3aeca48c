"""Named places at which a process dies on demand, so that tests can kill it exactly there.

`CRASH_AT=name:n` kills the process (SIGKILL: nothing is tidied up) when it passes the place for the
n-th time. Without that setting a place costs one comparison; in production it is never read.
"""

import os
import signal
from collections.abc import Mapping
from typing import Final

POINTS: Final = (
    "work.claimed", "work.recorded", "erasure.starting", "erasure.taken", "erasure.sent",
    "erasure.told", "erasure.asked", "erasure.probed", "erasure.settled", "erasure.woken",
    "erasure.local", "erasure.closing", "erasure.begun",
)  # fmt: skip
"""Every place there is. A place that is passed and not named here raises ValueError."""


class Crash:
    """Where this process is to die, and how often it still passes there."""

    def __init__(self, wish: str) -> None:
        name, _, number = wish.partition(":")
        if name and name not in POINTS:
            raise ValueError(f"CRASH_AT names no place: it is one of {', '.join(POINTS)}.")
        self._name, self._left = name, int(number or 1)

    def point(self, name: str) -> None:
        """This is the place of that name."""
        if name not in POINTS:
            raise ValueError(f"{name!r} is not among work.crash.POINTS.")
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def wished(environment: Mapping[str, str]) -> str:
    """Where to die; nowhere in production, whatever is set."""
    if environment.get("SAMMATI_PRODUCTION", "").lower() in {"1", "true", "yes", "on"}:
        return ""
    return environment.get("CRASH_AT", "")


point: Final = Crash(wished(os.environ)).point
