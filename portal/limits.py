"""How often a thing may be asked for. Counted in the cache, by hashes and never by addresses."""

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)


def allowed(bucket: str, *, limit: int, seconds: int) -> bool:
    """Count one more in this bucket; whether it is within `limit` since the bucket was new.

    Without a cache everything is allowed: a limit may never keep a person from withdrawing.
    """
    key = f"portal:{bucket}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) <= limit
    except Exception as error:  # whatever a cache of whatever kind may raise
        log.warning("limit_not_counted", error=type(error).__name__)
        return True
