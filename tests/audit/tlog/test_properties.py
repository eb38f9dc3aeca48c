"""Proofs of every size against the definitions, and that nothing wrong is ever accepted."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.tlog import merkle
from audit.tlog.merkle import Frontier, RangeError
from tests.audit.tlog.naive import Naive

pytestmark = pytest.mark.req("AUD-04", "P5")

LARGEST = 1200
TREE = Naive([hashlib.sha256(number.to_bytes(4)).digest() for number in range(LARGEST)])
MANY = settings(max_examples=150, deadline=None, derandomize=True, database=None)
OTHER = bytes(32)


@st.composite
def leaves(draw):
    """An index, and the size of a tree that has it."""
    size = draw(st.integers(1, LARGEST))
    return draw(st.integers(0, size - 1)), size


@st.composite
def growths(draw):
    """A size, and a larger one."""
    new = draw(st.integers(2, LARGEST))
    return draw(st.integers(1, new - 1)), new


def leaf(index):
    return merkle.leaf_hash(TREE.entries[index])


def leads(index, size, start, proof):
    """Whether the proof is accepted for the true root of that size."""
    try:
        return merkle.root_from_inclusion(index, size, start, proof) == TREE.root(size)
    except RangeError:
        return False


def wrong(proof):
    """Proofs that differ from this one: a hash changed, dropped, doubled, added, or all turned."""
    for place, one in enumerate(proof):
        flipped = bytes([one[0] ^ 1]) + one[1:]
        yield [*proof[:place], flipped, *proof[place + 1 :]]
        yield [*proof[:place], *proof[place + 1 :]]
        yield [*proof[: place + 1], *proof[place:]]
    yield [*proof, OTHER]
    yield [OTHER, *proof]
    if proof != proof[::-1]:
        yield proof[::-1]


@MANY
@given(leaves())
def test_inclusion_proofs_are_those_of_the_definition(one):
    index, size = one

    proof = merkle.inclusion_proof(index, size, TREE.node)

    assert proof == TREE.path(index, size)
    assert len(proof) <= (size - 1).bit_length()
    assert leads(index, size, leaf(index), proof)


@MANY
@given(leaves(), st.integers(0, LARGEST - 1), st.integers(1, LARGEST))
def test_no_other_inclusion_is_accepted(one, other_index, other_size):
    index, size = one
    proof = TREE.path(index, size)

    for changed in wrong(proof):
        assert not leads(index, size, leaf(index), changed)
    if other_index != index:
        assert not leads(other_index, size, leaf(index), proof)
        assert not leads(index, size, leaf(other_index), proof)
    if other_size != size:
        assert not leads(index, other_size, leaf(index), proof)


@MANY
@given(leaves())
def test_an_index_outside_the_tree_is_refused(one):
    _, size = one

    for index in (-1, size, size + 1):
        with pytest.raises(RangeError):
            merkle.inclusion_proof(index, size, TREE.node)
        with pytest.raises(RangeError):
            merkle.root_from_inclusion(index, size, OTHER, [])


@MANY
@given(growths())
def test_consistency_proofs_are_those_of_the_definition(one):
    old, new = one

    proof = merkle.consistency_proof(old, new, TREE.node)

    assert proof == TREE.proof(old, new)
    assert merkle.is_consistent(old, new, (TREE.root(old), TREE.root(new)), proof)


@MANY
@given(growths(), st.integers(1, LARGEST))
def test_no_other_consistency_is_accepted(one, other):
    old, new = one
    proof, roots = TREE.proof(old, new), (TREE.root(old), TREE.root(new))

    for changed in wrong(proof):
        assert not merkle.is_consistent(old, new, roots, changed)
    assert not merkle.is_consistent(old, new, (roots[1], roots[0]), proof)
    assert not merkle.is_consistent(old, new, (OTHER, roots[1]), proof)
    assert not merkle.is_consistent(old, new, (roots[0], OTHER), proof)
    assert not merkle.is_consistent(new, old, roots, proof)
    if other not in (old, new):
        assert not merkle.is_consistent(other, new, (TREE.root(other), roots[1]), proof)
        assert not merkle.is_consistent(old, other, (roots[0], TREE.root(other)), proof)


@MANY
@given(growths())
def test_a_tree_whose_past_was_edited_is_not_consistent(one):
    old, new = one
    entries = TREE.entries[:new]
    edited = Naive([*entries[: old - 1], OTHER, *entries[old:]])

    proof = edited.proof(old, new)

    assert not merkle.is_consistent(old, new, (TREE.root(old), edited.root(new)), proof)


@MANY
@given(growths())
def test_sizes_outside_the_tree_are_refused(one):
    old, new = one

    for pair in ((0, new), (-1, new), (new, old), (new + 1, new)):
        with pytest.raises(RangeError):
            merkle.consistency_proof(*pair, TREE.node)
    assert merkle.consistency_proof(old, old, TREE.node) == []
    assert merkle.is_consistent(old, old, (OTHER, OTHER), [])
    assert not merkle.is_consistent(old, old, (OTHER, TREE.root(old)), [])
    assert not merkle.is_consistent(old, old, (OTHER, OTHER), [OTHER])


@MANY
@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_frontier_grows_to_the_root_of_the_definition(steps):
    found, size = Frontier(), 0
    for wished in steps:
        step = min(wished, LARGEST - size)
        found = found.extend([leaf(size + one) for one in range(step)])
        size += step

        assert (found.size, found.root) == (size, TREE.root(size))
        assert Frontier.from_bytes(size, found.as_bytes()) == found


def test_a_frontier_takes_whole_tiles():
    found = Frontier()
    for tile in range(4):
        hashes = [leaf(256 * tile + one) for one in range(256)]
        found = found.append(merkle.complete_root(hashes), leaves=256)

    assert found.root == TREE.root(1024)


@pytest.mark.parametrize(("size", "peaks"), [(3, 1), (4, 2), (0, 1), (1, 0)])
def test_a_frontier_of_another_size_is_refused(size, peaks):
    with pytest.raises(RangeError):
        Frontier.from_bytes(size, bytes(32 * peaks))


def test_a_subtree_stands_only_at_a_multiple_of_its_size():
    with pytest.raises(RangeError):
        Frontier().append(OTHER).append(OTHER, leaves=256)
