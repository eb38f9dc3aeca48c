"""Deciding for sets agrees with the engine, person by person, and knows what it does not know."""

import pytest

from policies.audiences import sets
from policies.audiences.deciding import Part, cut, decided, one_by_one
from policies.audiences.reading import view
from policies.pdp.facts import FACTS
from tests.policies.audience_worlds import asking, populate


def by_person(groups):
    found = {}
    for group in groups:
        for one in cut(group.ids):
            assert one not in found, "a person is in two groups"
            found[one] = group.decision
    return found


def told(decision):
    """What a decision says; its end is that of the moment it was made at."""
    return (decision.permit, decision.reason_code, decision.rule, decision.reasons,
            decision.packs, decision.basis, decision.policy_version, decision.cure,
            decision.obligations)  # fmt: skip


@pytest.mark.req("POL-19")
@pytest.mark.parametrize("seed", range(6))
def test_sets_and_the_engine_say_the_same_of_everybody(lotus, seed):
    people = populate(lotus, seed)
    asked = asking(lotus, valid_seconds=60 if seed % 2 else 3600)

    with view() as snapshot:
        as_sets = by_person(decided(snapshot, asked, Part()))
        alone = by_person(one_by_one(snapshot, asked, [one.id.bytes for one in people]))

    assert {one: told(said) for one, said in as_sets.items()} == {
        one: told(said) for one, said in alone.items()
    }
    assert {one: said.valid_until for one, said in as_sets.items()} == {
        one: said.valid_until for one, said in alone.items()
    }
    assert len({said.reason_code for said in as_sets.values()}) > 5


def test_the_facts_statement_is_understood():
    assert sets.strangers(FACTS.many.sql) == [], (
        "The statement of the facts reads something new. Name its table in policies/audiences/"
        "sets.py: RARE (who has a row is decided alone) or CONSTANT (the same for everybody). "
        "Until then every audience is decided one by one."
    )
