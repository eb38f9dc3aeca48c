"""How far a long step is: said to its job as it goes on, which keeps the lease, too."""

import time
from typing import Final

from work import services as work
from work.handlers import JobView

EVERY_SECONDS: Final = 1.0
"""Often enough for who watches; one small statement a second costs nothing beside the files."""


class Meter:
    """Counts bytes towards a total. Raises LeaseLostError where another worker has the job now."""

    def __init__(self, job: JobView, total: int) -> None:
        self._job, self._total = job, total
        self._done, self._next = 0, time.monotonic()

    def __call__(self, size: int) -> None:
        """So many bytes more are dealt with."""
        self._done += size
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY_SECONDS
        work.renew(self._job, done=min(self._done, self._total), total=self._total)
