"""Whose clock shows what; an unknown place gives no clock, a wide country all of its clocks."""

from datetime import UTC, datetime

import pytest

from subjects.clock import offsets

HOUR = 3600
SUMMER = int(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
WINTER = int(datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("zone", "residence", "expected"),
    [
        ("Europe/Berlin", "IN", (2 * HOUR,)),
        ("", "IN", (5 * HOUR + HOUR // 2,)),
        ("", "DE", (2 * HOUR,)),
        ("", "ES", (HOUR, 2 * HOUR)),
        ("", "", ()),
        ("", "ZZ", ()),
        ("Mars/Olympus", "IN", (5 * HOUR + HOUR // 2,)),
        ("Mars/Olympus", "", ()),
        ("../../etc/passwd", "", ()),
        ("Europe/Berlin\x00", "", ()),
        ("Europe", "", ()),
    ],
)
def test_tells_every_clock_the_person_may_have(zone, residence, expected):
    assert offsets(zone, residence, SUMMER) == expected


def test_of_a_wide_country_tells_all():
    assert min(offsets("", "US", SUMMER)) == -10 * HOUR
    assert max(offsets("", "US", SUMMER)) == -4 * HOUR


def test_follows_summer_time_to_the_quarter_of_an_hour():
    change = int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp()) * 1_000_000

    assert offsets("Europe/Berlin", "", change - 1) == (2 * HOUR,)
    assert offsets("Europe/Berlin", "", change) == (HOUR,)
    assert offsets("Europe/Berlin", "", WINTER) == (HOUR,)


def test_lord_howe_moves_by_half_an_hour():
    assert offsets("Australia/Lord_Howe", "", WINTER) == (11 * HOUR,)
    assert offsets("Australia/Lord_Howe", "", SUMMER) == (10 * HOUR + HOUR // 2,)
