"""What joined records of one person amount to: pure, and never more than each showed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.fields import Defined, Held, Planned, Why, fields
from profiles.joined import Found, settled

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JOINED = NOW - timedelta(days=10)


def held(value, days_ago=20, source="crm", **more):
    at = NOW - timedelta(days=days_ago)
    return Held(source=source, value=value, observed_at=at, verified_by="kyc", **more)


def own(value, days_ago=20, **more):
    return Found(held(value, days_ago, **more))


def other(value, days_ago=20, **more):
    return Found(held(value, days_ago, **more), JOINED)


class TestOneSource:
    def test_what_only_one_record_has_is_said(self):
        assert settled([other("Asha")]) == [held("Asha")]

    def test_what_both_say_alike_is_as_new_as_the_newer(self):
        assert settled([own("Asha", 90), other("Asha", 30)]) == [held("Asha", 30)]

    def test_what_they_say_differently_is_contested_and_carries_no_value(self):
        (found,) = settled([own("Asha"), other("Usha")])

        assert found.is_contested
        assert (found.value, found.observed_at, found.verified_by) == (None, None, "")

    def test_the_newer_of_two_that_differ_is_not_the_right_one_for_that(self):
        assert settled([own("Asha", 11), other("Usha", 300)])[0].is_contested
        assert settled([own("Asha", 300), other("Usha", 11)])[0].is_contested

    def test_what_the_source_said_anew_since_the_joining_counts(self):
        assert settled([own("Asha", 5), other("Usha", 30)]) == [held("Asha", 5)]

    def test_of_three_records_one_that_differs_is_enough(self):
        assert settled([own("Asha"), other("Asha"), other("Usha")])[0].is_contested

    @pytest.mark.parametrize("closed", ["is_of_other_unit", "is_unavailable"])
    def test_what_was_not_looked_at_stays_closed(self, closed):
        said = [own("Asha"), other(None, **{closed: True})]

        assert getattr(settled(said)[0], closed)


def test_each_source_speaks_for_itself():
    found = settled([own("Asha"), other("Usha"), other("Asha R.", source="web")])

    assert [(one.source, one.is_contested) for one in found] == [("crm", True), ("web", False)]


SAID = st.lists(
    st.builds(
        lambda value, days, source, is_own: (own if is_own else other)(value, days, source=source),
        st.sampled_from(["a", "b", "c"]), st.integers(0, 400), st.sampled_from(["crm", "web"]),
        st.booleans(),
    ),
    max_size=6,
)  # fmt: skip
PLAN = [Planned(defined=Defined(code="x", title="X", category="pd:Name", fresh_for_days=100),
                treatment="show")]  # fmt: skip


def shown(said):
    (found,) = fields(PLAN, {"x": said}, now=NOW, treat=lambda *_: None)
    return found


@given(SAID)
def test_nothing_is_shown_that_no_record_showed_by_itself(said):
    before = {shown([one.held]).value for one in said}

    after = shown(settled(said))

    assert after.value is None or after.value in before


@given(SAID, SAID)
def test_a_contested_value_is_never_shown(said, more):
    everything = [*said, *more]

    after = shown(settled(everything))

    old = {one.held.value for one in everything if one.held.source == after.source}
    certain = max((one.held for one in everything if one.held.source == after.source),
                  key=lambda one: one.observed_at, default=None)  # fmt: skip
    has_joined = any(one.joined_at for one in everything if one.held.source == after.source)
    if after.value is not None and len(old) > 1 and has_joined:
        assert certain.observed_at > JOINED


def test_a_field_that_is_contested_says_so():
    found = shown(settled([own("Asha"), other("Usha")]))

    assert (found.why, found.value, found.source) == (Why.CONTESTED, None, "")
    assert "say different things" in found.why_text
