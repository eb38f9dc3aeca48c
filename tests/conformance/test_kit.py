"""The kit itself: a connector that breaks a promise does not pass."""

import pytest

from registry.connectors.contract import Act, Finding
from tests.conformance import kit, test_conformance

LIARS = [{"lies": True}, {"archives": True}, {"suppresses": True}]


@pytest.fixture
def world(http_world):
    return http_world


@pytest.mark.parametrize("mood", LIARS)
def test_who_says_done_and_does_not_delete_fails_it(world, mood):
    world.account.mood(**mood)

    with pytest.raises(AssertionError):
        test_conformance.TestErasing().test_who_is_told_of_is_gone_and_nobody_else(world)
    with pytest.raises(AssertionError):
        test_conformance.TestProbing().test_who_is_gone_is_found_gone(world)


def test_who_repeats_what_a_key_was_told_for_fails_it(world):
    world.account.mood(repeats_keys=True, returns_seconds=0.0)

    with pytest.raises(AssertionError):
        test_conformance.TestErasing().test_told_again_nothing_happens_a_second_time(world)


@pytest.mark.parametrize(
    ("mood", "finding"), [({"archives": True}, "archived"), ({"suppresses": True}, "suppressed")]
)
def test_what_is_left_is_told_apart(world, mood, finding):
    world.put([1])
    world.account.mood(**mood)

    [said] = kit.tell(world, [kit.person(world, 1)])
    [seen] = kit.probe(world, [kit.person(world, 1)])

    assert said.act is Act.DONE
    assert seen.finding is Finding(finding)
