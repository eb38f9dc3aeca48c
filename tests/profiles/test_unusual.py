"""What makes looks unusual: judged from lists of looks, no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import reads
from profiles.limits import count_shown, groups_shown
from profiles.reads import Noted
from profiles.reasons import is_case, is_reason, names_somebody
from profiles.unusual import Limits, Look, Ties, busy, is_off_hours, noticed, usual_day

pytestmark = pytest.mark.req("PRO-03")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
RAVI = "ravi"
LIMITS = Limits(people_an_hour=3)


def person(number):
    return UUID(int=number)


def looks(count, *, every=timedelta(minutes=1), start=NOON, first=1):
    return [Look(start + every * n, RAVI, person(first + n)) for n in range(count)]


def kinds(found):
    return [one.kind for one in found]


class TestVolume:
    def test_of_as_many_as_allowed_is_usual(self):
        assert noticed(looks(3), LIMITS, Ties()) == []

    def test_of_one_more_is_not(self):
        found = noticed(looks(4), LIMITS, Ties())

        assert kinds(found) == ["volume"]
        assert (found[0].holder_id, found[0].count) == (RAVI, 4)

    def test_counts_people_and_not_looks(self):
        again = [Look(NOON + timedelta(minutes=n), RAVI, person(1)) for n in range(30)]

        assert noticed(again, LIMITS, Ties()) == []

    def test_spread_over_two_hours_is_usual(self):
        assert noticed(looks(6, every=timedelta(minutes=25)), LIMITS, Ties()) == []

    def test_across_the_full_hour_is_not(self):
        late = looks(4, start=NOON + timedelta(minutes=58))

        assert kinds(noticed(late, LIMITS, Ties())) == ["volume"]

    def test_of_two_readers_is_counted_apart(self):
        both = [*looks(2), *(one._replace(holder_id="olga") for one in looks(2, first=10))]

        assert noticed(both, LIMITS, Ties()) == []


class TestHours:
    @pytest.mark.parametrize(
        ("at", "is_off"),
        [
            (NOON, False), (NOON.replace(hour=6, minute=59), True), (NOON.replace(hour=7), False),
            (NOON.replace(hour=19, minute=59), False), (NOON.replace(hour=20), True),
            (NOON + timedelta(days=4), True),
        ],
    )  # fmt: skip
    def test_are_those_of_the_company(self, at, is_off):
        assert is_off_hours(at, Limits()) is is_off

    def test_are_of_its_time_zone(self):
        assert is_off_hours(NOON.replace(hour=15), Limits(zone=ZoneInfo("Asia/Kolkata")))

    def test_of_a_weekend_count_where_it_works_then(self):
        assert not is_off_hours(NOON + timedelta(days=4), Limits(works_weekends=True))

    def test_are_one_line_a_day(self):
        night = looks(2, start=NOON.replace(hour=22))

        found = noticed(night, LIMITS, Ties())

        assert (kinds(found), found[0].count) == (["hours"], 2)
        assert found[0].since_at == NOON.replace(hour=0)


class TestWhom:
    def test_oneself_ones_family_and_people_under_watch(self):
        ties = Ties(own={RAVI: {person(1)}}, family={RAVI: {person(2)}}, flagged={person(3)})

        found = noticed(looks(4), replace(LIMITS, people_an_hour=9), ties)

        assert {(one.kind, one.subject_id) for one in found} == {
            ("own", person(1)), ("family", person(2)), ("flagged", person(3)),
        }  # fmt: skip

    def test_is_nobodys_elses_family(self):
        ties = Ties(own={"olga": {person(1)}}, family={"olga": {person(2)}})

        assert noticed(looks(2), LIMITS, ties) == []


_LOOKS = st.lists(
    st.builds(
        Look,
        st.integers(0, 240).map(lambda n: NOON + timedelta(minutes=n)),
        st.sampled_from([RAVI, "olga"]), st.integers(1, 8).map(person),
    ),
    max_size=30,
)  # fmt: skip


def told(found):
    return {(one.kind, one.holder_id, one.since_at, one.subject_id) for one in found}


class TestAlways:
    @given(_LOOKS, _LOOKS)
    def test_more_looks_never_make_it_usual(self, some, more):
        ties = Ties(flagged={person(1)})

        assert told(noticed(some, LIMITS, ties)) <= told(noticed(some + more, LIMITS, ties))

    @given(_LOOKS, st.integers(1, 8))
    def test_a_lower_limit_never_notices_less(self, some, most):
        strict = noticed(some, Limits(people_an_hour=most), Ties())
        lax = noticed(some, Limits(people_an_hour=most + 1), Ties())

        assert told(lax) <= told(strict)

    @given(_LOOKS)
    def test_the_order_does_not_matter(self, some):
        assert noticed(some, LIMITS, Ties()) == noticed(some[::-1], LIMITS, Ties())


class TestNumbersOfFew:
    @pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (90, 90)])
    def test_are_not_told(self, count, shown):
        assert count_shown(count, 5) == shown

    def test_take_another_with_them(self):
        assert groups_shown({"a": 2, "b": 7, "c": 40}, 5) == {"a": None, "b": None, "c": 40}

    def test_that_are_many_stay(self):
        assert groups_shown({"a": 9, "b": 7, "c": 0}, 5) == {"a": 9, "b": 7, "c": 0}

    @given(st.dictionaries(st.text(max_size=2), st.integers(0, 30), min_size=2, max_size=6))
    def test_can_never_be_worked_out_from_the_sum(self, groups):
        shown = groups_shown(groups, 5)

        left = [groups[name] for name, count in shown.items() if count is None]
        assert all(count is None or count == 0 or count >= 5 for count in shown.values())
        assert not left or len(left) > 1
        assert not left or sum(left) >= 5 or len(left) == len(groups)


class TestReasons:
    @pytest.mark.parametrize("text", ["a@b.in", "98765 43210", "+91-98765-43210", "1234567"])
    def test_that_name_somebody_are_seen(self, text):
        assert names_somebody(f"The caller {text} asked")

    @pytest.mark.parametrize("text", ["The caller asked us to read it back", "Audit of 2026-11"])
    def test_that_say_why_are_kept(self, text):
        assert is_reason(text)

    def test_cases_are_codes(self):
        assert is_case("INC/2026-7")
        assert not is_case("Asha Rao")


class TestTheNote:
    def test_comes_back_as_it_was_written(self):
        said = Noted(
            role="branch", unit="loans", relation="self", beyond="reveal",
            outcomes={"show": ("name",), "partial": ("email",), "denied": ("income",)},
        )  # fmt: skip

        assert reads.noted(reads.data(said)) == said
        assert said.codes == ("email", "name")

    @pytest.mark.parametrize("data", [{}, {"shown_as": 3}, {"shown_as": {"show": None}}])
    def test_of_another_kind_says_nothing(self, data):
        assert reads.noted(data).codes == ()


class TestTheUsualDay:
    """What is usual for one reader is not for another."""

    LIMITS = Limits(people_an_hour=1000)

    def test_is_the_median_of_the_days_on_which_somebody_looked(self):
        assert usual_day([4, 5, 6, 5, 900]) == 5

    def test_is_not_known_of_somebody_new(self):
        assert usual_day([4, 5, 6, 5]) is None
        assert noticed(looks(200), self.LIMITS, Ties(), {"olga": 1.0}) == []

    def test_is_left_by_more_than_so_many_times_as_many_people(self):
        assert noticed(looks(15), self.LIMITS, Ties(), {RAVI: 5}) == []

        (found,) = noticed(looks(16), self.LIMITS, Ties(), {RAVI: 5})

        assert (found.kind, found.count) == ("usual", 16)
        assert found.since_at == NOON.replace(hour=0)

    def test_may_be_a_full_one(self):
        assert noticed(looks(100), self.LIMITS, Ties(), {RAVI: 90}) == []

    def test_of_very_few_is_no_alarm_at_some_more(self):
        assert noticed(looks(10), self.LIMITS, Ties(), {RAVI: 1}) == []
        assert kinds(noticed(looks(11), self.LIMITS, Ties(), {RAVI: 1})) == ["usual"]

    def test_is_asked_for_only_of_who_is_busy(self):
        idle = [one._replace(holder_id="olga") for one in looks(10)]

        assert busy([*looks(11), *idle], self.LIMITS) == {RAVI}

    def test_counts_people_and_not_looks(self):
        again = [Look(NOON + timedelta(minutes=n), RAVI, person(n % 5)) for n in range(60)]

        assert noticed(again, self.LIMITS, Ties(), {RAVI: 1}) == []
