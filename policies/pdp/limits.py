"""How much each service may ask of one decision point: a bucket of items for each (POL-21).

A bucket fills at the service's pace and holds a second of it. A request is let in while there is
anything left and then takes as much as it needs, so a large batch passes and is paid back after.
Each process keeps its own buckets: nothing is shared, nothing is waited for.
"""

from dataclasses import dataclass, field

MOST = 10_000
"""So many services are kept in mind; beyond that, those that are paid up are forgotten."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


@dataclass(slots=True)
class Buckets:
    """Items left to each service, by its id. `pace` is in items a second; 0: without limit."""

    pace: int
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def wait(self, service: str, pace: int | None, now: float) -> float:
        """How many seconds the service has to wait before it may ask again; 0: it may now.

        `pace` is the service's own, None for the general one; `now` a monotonic time.
        """
        allowed = pace or self.pace
        if not allowed:
            return 0.0
        bucket = self._buckets.get(service)
        if bucket is None:
            bucket = self._buckets[service] = self._fresh(allowed, now)
        bucket.level = min(allowed, bucket.level + (now - bucket.at) * allowed)
        bucket.at = now
        return 0.0 if bucket.level > 0 else max(-bucket.level / allowed, 0.001)

    def take(self, service: str, items: int) -> None:
        """Charge what a request took; the level may fall below nothing."""
        bucket = self._buckets.get(service)
        if bucket is not None:
            bucket.level -= items

    def _fresh(self, allowed: int, now: float) -> _Bucket:
        if len(self._buckets) >= MOST:
            self._buckets = {key: one for key, one in self._buckets.items() if one.level < 0}
        return _Bucket(float(allowed), now)
