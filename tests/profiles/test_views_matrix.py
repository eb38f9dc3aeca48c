"""The matrix as data: what a place amounts to, what a change means, which rules cannot stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import matrix
from profiles.fields import Defined, Ruling, Why, plan
from profiles.matrix import Change, Fault, Flaw, Known, Place, Step
from profiles.models import Treatment, ValueKind

pytestmark = pytest.mark.req("PRO-01")

EMAIL = Defined(code="email", title="E-mail", category="pd:Contact", kind="email")
BORN = Defined(code="born_on", title="Born", category="pd:Age", kind="date")
ILLNESS = Defined(
    code="illness", title="Illness", category="pd:Health", kind="text", sensitivity="special"
)
KNOWN = Known(
    roles=frozenset({"branch"}), purposes=frozenset({"service"}),
    categories=frozenset({"pd:Contact", "pd:Age", "pd:Health"}),
    attributes={one.code: one for one in (EMAIL, BORN, ILLNESS)},
)  # fmt: skip
CONTACT = Place("branch", "service", "pd:Contact")
PLACES = st.builds(
    Place, role=st.sampled_from(["branch", "agent"]), purpose=st.just("service"),
    category=st.sampled_from(["pd:Contact", "pd:Health"]),
    attribute=st.sampled_from(["", "email", "illness"]),
    sensitivity=st.sampled_from(["ordinary", "special"]), relation=st.just("self"),
)  # fmt: skip
RULES = st.dictionaries(PLACES, st.sampled_from([one.value for one in Treatment]), max_size=12)


class TestAPlace:
    def test_without_a_rule_is_hidden(self):
        assert matrix.amounts_to({}, CONTACT) == "hide"

    def test_of_an_attribute_is_treated_as_its_category(self):
        place = CONTACT._replace(attribute="email")

        assert matrix.amounts_to({CONTACT: "partial"}, place) == "partial"
        assert matrix.amounts_to({CONTACT: "partial", place: "show"}, place) == "show"

    @pytest.mark.parametrize(
        "other",
        [{"sensitivity": "special"}, {"relation": "joint"}, {"role": "x"}, {"purpose": "x"}],
        ids=str,
    )
    def test_is_not_reached_by_a_rule_of_another(self, other):
        assert matrix.amounts_to({CONTACT: "show"}, CONTACT._replace(**other)) == "hide"

    @given(rules=RULES, role=st.sampled_from(["branch", "agent"]))
    def test_amounts_to_what_fields_are_decided_by(self, rules, role):
        """The pages and the reading of profiles mean the same by a rule."""
        definitions = [EMAIL, ILLNESS]
        own = matrix.cells(rules, role=role, purpose="service", relation="self")
        allowed = {one.category: Ruling(permit=True) for one in definitions}

        for planned in plan(definitions, own, allowed):
            one = planned.defined
            place = Place(role, "service", one.category, one.code, one.sensitivity)
            shown = "hide" if planned.why in {Why.ROLE, Why.SENSITIVE} else planned.treatment
            assert shown == matrix.amounts_to(rules, place)


class TestChanges:
    @pytest.mark.parametrize(
        ("old", "new", "step"),
        [
            ("hide", "token", Step.WIDER), ("partial", "show", Step.WIDER),
            ("show", "year", Step.NARROWER), ("bucket", "hide", Step.NARROWER),
            ("token", "partial", Step.OTHER),
        ],
    )  # fmt: skip
    def test_are_weighed(self, old, new, step):
        assert Change(CONTACT, old, new).step is step

    def test_of_a_rule_that_says_what_held_anyway_are_none(self):
        place = CONTACT._replace(attribute="email")

        assert matrix.changes({CONTACT: "show"}, {CONTACT: "show", place: "show"}) == []
        assert matrix.changes({}, {CONTACT: "hide"}) == []

    @given(old=RULES, new=RULES)
    def test_there_and_back_are_each_others_opposite(self, old, new):
        there = {(one.place, one.old, one.new) for one in matrix.changes(old, new)}
        back = {(one.place, one.new, one.old) for one in matrix.changes(new, old)}

        assert there == back

    @given(rules=RULES)
    def test_against_oneself_are_none(self, rules):
        assert matrix.changes(rules, dict(rules)) == []


class TestFaults:
    @pytest.mark.parametrize(
        ("place", "treatment", "flaw"),
        [
            (CONTACT._replace(role="x"), "show", Flaw.ROLE),
            (CONTACT._replace(purpose="x"), "show", Flaw.PURPOSE),
            (CONTACT._replace(category="pd:X"), "show", Flaw.CATEGORY),
            (CONTACT._replace(attribute="x"), "show", Flaw.ATTRIBUTE),
            (CONTACT._replace(attribute="born_on"), "show", Flaw.MISPLACED),
            (CONTACT._replace(category="pd:Health", attribute="illness"), "show", Flaw.MISPLACED),
            (CONTACT._replace(attribute="email"), "year", Flaw.KIND),
            (CONTACT, "bucket", Flaw.KIND),
        ],
    )
    def test_are_found(self, place, treatment, flaw):
        assert matrix.faults({place: treatment}, KNOWN) == [Fault(place, flaw)]

    def test_of_what_can_stand_are_none(self):
        health = Place("branch", "service", "pd:Health", "illness", "special")
        age = CONTACT._replace(category="pd:Age")

        assert matrix.faults({CONTACT: "partial", health: "show", age: "year"}, KNOWN) == []

    def test_of_a_category_without_attributes_yet_are_none(self):
        known = Known(KNOWN.roles, KNOWN.purposes, KNOWN.categories, {})

        assert matrix.faults({CONTACT: "region"}, known) == []


def test_every_kind_of_value_can_be_shown_and_hidden():
    assert matrix.FITS.keys() == set(ValueKind.values)
    assert all({"show", "hide"} <= one <= set(Treatment.values) for one in matrix.FITS.values())
