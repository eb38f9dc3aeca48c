"""The versions of the statutory rules. A decision names its own, so that it can be replayed.

Whoever changes what a rule looks at, says or cites adds a version, with its day and its reviewer.
"""

from datetime import date
from typing import NamedTuple


class Edition(NamedTuple):
    """One version: since when it decides, who reviewed it, and the rules that came or changed."""

    version: str
    since: date
    reviewed_by: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(f"R{one}" for one in text.split())


EDITIONS = (
    Edition(
        "statutory-2026.11.1", date(2026, 11, 22), "maintainers",
        _numbers(
            "00 01 02 03 04 05 10 12 14 30 33 40 42 50 60 61 62 63 64 65 66 67 68 95 96 99"
        ),
    ),
    Edition(
        "statutory-2026.11.2", date(2026, 11, 22), "maintainers",
        _numbers(
            "06 07 08 11 13 20 21 22 23 24 25 26 27 31 32 34 35 36 37 38 41 43 44 45 46 47 51 52 "
            "53 54 69 70 71 72 75 76 80 85 86 87 88 89 90 94 98"
        ),
    ),
    Edition(
        "statutory-2026.11.3", date(2026, 11, 22), "maintainers",
        _numbers("39"), _numbers("06 08 67 75 76 86"),
    ),
    Edition("statutory-2026.11.4", date(2026, 11, 23), "maintainers"),
    Edition(
        "statutory-2026.11.5", date(2026, 11, 23), "maintainers",
        _numbers("29 93"), _numbers("50 51"),
    ),
)  # fmt: skip
"""Oldest first."""

POLICY_VERSION = EDITIONS[-1].version
