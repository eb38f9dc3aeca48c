"""From which age a child may consent to an online service itself (GDPR Art 8(1)), by country.

Sixteen unless the Member State chose a lower age, never below thirteen; what is not listed is
sixteen, the protective reading.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

CHECKED_ON = "2026-11-22"
REVIEWED_BY = "maintainers"
SOURCE = "national laws under GDPR Art 8(1), second sentence"
MAJORITY, HIGHEST = 18, 16
AGES: Mapping[str, int] = MappingProxyType({
    **dict.fromkeys(("BE", "EE", "FI", "IS", "LV", "MT", "NO", "PT", "SE"), 13),
    **dict.fromkeys(("AT", "BG", "CY", "ES", "IT", "LT"), 14),
    **dict.fromkeys(("CZ", "DK", "FR", "GR", "SI"), 15),
})  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=65_536)
def consents_at(residence: str, adult_at: int | None) -> int | None:
    """When a child living there may consent itself; None where its age is not known.

    Times are microseconds since 1970-01-01 UTC.
    """
    if adult_at is None:
        return None
    adult = _EPOCH + timedelta(microseconds=adult_at)
    year = adult.year - MAJORITY + AGES.get(residence, HIGHEST)
    try:
        day = adult.replace(year=year)
    except ValueError:  # 29 February: the day after in a common year
        day = adult.replace(year=year, month=3, day=1)
    return (day - _EPOCH) // timedelta(microseconds=1)
