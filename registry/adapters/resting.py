"""A system that failed several times in a row is left alone for a while.

So one that hangs costs each view its timeout only a few times. Kept in this process alone: it is
about being quick, and nothing depends on it.
"""

import threading
import time
from typing import Final
from uuid import UUID

from registry.errors_systems import SystemUnavailableError

FAILURES: Final = 5
REST_SECONDS: Final = 10.0

_failures: dict[UUID, tuple[int, float]] = {}
_lock = threading.Lock()


def check(system_id: UUID) -> None:
    """Raises SystemUnavailableError while the system rests."""
    failures, since = _failures.get(system_id, (0, 0.0))
    if failures >= FAILURES and time.monotonic() - since < REST_SECONDS:
        raise SystemUnavailableError("resting")


def note(system_id: UUID, *, answered: bool) -> None:
    """Count what became of asking. An answer, or the first try after a rest that fails, ends it."""
    with _lock:
        if answered:
            _failures.pop(system_id, None)
        else:
            failures, _ = _failures.get(system_id, (0, 0.0))
            _failures[system_id] = (failures + 1, time.monotonic())


def forget() -> None:
    """As at the start of the process."""
    _failures.clear()
