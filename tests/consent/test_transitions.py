from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.transitions import (
    AFFIRMATIVE,
    IMPORTABLE,
    NO,
    VALID,
    WISHES,
    YES,
    State,
    effect,
    is_legal,
    protection,
    settle,
)

TABLE = {
    # from: to, by the statuses of the W3C Data Privacy Vocabulary and TS 27560 Annex B
    "unknown": "requested given refused",
    "requested": "requested deferred given refused",
    "deferred": "requested given refused",
    "given": "renewed withdrawn expired revoked invalidated",
    "renewed": "renewed withdrawn expired revoked invalidated",
    "refused": "requested given refused",
    "withdrawn": "requested given refused withdrawn invalidated",
    "expired": "requested given renewed refused withdrawn invalidated",
    "revoked": "requested given refused",
    "invalidated": "requested given refused withdrawn",
}
STATES = st.sampled_from(State)

pytestmark = pytest.mark.req("CON-12")


def allowed(before, after):
    return after.value in TABLE[before.value].split()


def test_each_pair_is_legal_or_not(subtests):
    for before, after in product(State, State):
        with subtests.test(f"{before} to {after}"):
            assert is_legal(before, after) == allowed(before, after)


def test_only_a_first_import_may_begin_anywhere(subtests):
    for before, after in product(State, State):
        with subtests.test(f"{before} to {after}"):
            expected = after in IMPORTABLE if before is State.UNKNOWN else allowed(before, after)

            assert is_legal(before, after, first_import=True) == expected


def test_nothing_leads_back_to_unknown():
    assert State.UNKNOWN not in IMPORTABLE
    assert not any(is_legal(before, State.UNKNOWN) for before in State)


@given(STATES, STATES)
def test_a_wish_becomes_something_else_only_on_a_running_consent(before, wished):
    after = settle(before, wished)

    if before in VALID and wished is State.GIVEN:
        assert after is State.RENEWED
    elif wished is State.REFUSED and before.value in {"given", "renewed", "expired", "withdrawn"}:
        assert after is State.WITHDRAWN
    elif wished is State.WITHDRAWN and before is State.INVALIDATED:
        assert after is State.REFUSED
    else:
        assert after is wished
    assert after in WISHES.get(wished, {wished})


@pytest.mark.req("CON-30")
@given(STATES, STATES)
def test_a_line_that_stands_elsewhere_now_is_still_the_yes_or_the_no_it_was(before, said):
    after = effect(before, said)

    if said in YES:
        assert after in VALID
    elif said in NO:
        assert after in NO
    else:
        assert after in {None, said}
    if before in NO and said in NO:
        assert after is before


@pytest.mark.req("CON-30")
@given(STATES, STATES)
def test_what_a_wish_led_to_it_leads_to_again(before, wished):
    after = settle(before, wished)

    if is_legal(before, after):
        assert effect(before, after) is after


@pytest.mark.req("CON-30", "CON-31")
def test_no_state_protects_less_than_a_yes_and_none_more_than_an_invalid_one():
    order = sorted(set(State) - {State.UNKNOWN}, key=protection)

    assert set(order[:2]) == VALID
    assert order[-1] is State.INVALIDATED
    assert protection(State.REFUSED) == protection(State.WITHDRAWN)


@given(st.lists(STATES, max_size=60))
def test_whatever_is_wished_the_state_is_where_the_legal_steps_lead(wishes):
    state, path = State.UNKNOWN, [State.UNKNOWN]
    for wished in wishes:
        after = settle(state, wished)
        if is_legal(state, after):
            path.append(after)
            state = after

    assert all(allowed(*pair) for pair in zip(path, path[1:], strict=False))
    for at, reached in enumerate(path):
        if reached in VALID:
            assert reached in AFFIRMATIVE
            # Since the last no or end there was a yes, and nothing after it.
            assert wishes.count(State.GIVEN) + wishes.count(State.RENEWED) > 0
            assert path[at - 1] not in {State.UNKNOWN} or reached is State.GIVEN


@given(st.lists(STATES, max_size=60))
def test_only_a_yes_makes_a_consent_valid(wishes):
    """Without a wish to give or renew no sequence ends in a valid state."""
    state = State.UNKNOWN
    for wished in wishes:
        after = settle(state, wished)
        if is_legal(state, after):
            state = after
        assert state not in VALID or wished in AFFIRMATIVE or state in VALID and after != state
        if wished not in AFFIRMATIVE and is_legal(state, after):
            assert after not in VALID
