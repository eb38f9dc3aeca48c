"""Run over every connector: what it declares is what it does, and nothing it says names anybody."""

import json
import re

import pytest

from registry.connectors.contract import Act, ConnectorError, Effect, Finding, Person, Verb
from tests.conformance import kit

pytestmark = [pytest.mark.req("ERA-07"), pytest.mark.req("ERA-08")]
CODE = re.compile(r"[a-z0-9_]{0,60}")
DONE = {Act.DONE, Act.UNKNOWN_PERSON}
NOBODY = 90


class TestErasing:
    def test_who_is_told_of_is_gone_and_nobody_else(self, world):
        world.put([1, 2, 3])
        asked = [kit.person(world, n) for n in (3, 1)]

        told = kit.settled(world, [3, 1], kit.tell(world, asked))

        assert [one.step for one in told] == [one.step for one in asked]
        assert {one.act for one in told} == kit.well(world)
        assert world.left() == {2}

    def test_told_again_nothing_happens_a_second_time(self, world):
        world.put([1, 2])
        asked = [kit.person(world, 1)]
        kit.settled(world, [1], kit.tell(world, asked))

        again = kit.settled(world, [1], kit.tell(world, asked))

        assert again[0].act in DONE | kit.well(world)
        assert world.left() == {2}
        assert world.effects() in (None, {1: 1})

    def test_somebody_unknown_harms_nobody(self, world):
        world.put([1])

        told = kit.settled(world, [NOBODY], kit.tell(world, [kit.person(world, NOBODY)]))

        assert told[0].act in DONE | kit.well(world)
        assert world.left() == {1}

    def test_of_a_whole_batch_each_is_answered_in_order(self, world):
        count = min(world.connector().declaration.batch, 40)
        numbers = [*range(1, count + 1)][::-1]
        world.put([*numbers, NOBODY])
        asked = [kit.person(world, n) for n in numbers]

        told = kit.settled(world, numbers, kit.tell(world, asked))

        assert [one.step for one in told] == [one.step for one in asked]
        assert world.left() == {NOBODY}

    def test_whom_it_cannot_name_is_neither_done_nor_absent(self, world):
        if not world.connector().declaration.schemes:
            pytest.skip("it knows people by our own id")
        world.put([1])
        nameless = kit.person(world, 1)
        nameless = Person(step=nameless.step, subject=nameless.subject, key=nameless.key)

        told = kit.tell(world, [nameless])

        assert told[0].act not in DONE | {Act.ACCEPTED}
        assert told[0].code
        assert world.left() == {1}
        if world.connector().declaration.probes:
            assert kit.probe(world, [nameless])[0].finding is Finding.UNSURE


class TestProbing:
    @pytest.fixture(autouse=True)
    def _probes(self, world):
        if not world.connector().declaration.probes:
            pytest.skip("it declares that nobody can look")

    def test_who_was_never_told_of_is_found(self, world):
        world.put([1, 2])

        seen = kit.probe(world, [kit.person(world, 2), kit.person(world, NOBODY)])

        assert [one.finding for one in seen] == [Finding.PRESENT, Finding.ABSENT]

    def test_who_is_gone_is_found_gone(self, world):
        world.put([1, 2, 3])
        kit.settled(world, [1, 3], kit.tell(world, [kit.person(world, n) for n in (1, 3)]))

        seen = kit.probe(world, [kit.person(world, n) for n in (1, 2, 3)])

        assert seen[0].finding in kit.GONE
        assert seen[1].finding is Finding.PRESENT
        assert seen[2].finding in kit.GONE

    def test_looking_changes_nothing(self, world):
        world.put([1])

        kit.probe(world, [kit.person(world, 1)])

        assert world.left() == {1}
        assert world.effects() in (None, {})


class TestFailing:
    def test_a_failure_has_a_name_and_nothing_is_done(self, world):
        world.put([1])
        code = world.fail()
        if code is None:
            pytest.skip("it cannot be made to fail")

        with pytest.raises(ConnectorError) as caught:
            kit.tell(world, [kit.person(world, 1)])

        assert caught.value.code == code
        assert world.left() == {1}
        world.mend()
        kit.settled(world, [1], kit.tell(world, [kit.person(world, 1)]))
        assert world.left() == set()

    def test_a_verb_that_it_does_not_declare_is_refused(self, world):
        unknown = set(Verb) - world.connector().declaration.verbs
        if not unknown:
            pytest.skip("it declares every verb")
        world.put([1])

        act, code = kit.outcome(world, kit.person(world, 1), min(unknown))

        assert (act, bool(code)) == (Act.REFUSED, True)
        assert world.left() == {1}

    def test_a_healthy_system_has_no_fault(self, world):
        world.put([1])

        assert kit.check(world) == []


class TestBadInput:
    @pytest.mark.parametrize("kind", kit.TROUBLES)
    def test_each_trouble_has_its_name_and_nothing_seems_done(self, world, kind):
        world.put([1])
        expected = world.trouble(kind)
        if expected is None:
            pytest.skip("this cannot happen to it")

        assert kit.outcome(world, kit.person(world, 1)) == expected
        assert (expected[0] is Act.REFUSED) >= (kind == "expired")
        if kind != "garbled":  # what it did before it spoke nonsense, nobody knows
            assert world.left() == {1}

    @pytest.mark.parametrize("host", kit.INSIDE)
    def test_an_address_inside_is_never_called(self, world, host, settings, inside):
        settings.SYSTEM_NETWORKS = []
        made = world.at(host)
        if made is None:
            pytest.skip("it calls no address")

        with pytest.raises(ConnectorError) as caught:
            kit.asked(made, "tell", Verb.ERASE, [kit.person(world, 1)])

        assert (caught.value.code, caught.value.retry) == ("address_refused", False)


class TestSaying:
    def test_nothing_that_is_kept_names_a_person(self, world):
        numbers, spoken = [1, 2, NOBODY], kit.Spoken()
        world.put([1, 2])
        asked = [kit.person(world, n) for n in numbers]

        told = kit.tell(world, asked)
        spoken.add(told)
        spoken.add(kit.settled(world, numbers, told))
        if world.connector().declaration.probes:
            spoken.add(kit.probe(world, asked))

        assert spoken.names(world, numbers) == []
        assert all(CODE.fullmatch(json.loads(text)[0]) for text in spoken.texts)
        assert all(len(text) <= 1_000 for text in spoken.texts)

    def test_an_error_names_nobody(self, world):
        world.put([1])
        if world.fail() is None:
            pytest.skip("it cannot be made to fail")

        with pytest.raises(ConnectorError) as caught:
            kit.tell(world, [kit.person(world, 1)])

        said = f"{caught.value!r} {caught.value.__cause__!r}".casefold()
        assert CODE.fullmatch(caught.value.code)
        assert not any(
            text.casefold() in said for texts in world.identifiers(1).values() for text in texts
        )


class TestDeclaring:
    def test_it_declares_the_same_each_time_without_being_opened(self, world):
        assert world.connector().declaration == world.connector().declaration

    def test_it_declares_what_can_be(self, world):
        declared = world.connector().declaration

        assert Verb.ERASE in declared.verbs
        assert declared.batch >= 1
        assert declared.per_minute >= 0
        assert declared.probe_after_seconds >= 0
        assert isinstance(declared.effect, Effect)

    def test_it_shows_no_secret(self, world):
        assert "secret" not in repr(world.connector()).casefold()
