"""However a matrix, decisions and values combine: nothing that protects ever shows more."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.fields import TREATMENTS, Cell, Defined, Held, Ruling, Why, fields, plan

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CATEGORIES = ("pd:EmailAddress", "pd:Health")
CODES = ("a", "b", "c", "d")
SENSITIVITIES = st.sampled_from(["ordinary", "special", "child"])
DENIALS = (
    Ruling(permit=False, reason_code="CONSENT_WITHDRAWN", since=NOW),
    Ruling(permit=False, reason_code="PROCESSING_RESTRICTED", is_standing=True),
)

definitions = st.lists(
    st.builds(
        Defined, code=st.sampled_from(CODES), title=st.just("A"),
        category=st.sampled_from(CATEGORIES), sensitivity=SENSITIVITIES,
        fresh_for_days=st.none() | st.integers(1, 400),
    ),
    min_size=1, max_size=4, unique_by=lambda one: one.code,
)  # fmt: skip
cells = st.lists(
    st.builds(
        Cell, category=st.sampled_from(CATEGORIES), attribute=st.sampled_from(["", *CODES]),
        sensitivity=SENSITIVITIES, treatment=st.sampled_from([*sorted(TREATMENTS), "hide"]),
    ),
    max_size=12,
    unique_by=lambda one: (one.category, one.attribute, one.sensitivity),
)  # fmt: skip
rulings = st.dictionaries(
    st.sampled_from(CATEGORIES), st.sampled_from([Ruling(permit=True), *DENIALS])
)
held = st.dictionaries(
    st.sampled_from(CODES),
    st.lists(
        st.builds(
            Held, source=st.sampled_from(["crm", "cdp"]), value=st.sampled_from(["one", "two"]),
            observed_at=st.none() | st.integers(0, 500).map(lambda d: NOW - timedelta(days=d)),
            sensitivity=SENSITIVITIES, is_of_other_unit=st.booleans(),
            is_unavailable=st.booleans(),
        ),
        max_size=3,
    ),
)  # fmt: skip
opened = st.sets(st.sampled_from(CODES))


class World(msgspec.Struct):
    """Everything that decides what is shown."""

    definitions: list
    cells: list
    rulings: dict
    held: dict
    opened: set

    def shown(self, **changes):
        """What is shown of each attribute: nothing, a masked value or all of it."""
        made = msgspec.structs.replace(self, **changes)
        planned = plan(made.definitions, made.cells, made.rulings, made.opened.__contains__)
        found = fields(planned, made.held, now=NOW, treat=lambda *_: "masked")
        return {one.code: one for one in found}


worlds = st.builds(
    World, definitions=definitions, cells=cells, rulings=rulings, held=held, opened=opened
)


def amounts(shown):
    return {code: 0 if one.value is None else 1 if one.why else 2 for code, one in shown.items()}


def never_more(before, after):
    old = amounts(before)
    more = {code for code, amount in amounts(after).items() if amount > old[code]}
    assert not more


@pytest.mark.req("PRO-01")
@given(worlds, st.sampled_from(CATEGORIES), st.sampled_from(DENIALS))
def test_a_denial_never_shows_more(world, category, denial):
    never_more(world.shown(), world.shown(rulings={**world.rulings, category: denial}))


@given(worlds, st.sampled_from(CATEGORIES))
def test_a_denied_category_shows_nothing_and_tells_no_value(world, category):
    denied = {**world.rulings, category: DENIALS[0]}

    of_it = [one for one in world.shown(rulings=denied).values() if one.category == category]
    without = world.shown(rulings=denied, held={})

    assert [one.value for one in of_it] == [None] * len(of_it)
    assert all(one == without[one.code] for one in of_it)


@given(worlds, st.sampled_from(CODES))
def test_hiding_a_field_never_shows_more(world, code):
    (of,) = [one.category for one in world.definitions if one.code == code] or [CATEGORIES[0]]
    hidden = [
        Cell(category=of, attribute=code, sensitivity=each, treatment="hide")
        for each in ("ordinary", "special", "child")
    ]
    rest = [one for one in world.cells if (one.category, one.attribute) != (of, code)]

    never_more(world.shown(), world.shown(cells=[*rest, *hidden]))


@given(worlds)
def test_an_empty_matrix_shows_only_what_was_opened(world):
    found = world.shown(cells=[])

    assert {code for code, one in found.items() if one.value is not None} <= world.opened


@pytest.mark.req("PRO-07")
@given(worlds, st.sampled_from(CODES), st.sampled_from(["special", "child"]))
def test_sensitivity_without_a_rule_of_its_own_shows_nothing(world, code, sensitivity):
    raised = [
        msgspec.structs.replace(one, sensitivity=sensitivity) if one.code == code else one
        for one in world.definitions
    ]
    without = [one for one in world.cells if one.sensitivity != sensitivity]

    found = world.shown(definitions=raised, cells=without, opened=set())

    assert code not in found or found[code].value is None


@pytest.mark.req("PRO-07")
@given(worlds, st.sampled_from(CODES), st.sampled_from(["special", "child"]))
def test_a_value_taken_in_as_more_sensitive_never_shows_more(world, code, sensitivity):
    raised = {
        name: [msgspec.structs.replace(one, sensitivity=sensitivity) for one in said]
        if name == code
        else said
        for name, said in world.held.items()
    }
    definitions = [
        msgspec.structs.replace(one, sensitivity="ordinary") if one.code == code else one
        for one in world.definitions
    ]

    never_more(world.shown(definitions=definitions),
               world.shown(definitions=definitions, held=raised))  # fmt: skip


@pytest.mark.req("PRO-04")
@given(worlds, st.sampled_from(CODES))
def test_a_freshness_limit_never_shows_more(world, code):
    limited = [
        msgspec.structs.replace(one, fresh_for_days=1) if one.code == code else one
        for one in world.definitions
    ]

    never_more(world.shown(), world.shown(definitions=limited))


@given(worlds, st.sampled_from(CODES))
def test_another_units_source_never_shows_more(world, code):
    moved = {
        name: [msgspec.structs.replace(one, is_of_other_unit=True) for one in said]
        if name == code
        else said
        for name, said in world.held.items()
    }

    never_more(world.shown(), world.shown(held=moved))


@given(worlds)
def test_every_absent_field_says_why_and_every_shown_one_has_its_value(world):
    for one in world.shown().values():
        assert (one.value is None) == (one.why not in (None, Why.MASKED))
        assert bool(one.why_text) == (one.why is not None)
        assert (one.treatment == "hide") == (one.value is None)
