"""What a person's clock shows, from their time zone or the country they live in. Pure.

A country with one zone tells it; of a country with several the person may be in any, so all their
clocks count. Nobody's clock is known where neither zone nor country is.
"""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = 900 * 1_000_000
"""Clocks are put forward or back at a quarter of an hour at the finest."""


def is_zone(name: str) -> bool:
    """Whether the time zone database has this name."""
    return name in available_timezones()


def offsets(time_zone: str, residence: str, now: int) -> tuple[int, ...]:
    """Seconds by which the person's clock may be ahead of UTC at `now`, in order; empty: unknown.

    `now` is in microseconds since 1970 UTC. A zone that does not exist is as good as none.
    """
    return _offsets(time_zone, residence, now // _STEP)


@lru_cache(maxsize=4096)
def _offsets(time_zone: str, residence: str, step: int) -> tuple[int, ...]:
    at = _EPOCH + timedelta(microseconds=step * _STEP)
    own = _offset(time_zone, at) if time_zone else None
    if own is not None:
        return (own,)
    found = {_offset(zone, at) for zone in _zones().get(residence, ())}
    return tuple(sorted(offset for offset in found if offset is not None))


def _offset(zone: str, at: datetime) -> int | None:
    try:
        ahead = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return None if ahead is None else int(ahead.total_seconds())


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    text = Path(__file__).with_name("zones.txt").read_text("ascii")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {country: tuple(zones) for country, *zones in lines}
