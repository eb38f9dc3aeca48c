"""Logs in the database against the definitions, where tiles begin and end."""

import hashlib
from uuid import UUID

import pytest

from audit import sealing
from audit.models import Pending
from audit.tiles import LogReader, NoSuchTileError
from audit.tlog import merkle, notes
from audit.tlog.merkle import RangeError
from tests.audit.log import LOG, OTHER_LOG
from tests.audit.tlog.naive import Naive

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03", "AUD-04")]

GROUP = 2560
AROUND_TILES = (1, 2, 255, 256, 257, 511, 512, 513, 700)
AROUND_LEVELS = (65_535, 65_536, 65_537, 65_792, 66_000)


def entry(number):
    return hashlib.sha256(b"entry" + number.to_bytes(8)).digest()


def entry_id(number):
    """Ids in no order: a place is the sequencer's, never an id's."""
    return UUID(bytes=hashlib.sha256(b"id" + number.to_bytes(8)).digest()[:16])


def wait(first, end, log=LOG):
    """Hand the sequencer these entries, as writers do in groups."""
    for start in range(first, end, GROUP):
        numbers = range(start, min(end, start + GROUP))
        Pending.objects.create(
            controller_id=log, ids=b"".join(entry_id(one).bytes for one in numbers),
            entries=b"".join(map(entry, numbers)), classes=b"\2" * len(numbers),
        )  # fmt: skip


def grown(sizes, log=LOG):
    """The log after it has grown to each of these sizes in turn, and what it should be."""
    before = 0
    for size in sizes:
        wait(before, size, log)
        sealing.seal_all()
        before = size
    return LogReader.of(log), Naive([entry(number) for number in range(before)])


def some(size):
    """Indexes at the edges of what a log of this size has, and some between."""
    found = {0, 1, 254, 255, 256, 257, 511, 512, size // 3, size - 257, size - 256, size - 2}
    return sorted(
        one for one in {*found, 65_279, 65_280, 65_535, 65_536, size - 1} if 0 <= one < size
    )


def check_roots(reader, naive, sizes):
    for size in sizes:
        assert reader.root(size) == naive.root(size), size
        checkpoint = type(reader.checkpoint()).objects.get(controller_id=LOG, size=size)
        note = notes.parse_note(checkpoint.note)
        assert note.by(sealing.log_key(reader.tree.origin))
        expected = notes.Checkpoint(reader.tree.origin, size, naive.root(size))
        assert notes.Checkpoint.parse(note.body) == expected


def check_inclusions(reader, naive, sizes):
    for size in sizes:
        for index in some(size):
            proof = reader.inclusion(index, size)
            assert proof == naive.path(index, size), (index, size)


def check_consistencies(reader, naive, sizes):
    for new in sizes:
        for old in sizes:
            if old <= new:
                assert reader.consistency(old, new) == naive.proof(old, new), (old, new)


def check_tiles(reader, naive):
    """Every last tile of each level and the one before it, and nothing behind."""
    level, complete = 0, reader.size
    while complete:
        last = (complete - 1) // 256
        for number in range(max(0, last - 1), last + 1):
            width = min(256, complete - number * 256)
            assert reader.width(level, number) == width
            assert reader.tile(level, number) == naive.tile(level, number, width)
        with pytest.raises(NoSuchTileError):
            reader.tile(level, last + 1)
        level, complete = level + 1, complete // 256
    with pytest.raises(NoSuchTileError):
        reader.tile(level, 0)


@pytest.mark.parametrize("sizes", [AROUND_TILES, AROUND_LEVELS], ids=["tiles", "levels"])
def test_a_log_is_what_the_definitions_say(sizes):
    reader, naive = grown(sizes)

    assert reader.size == sizes[-1]
    check_tiles(reader, naive)
    check_roots(reader, naive, sizes)
    check_inclusions(reader, naive, sizes)
    check_consistencies(reader, naive, sizes)


@pytest.mark.parametrize("size", [256, 512, 65_536])
def test_a_log_that_ends_with_a_tile_has_no_empty_one(size):
    reader, naive = grown([size])

    check_tiles(reader, naive)
    with pytest.raises(NoSuchTileError):
        reader.part(size // 256)


def test_the_example_of_the_standard_has_its_widths():
    """A tree of 70,000 as c2sp.org/tlog-tiles counts it."""
    reader, _ = grown([70_000])

    widths = {
        (level, number): reader.width(level, number)
        for level, number in ((0, 272), (0, 273), (0, 274), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0))
    }

    assert widths == {
        (0, 272): 256, (0, 273): 112, (0, 274): 0, (1, 0): 256, (1, 1): 17, (2, 0): 1, (2, 1): 0,
        (3, 0): 0,
    }  # fmt: skip
    assert len(reader.tile(1, 1)) == 17 * 32


def test_bundles_hold_entries_ids_and_classes_in_order():
    reader, naive = grown([100, 300, 600])

    for number, width in ((0, 256), (1, 256), (2, 88)):
        part = reader.part(number)
        numbers = range(number * 256, number * 256 + width)
        assert part.width == width
        assert part.entries == b"".join(naive.entries[one] for one in numbers)
        assert part.ids == b"".join(entry_id(one).bytes for one in numbers)
        assert part.classes == b"\2" * width
    for number in (3, -1, 2**63, 10**30):
        with pytest.raises(NoSuchTileError):
            reader.part(number)


def test_every_entry_has_its_place():
    reader, _ = grown([300, 700])

    for number in (0, 1, 255, 256, 299, 300, 511, 512, 699):
        assert reader.position(entry_id(number)) == number
    assert reader.position(entry_id(700)) is None


@pytest.mark.req("P9")
def test_logs_know_nothing_of_each_other():
    reader, naive = grown([300])
    wait(0, 10, OTHER_LOG)
    sealing.seal_all()

    other = LogReader.of(OTHER_LOG)

    assert (other.size, other.root(10)) == (10, naive.root(10))
    assert other.tree.origin != reader.tree.origin
    assert other.position(entry_id(299)) is None


def test_a_reader_stays_at_the_size_it_was_made_with():
    reader, naive = grown([300])
    wait(300, 900)
    sealing.seal_all()

    assert reader.root(300) == naive.root(300)
    assert reader.checkpoint().size == 300
    assert reader.part(1).width == 44
    with pytest.raises(RangeError):
        reader.inclusion(0, 900)
    with pytest.raises(RangeError):
        reader.consistency(300, 900)
    with pytest.raises(NoSuchTileError):
        reader.part(2)


@pytest.mark.parametrize("size", [3, 256, 700])
def test_proof_files_verify_for_every_entry_at_the_edges(size):
    reader, naive = grown([size])

    for index in some(size):
        found = notes.Proof.parse(str(reader.proof(index, extra=b"salt")))
        said = notes.Checkpoint.parse(notes.parse_note(found.checkpoint).body)
        leaf = merkle.leaf_hash(naive.entries[index])
        root = merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes)
        assert (root, found.extra) == (said.root, b"salt")
    with pytest.raises(RangeError):
        reader.proof(size)


def test_a_proof_reads_no_more_than_a_tile_of_each_level(django_assert_max_num_queries):
    reader, _ = grown([66_000])

    with django_assert_max_num_queries(12):
        LogReader(reader.tree).inclusion(12_345, 66_000)


def test_a_log_without_an_entry_is_none():
    assert LogReader.of(LOG) is None
