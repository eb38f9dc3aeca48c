"""How many requests a service may send in a second. Counted in the cache, by opaque ids.

A process takes a few at a time out of the cache, for asking it costs as much as all other checks
of a request together. What it has taken and does not need is lost to the others for that second.
"""

import time
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

import structlog
from django.core.cache import cache
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

READS_PER_SECOND = 500
WRITES_PER_SECOND = 200
KEEP_SECONDS = 5
PART = 40
"""A process takes this part of a limit at once, and at least one."""
log = structlog.get_logger(__name__)


class ServicePace(BaseThrottle):
    """A window of one second for each service. Without a cache everything is allowed.

    A limit protects the database from a loop gone wild; it may never keep a withdrawal out.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        reads = request.method in SAFE_METHODS
        limit = READS_PER_SECOND if reads else WRITES_PER_SECOND
        try:
            return _held.take(f"pace:{request.user.id}:{'r' if reads else 'w'}", limit)
        except Exception as error:  # whatever a cache of whatever kind may raise
            log.warning("pace_not_counted", error=type(error).__name__)
            return True

    def wait(self) -> float:
        return 1.0


class Held:
    """What this process has taken out of the windows of the running second and not used yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._second = 0
        self._left: Counter[str] = Counter()

    def take(self, name: str, limit: int) -> bool:
        """Whether one more request of this name is within its limit."""
        second = int(time.time())
        if self._add(name, second, 0):
            return True
        wanted = max(1, limit // PART)
        over = _counted(f"{name}:{second}", wanted) - limit
        return self._add(name, second, wanted - max(0, over))

    def _add(self, name: str, second: int, more: int) -> bool:
        """Put `more` to what is left, and take one of it if there is one."""
        with self._lock:
            if second != self._second:
                self._second, self._left = second, Counter()
            self._left[name] = max(0, self._left[name] + more)
            is_left = self._left[name] > 0
            self._left[name] -= is_left
            return is_left


_held = Held()


def _counted(key: str, more: int) -> int:
    """So many more in this window; its first request opens it."""
    try:
        return cache.incr(key, more)
    except ValueError:
        cache.add(key, 0, KEEP_SECONDS)
        return cache.incr(key, more)
