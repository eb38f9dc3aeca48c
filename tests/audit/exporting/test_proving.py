"""Bulk proofs are the very proofs of the one-by-one path."""

from uuid import UUID

import pytest

from audit import sealing
from audit.exporting.proving import Prover
from audit.tiles import LogReader
from audit.tlog import merkle
from tests.audit.log import LOG, OTHER_LOG, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-04")]


def sealed(*counts):
    """Entries sealed in so many rounds; their ids in ascending order."""
    ids = []
    for count in counts:
        ids += write(count)
        sealing.seal_all()
    return sorted(ids)


def prover(size=None):
    reader = LogReader.of(LOG)
    return Prover(reader, size or reader.size)


@pytest.mark.parametrize("counts", [(1,), (255,), (256,), (257,), (300, 700), (513, 1, 254)])
def test_all_entries_are_proved_as_one_by_one(counts):
    ids = sealed(*counts)

    found = prover().prove(ids)

    reader = LogReader.of(LOG)
    assert list(found) != []
    assert set(found) == set(ids)
    root = reader.root(reader.size)
    for entry_id, placed in found.items():
        assert placed.index == reader.position(entry_id)
        assert placed.hashes == reader.inclusion(placed.index, reader.size)
        leaf = merkle.leaf_hash(placed.commitment)
        assert merkle.root_from_inclusion(placed.index, reader.size, leaf, placed.hashes) == root


def test_few_of_many_are_proved_alike():
    ids = sealed(1000, 1000)
    few = ids[::333]

    assert prover().prove(few) == {one: prover().prove(ids)[one] for one in few}


def test_a_smaller_tree_proves_what_it_has():
    old = sealed(400)
    size = LogReader.of(LOG).size
    new = sealed(600)

    found = prover(size).prove(sorted(old + new))

    root = LogReader.of(LOG).root(size)
    assert set(found) == set(old)
    for placed in found.values():
        leaf = merkle.leaf_hash(placed.commitment)
        assert merkle.root_from_inclusion(placed.index, size, leaf, placed.hashes) == root


def test_entries_that_came_late_are_found_out_of_order():
    early = write(10)
    sealing.seal_all()
    ids = sealed(300)
    from audit.models import EntryIndex

    everything = sorted(EntryIndex.objects.values_list("id", flat=True))

    assert set(prover().prove(everything)) == {*early, *ids}


def test_nothing_and_strangers_have_no_proof():
    sealed(3)
    foreign = write(2, controller_id=OTHER_LOG)
    sealing.seal_all()

    assert prover().prove([]) == {}
    assert prover().prove(sorted([*foreign, UUID(int=1), UUID(int=2**128 - 1)])) == {}
