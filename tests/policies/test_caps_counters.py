"""No window of time ever holds more permits than the cap allows, in whatever order they come."""

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.caps.counters import MICROSECONDS, Counters, counter_id
from policies.pdp.model import Question
from policies.pdp.policy import Cap

HOUR = 3600
CAP = Cap("c", 3, HOUR, ("campaign",))
PERSON, OTHER, COMPANY = b"p" * 16, b"o" * 16, b"c" * 16
ASKED = Question(purpose="marketing.email", campaign="diwali")


class Store:
    """What the table holds, without the table: what was written last."""

    def __init__(self):
        self.rows = {}

    def ask(self, times, cap=CAP):
        """A batch that asks once at each of these seconds; which were permitted."""
        counters = Counters()
        counted = counters.want(COMPANY, PERSON, [cap], ASKED)
        counters.take([(one.id, self.rows.get(one.id, b"")) for one in counted])
        permitted = []
        for second in times:
            now = second * MICROSECONDS
            if counters.counts(counted, now)[cap.code] < cap.limit:
                counters.count(counted, now)
                permitted.append(second)
        for _, (counter, permits, _) in counters.writing():
            self.rows[counter] = permits
        return permitted


seconds = st.integers(min_value=10 * HOUR, max_value=14 * HOUR)
batches = st.lists(st.lists(seconds, min_size=1, max_size=4), max_size=30)


@settings(max_examples=200, deadline=None)
@given(batches)
def test_no_window_holds_more_than_allowed(asked):
    store = Store()

    permitted = sorted(second for times in asked for second in store.ask(times))

    for first, last in zip(permitted, permitted[CAP.limit :], strict=False):
        assert last - first >= HOUR


@settings(max_examples=100, deadline=None)
@given(st.lists(seconds, max_size=60).map(sorted))
def test_as_many_as_allowed_are_permitted_in_order(times):
    store, kept = Store(), []

    for second in times:
        is_free = sum(one > second - HOUR for one in kept) < CAP.limit
        assert bool(store.ask([second])) is is_free
        if is_free:
            kept.append(second)


def test_what_is_kept_is_no_longer_than_the_cap():
    store = Store()

    for second in range(0, 100 * HOUR, HOUR):
        store.ask([second])

    assert [len(permits) for permits in store.rows.values()] == [8 * CAP.limit]


def test_a_permit_of_ones_own_is_left_out_once_and_only_while_it_counts():
    counters = Counters()
    counted = counters.want(COMPANY, PERSON, [CAP], ASKED)
    counters.take([])
    for second in (1, 1, 5):
        counters.count(counted, second * MICROSECONDS)

    def left(now, own):
        return counters.counts(counted, now * MICROSECONDS, but=own * MICROSECONDS)["c"]

    assert [left(6, 1), left(6, 5), left(6, 4), left(1 + HOUR, 1)] == [2, 2, 3, 1]


def test_counters_are_told_apart_by_everything_that_counts_apart():
    def of(person=PERSON, cap=CAP, company=COMPANY, **claims):
        return counter_id(company, person, cap, Question(**claims))

    both = Cap("c", 3, HOUR, ("campaign", "item"))
    found = [
        of(), of(person=OTHER), of(company=OTHER), of(cap=Cap("d", 3, HOUR, ("campaign",))),
        of(cap=Cap("c", 3, HOUR)), of(cap=both), of(campaign="a"), of(cap=both, campaign="a"),
        of(cap=both, item="a"), of(cap=both, campaign="ab"), of(cap=both, campaign="a", item="b"),
    ]  # fmt: skip

    assert len(set(found)) == len(found)
    assert of(campaign="a", item="b") == of(campaign="a", item="c")
    assert of(cap=Cap("c", 9, 60, ("campaign",))) == of()
