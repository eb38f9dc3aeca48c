"""How many requests a service may send in a second. Counted in the cache, by opaque ids."""

import time
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
log = structlog.get_logger(__name__)


class ServicePace(BaseThrottle):
    """A window of one second for each service. Without a cache everything is allowed.

    A limit protects the database from a loop gone wild; it may never keep a withdrawal out.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        reads = request.method in SAFE_METHODS
        limit = READS_PER_SECOND if reads else WRITES_PER_SECOND
        key = f"pace:{request.user.id}:{'r' if reads else 'w'}:{int(time.time())}"
        try:
            return _counted(key) <= limit
        except Exception as error:  # whatever a cache of whatever kind may raise
            log.warning("pace_not_counted", error=type(error).__name__)
            return True

    def wait(self) -> float:
        return 1.0


def _counted(key: str) -> int:
    """One more in this window; its first request opens it."""
    try:
        return cache.incr(key)
    except ValueError:
        cache.add(key, 0, KEEP_SECONDS)
        return cache.incr(key)
