"""What counts, behaviours and clocks forbid; the unknown forbids."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from policies.caps.checks import is_exhausted, is_quiet, is_waiting, quiet_begins
from tests.policies.scenes import DAY, INDIA, NOW, SECOND, change

KOLKATA = 19_800
HOUR = 60


@pytest.mark.parametrize(
    ("counts", "expected"),
    [({}, True), ({"other": 0}, True), ({"c": 0}, False), ({"c": 2}, False), ({"c": 3}, True),
     ({"c": 4}, True)],
)  # fmt: skip
def test_a_cap_is_exhausted_when_its_count_is_reached_or_unknown(counts, expected):
    assert is_exhausted(replace(INDIA, counts=counts), "c", 3) is expected


@pytest.mark.parametrize(
    ("triggers", "claimed", "expected"),
    [
        ({}, "", True),
        ({"cart": 0}, "", False),
        ({"cart": 0}, "cart", True),
        ({"cart": 0}, "search", False),
        ({"cart": NOW - DAY + 1}, "", True),
        ({"cart": NOW - DAY}, "", False),
        ({"cart": NOW - DAY}, "cart", False),
        ({"cart": NOW + SECOND}, "", True),
    ],
)
def test_a_delay_waits_its_time_and_for_reports(triggers, claimed, expected):
    facts = replace(change(INDIA, question={"trigger": claimed}), triggers=triggers)

    assert is_waiting(facts, "cart", 86_400) is expected


def at(hour, minute=0, second=0, **more):
    moment = datetime(2026, 7, 1, hour, minute, second, tzinfo=UTC)
    return replace(INDIA, now=int(moment.timestamp()) * SECOND, **more)


@pytest.mark.parametrize(
    ("utc", "offsets", "expected"),
    [
        ((15, 29, 59), (KOLKATA,), False),
        ((15, 30), (KOLKATA,), True),
        ((20, 0), (KOLKATA,), True),
        ((2, 29, 59), (KOLKATA,), True),
        ((2, 30), (KOLKATA,), False),
        ((12, 0), (), True),
        ((12, 0), (0, 3600), False),
        ((20, 0), (0, 3600), True),
        ((8, 0), (-3600, 0), True),
    ],
)
def test_it_is_quiet_from_nine_to_eight_wherever_the_person_may_be(utc, offsets, expected):
    assert is_quiet(at(*utc, offsets=offsets), 21 * HOUR, 8 * HOUR) is expected


def test_hours_within_a_day_and_the_whole_day():
    noon = at(12, offsets=(0,))

    assert is_quiet(noon, 12 * HOUR, 13 * HOUR)
    assert not is_quiet(noon, 11 * HOUR, 12 * HOUR)
    assert is_quiet(noon, 0, 0)


def test_a_permit_lasts_no_longer_than_until_it_is_quiet_anywhere():
    facts = at(15, offsets=(0, 19_800))

    assert quiet_begins(facts, 21 * HOUR) == facts.now + 30 * 60 * SECOND
    assert quiet_begins(replace(facts, offsets=()), 21 * HOUR) is None
