from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ids import SYSTEM_ID, uuid7, uuid7_at

MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 (the strategy adds the zone)
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_identifiers_sort_by_the_order_they_were_made_in():
    made = [uuid7() for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {identifier.version for identifier in made} == {7}


def test_an_identifier_lies_between_the_bounds_of_its_millisecond():
    before = uuid7_at(datetime.now(UTC) - timedelta(milliseconds=1))

    identifier = uuid7()

    assert before <= identifier < uuid7_at(datetime.now(UTC) + timedelta(milliseconds=1))


@given(moment=MOMENTS)
def test_a_bound_is_a_version_7_identifier_that_names_its_millisecond(moment):
    bound = uuid7_at(moment)

    assert bound.version == 7
    assert bound.int >> 80 == int(moment.timestamp() * 1000)
    assert bound < uuid7_at(moment + timedelta(milliseconds=2))


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        uuid7_at(datetime(2026, 1, 1))  # noqa: DTZ001 (that is the point)


def test_the_system_id_sorts_before_every_identifier():
    assert uuid7_at(datetime(1970, 1, 1, tzinfo=UTC)) > SYSTEM_ID
