"""Months as the law counts them, pauses, and one extension."""

from datetime import UTC, date, datetime, timedelta

import pytest

from erasure.clocks import Clock, Pause, months_after, stood_still, working_day, years_after
from erasure.errors import ClockPauseError, ExtensionTooLateError

pytestmark = pytest.mark.req("ERA-15")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def eu(received, **more):
    return Clock(received_at=received, packs=("EU",), **more)


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2026, 3, 31), 1, date(2026, 4, 30)),
            (date(2026, 1, 15), 1, date(2026, 2, 15)),
            (date(2026, 12, 31), 2, date(2027, 2, 28)),
            (date(2027, 11, 30), 3, date(2028, 2, 29)),
            (date(2026, 8, 31), 1, date(2026, 9, 30)),
            (date(2026, 2, 28), 1, date(2026, 3, 28)),
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2026, 3, 31), -1, date(2026, 2, 28)),
        ],
    )
    def test_a_month_ends_on_the_same_number_or_the_last_day(self, day, months, expected):
        assert months_after(day, months) == expected

    def test_a_leap_day_has_its_year_on_the_day_before(self):
        assert years_after(date(2028, 2, 29), 3) == date(2031, 2, 28)
        assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)
        assert years_after(date(2028, 2, 29), -3) == date(2025, 2, 28)

    def test_a_weekend_or_holiday_moves_it_on(self):
        saturday, monday = date(2026, 3, 7), date(2026, 3, 9)

        assert working_day(saturday) == monday
        assert working_day(monday, {monday}) == date(2026, 3, 10)


class TestDue:
    @pytest.mark.parametrize(
        ("received", "last"),
        [
            (at(2026, 1, 31, 9), date(2026, 3, 2)),  # 28 February is a Saturday
            (at(2028, 1, 31, 9), date(2028, 2, 29)),
            (at(2026, 3, 5, 9), date(2026, 4, 6)),  # 5 April is a Sunday
            (at(2026, 6, 15, 23, 30), date(2026, 7, 15)),
        ],
    )
    def test_it_is_the_last_second_of_the_last_day(self, received, last):
        due = eu(received).due_at(NOW)

        assert due == datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC)

    def test_the_day_is_the_companys_own(self):
        late_evening = at(2026, 6, 15, 22, 30)  # the sixteenth in Berlin

        due = eu(late_evening, zone="Europe/Berlin").due_at(NOW)

        assert due == at(2026, 7, 16, 21, 59, 59)

    def test_india_counts_the_companys_own_days(self):
        clock = Clock(received_at=at(2026, 3, 1), packs=("IN",), own_days=20)

        assert clock.due_at(NOW) == at(2026, 3, 21, 23, 59, 59)

    def test_of_two_laws_the_earlier_counts(self):
        clock = Clock(received_at=at(2026, 3, 2), packs=("IN", "EU"), own_days=20)

        assert clock.due_at(NOW) == at(2026, 3, 22, 23, 59, 59)

    def test_where_no_law_is_known_both_count(self):
        clock = Clock(received_at=at(2026, 3, 2), packs=(), own_days=90)

        assert clock.due_at(NOW) == eu(at(2026, 3, 2)).due_at(NOW)


class TestExtension:
    def test_it_adds_two_months_once(self):
        clock = eu(at(2026, 1, 15)).extended(at(2026, 2, 10))

        assert clock.due_at(NOW) == at(2026, 4, 15, 23, 59, 59)
        with pytest.raises(ExtensionTooLateError):
            clock.extended(at(2026, 2, 11))

    def test_it_must_be_told_within_the_first_month(self):
        clock = eu(at(2026, 1, 15))

        assert clock.extended(at(2026, 2, 16, 23, 59, 59))  # the fifteenth is a Sunday
        with pytest.raises(ExtensionTooLateError):
            clock.extended(at(2026, 2, 17))

    def test_india_knows_none(self):
        with pytest.raises(ExtensionTooLateError):
            Clock(received_at=at(2026, 1, 15), packs=("IN",)).extended(at(2026, 1, 16))


class TestPauses:
    def test_a_pause_moves_the_end_by_its_length(self):
        pauses = (Pause(at(2026, 1, 20), at(2026, 1, 25)),)

        assert eu(at(2026, 1, 15), pauses=pauses).due_at(NOW) == at(2026, 2, 21, 23, 59, 59)

    def test_pauses_that_overlap_count_once(self):
        pauses = (
            Pause(at(2026, 1, 20), at(2026, 1, 25)),
            Pause(at(2026, 1, 21), at(2026, 1, 23)),
            Pause(at(2026, 1, 24), at(2026, 1, 27)),
        )

        assert stood_still(pauses, at(2026, 1, 15), NOW) == timedelta(days=7)

    def test_while_it_is_paused_the_end_moves_with_the_day(self):
        clock = eu(at(2026, 1, 15), pauses=(Pause(at(2026, 1, 20)),))

        later = clock.due_at(at(2026, 2, 5)) - clock.due_at(at(2026, 2, 1))

        assert clock.is_paused()
        assert later == timedelta(days=4)

    @pytest.mark.parametrize(
        "pause",
        [Pause(at(2026, 1, 10), at(2026, 1, 12)), Pause(at(2026, 1, 25), at(2026, 1, 20))],
    )
    def test_one_that_cannot_be_is_refused(self, pause):
        with pytest.raises(ClockPauseError):
            eu(at(2026, 1, 15), pauses=(pause,)).due_at(NOW)
