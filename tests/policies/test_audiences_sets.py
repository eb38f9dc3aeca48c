"""Deciding for sets agrees with the engine, person by person, and knows what it does not know."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from msgspec.structs import replace

from policies.audiences import deciding, sets
from policies.audiences.deciding import Part, cut, decided, one_by_one
from policies.audiences.reading import view
from policies.audiences.spans import Span
from policies.pdp import engine
from policies.pdp.catalogue import micros
from policies.pdp.facts import FACTS
from tests.factories.company import company
from tests.policies.audience_worlds import NOW, asking, populate

DAY = 86_400_000_000


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


class TestARuleThatNobodyToldTheSets:
    """Declared after them, it still decides as the engine says, or everybody is decided alone."""

    @pytest.mark.parametrize(
        "fires",
        [
            lambda facts, _: facts.consent.since < micros(NOW - timedelta(days=4, hours=12)),
            lambda facts, _: (facts.now // DAY - facts.consent.since // DAY) % 2,  # not compared
            lambda facts, _: bool(str(facts.consent.since)),
            lambda facts, _: facts.consent.language == "en" and facts.subject.age == "adult",
        ],
    )
    def test_is_heeded(self, lotus, monkeypatch, fires):
        people = populate(lotus, seed=3)
        forgotten = partial(with_rule, engine.decide, fires)
        monkeypatch.setattr(deciding, "decide", forgotten)

        with view() as snapshot:
            as_sets = by_person(decided(snapshot, asking(lotus), Part()))
            alone = by_person(one_by_one(snapshot, asking(lotus), [one.id.bytes for one in people]))

        assert {one: told(said) for one, said in as_sets.items()} == {
            one: told(said) for one, said in alone.items()
        }
        assert "FORGOTTEN" in {said.reason_code for said in as_sets.values()}

    @pytest.mark.parametrize(
        ("old", "new", "stranger"),
        [
            ("ORDER BY asked.n", "JOIN subjects_relationship q ON true ORDER BY asked.n",
             "subjects_relationship"),
            ("s.residence,", "s.residence, c.since_at + interval '1 day',", "c.since_at"),
            ("FROM consent_consentstate e\n", "FROM consent_consentstate other\n",
             "consent_consentstate"),
            ("ORDER BY asked.n", "JOIN consent_consentstate e2 ON true ORDER BY asked.n",
             "consent_consentstate"),
        ],
    )  # fmt: skip
    def test_that_reads_what_sets_do_not_know_is_noticed(self, old, new, stranger):
        sql = FACTS.many.sql
        assert old in sql

        assert stranger in sets.strangers(sql.replace(old, new))

    def test_then_everybody_is_decided_alone_and_alike(self, lotus, monkeypatch):
        populate(lotus, seed=4)
        with view() as snapshot:
            as_sets = by_person(decided(snapshot, asking(lotus), Part()))
        monkeypatch.setattr(sets, "understood", lambda: False)

        with view() as snapshot:
            groups = list(decided(snapshot, asking(lotus), Part()))

        assert {len(group) for group in groups} == {1}
        assert {one: told(said) for one, said in by_person(groups).items()} == {
            one: told(said) for one, said in as_sets.items()
        }


def with_rule(real, fires, facts, *more):
    """The engine, and one rule more."""
    decision = real(facts, *more)
    if decision.permit and fires(facts, ""):
        return replace(decision, permit=False, reason_code="FORGOTTEN", valid_until=None)
    return decision


def test_people_whom_nothing_tells_apart_are_decided_at_once(lotus):
    for n in range(30):
        lotus.yes(lotus.person(f"{n}@example.in"), event_at=NOW - timedelta(days=n % 7))

    with view() as snapshot:
        groups = list(decided(snapshot, asking(lotus), Part()))

    assert [len(group) for group in groups] == [30]
    assert isinstance(groups[0].facts.consent.since, Span)
    assert groups[0].facts.consent.record == str(UUID(int=0))


@pytest.mark.req("P9")
def test_people_of_others_and_rows_that_others_wrote_about_them_change_nothing(lotus):
    other = company("jasmine", name="Jasmine")
    populate(other, seed=5, count=10)
    person = lotus.person()
    lotus.yes(person)

    with view() as snapshot:
        found = by_person(decided(snapshot, asking(lotus), Part()))

    assert list(found) == [person.id.bytes]
