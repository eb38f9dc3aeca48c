"""A tree tall enough to have tiles above its bundles, and what happens to each part of it."""

from random import Random

import pytest
from django.db import IntegrityError, transaction

from audit import sealing, verification
from audit.models import Pending, Tile
from audit.tlog import merkle
from tests.audit.log import LOG
from tests.audit.tampering import flipped, run, silenced
from tests.database import connected_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-03", "AUD-10")]

WIDTH = 256
SIZE = WIDTH**2 + 3 * WIDTH + 17
ROUND = 8000


@pytest.fixture
def tall(test_database, superuser):
    """Entries without payloads: the tree alone is attacked here."""
    rng = Random(0)
    for start in range(0, SIZE, ROUND):
        count = min(ROUND, SIZE - start)
        Pending.objects.create(
            controller_id=LOG, ids=rng.randbytes(16 * count), entries=rng.randbytes(32 * count),
            classes=b"\1" * count,
        )  # fmt: skip
        sealing.seal_all()
    with (
        connected_as("postgres", test_database.name, test_database.servers),
        silenced(superuser),
    ):
        yield


def problems():
    """What a replay of the tree finds, by place; clocks are no matter here."""
    found = verification.verify(with_payloads=False)
    return [(one.problem, one.position) for one in found if not one.is_remark]


def after(statement, *values):
    with transaction.atomic():
        assert run(statement, *values) == 1
        found = problems()
        transaction.set_rollback(True)
    return found


def bundle(number, column):
    ((value,),) = run(
        f"SELECT {column} FROM audit_bundle WHERE controller_id = %s AND number = %s", LOG, number
    )
    return bytes(value)


class TestTiles:
    def test_a_tall_tree_verifies(self, tall):
        assert problems() == []
        assert Tile.objects.count() == 1

    def test_an_edited_tile_is_named(self, tall):
        hashes = bytes(Tile.objects.get().hashes)

        assert after("UPDATE audit_tile SET hashes = %s", flipped(Random(0), hashes)) == [
            ("tile_differs", 0)
        ]

    def test_an_edited_hash_of_a_tile_is_named(self, tall):
        assert after("UPDATE audit_tile SET hash = %s", bytes(32)) == [("tile_differs", 0)]

    def test_a_missing_tile_is_named(self, tall):
        assert after("DELETE FROM audit_tile") == [("tile_missing", 0)]

    def test_a_tile_moved_elsewhere_is_named_twice(self, tall):
        found = after("UPDATE audit_tile SET number = 1")

        assert found == [("tile_missing", 0), ("surplus", WIDTH**2)]

    def test_a_tile_of_a_level_that_is_not_there_is_named(self, tall):
        assert after("UPDATE audit_tile SET level = 2") == [("tile_missing", 0), ("surplus", 0)]


class TestBundles:
    def test_a_missing_bundle_is_bridged_by_the_tile_above(self, tall):
        """So that what comes after it is verified as before."""
        found = after("DELETE FROM audit_bundle WHERE number = 100")

        assert found == [("bundle_missing", 100 * WIDTH)]

    def test_one_that_no_tile_covers_leaves_the_rest_of_it_checked(self, tall):
        with transaction.atomic():
            run("DELETE FROM audit_bundle WHERE number = 257")
            run("UPDATE audit_bundle SET hash = %s WHERE number = 258", bytes(32))
            found = problems()
            transaction.set_rollback(True)

        assert found == [("bundle_missing", 257 * WIDTH), ("bundle_differs", 258 * WIDTH)]

    def test_an_edited_hash_is_named_and_so_is_the_tile_over_it(self, tall):
        found = after("UPDATE audit_bundle SET hash = %s WHERE number = 100", bytes(32))

        assert ("bundle_differs", 100 * WIDTH) in found
        assert ("tile_differs", 0) in found

    def test_entries_and_hash_changed_alike_contradict_the_next_checkpoint(self, tall):
        entries = flipped(Random(0), bundle(100, "entries"))
        root = merkle.complete_root(merkle.leaf_hashes(entries))

        found = after(
            "UPDATE audit_bundle SET entries = %s, hash = %s WHERE number = 100", entries, root
        )

        assert found[0] == ("root_differs", 32_000 - 1)
        assert ("tile_differs", 0) in found

    @pytest.mark.parametrize("column", ["entries", "ids", "classes"])
    def test_a_torn_bundle_is_refused_by_the_database_and_found_by_a_replay(self, tall, column):
        torn = bundle(100, column)[:-7]
        tear = f"UPDATE audit_bundle SET {column} = %s WHERE number = 100"
        with pytest.raises(IntegrityError), transaction.atomic():
            run(tear, torn)

        with transaction.atomic():
            for (name,) in run("SELECT conname FROM pg_constraint WHERE contype = 'c' AND "
                               "conrelid = 'audit_bundle'::regclass"):  # fmt: skip
                run(f"ALTER TABLE audit_bundle DROP CONSTRAINT {name}")
            found = after(tear, torn)
            transaction.set_rollback(True)

        assert found == [("bundle_torn", 100 * WIDTH)]

    def test_a_torn_edge_is_named(self, tall):
        with transaction.atomic():
            run("ALTER TABLE audit_tree DROP CONSTRAINT audit_tree_is_whole")
            found = after("UPDATE audit_tree SET entries = substr(entries, 1, 100)")
            transaction.set_rollback(True)

        assert found == [("bundle_torn", SIZE // WIDTH * WIDTH)]
