"""Random attacks by a superuser: a replay names them, or the memory of a witness does."""

import random

import pytest
from django.db import transaction

from audit import verification
from tests.audit import tampering, tampering_trees
from tests.database import connected_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-10", "P5")]

WITHIN = (*tampering.SIMPLE, *tampering_trees.TREES)
BY_MEMORY = tampering_trees.SIGNED


@pytest.fixture
def world(test_database, superuser):
    """A log under the superuser's hands, with every trigger silent."""
    found = tampering.build(random.Random(0))
    with (
        connected_as("postgres", test_database.name, test_database.servers),
        tampering.silenced(superuser),
    ):
        assert not findings(known=found.notes)
        yield found
        assert not findings(known=found.notes)


def findings(**parts):
    return list(verification.verify(**parts))


def attacked(attack, world, seed):
    """What is found after one attack, which is then undone."""
    known = world.notes if attack in BY_MEMORY else ()
    with transaction.atomic():
        struck = attack(random.Random(seed), world)
        found = findings(known=known)
        transaction.set_rollback(True)
    return struck, found


def missed(world, attacks):
    """Which of these attacks, with their seeds, were not named by their places."""
    unnamed = []
    for attack, seed in attacks:
        struck, found = attacked(attack, world, seed)
        if not any(struck.is_named_by(one) for one in found):
            unnamed.append((attack.__name__, seed, struck, found[:5]))
    return unnamed


@pytest.mark.req("BRD-LG3")
def test_each_attack_is_named_by_its_place(world):
    attacks = [(attack, seed) for seed in range(2) for attack in (*WITHIN, *BY_MEMORY)]

    assert len(attacks) > 100
    assert not missed(world, attacks)


@pytest.mark.slow
@pytest.mark.parametrize("number", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_random_attacks_are_all_named(world, number):
    rng = random.Random(1)
    attacks = [
        (rng.choice(BY_MEMORY if rng.random() < 0.1 else WITHIN), 10 + n) for n in range(number)
    ]

    assert number < 1000 or {one for one, _ in attacks} == {*WITHIN, *BY_MEMORY}
    assert not missed(world, attacks)


@pytest.mark.parametrize(
    "attack",
    [tampering_trees.rewrite_an_entry, tampering_trees.set_the_log_back,
     tampering_trees.remove_the_whole_log],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_without_a_memory_a_rewritten_log_is_perfect(attack, world):
    """So that it is the memory that finds them above, and witnesses are needed."""
    with transaction.atomic():
        attack(random.Random(0), world)
        found = findings()
        transaction.set_rollback(True)

    assert not found
