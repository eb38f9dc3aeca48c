"""Tiles and bundles to the byte, and every address that is none."""

import hashlib

import pytest

from audit.models import Payload
from audit.tlog import merkle
from audit.tlog.paths import Place
from tests.api import house
from tests.audit.log_api.kit import FOREVER, signed
from tests.audit.tlog.naive import Naive

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03")]


ABSENT = (
    "0/003", "0/999", "1/001", "1/000", "2/000.p/1", "63/000", "entries/003", "0/x001/x234/067",
    "0/x999/x999/x999/x999/x999/x999/999", "entries/x999/x999/x999/x999/x999/x999/999",
)  # fmt: skip
MALFORMED = (
    "0/000.p/0", "0/000.p/256", "0/000.p/1000", "0/000.p/01", "0/000.p/", "0/000.p/-1",
    "0/000.p/x", "0/000.p/7/", "0/00", "0/0000", "0/0", "0/x000/001", "0/x001", "0/000/001",
    "0/001/x001", "00/000", "01/000", "64/000", "-1/000", "100/000", "entry/000",
    "entries/000.p/0", "entries/000.p/256", "entries", "0", "0/", "x/000", "0/%00", "0/ 00",
    "0/000%3F", "0/\u0660\u0660\u0660", "0/..%2f000", "0/x" + "999/x" * 7 + "999/999",
)  # fmt: skip


class TestTile:
    def test_of_level_0_holds_leaf_hashes(self, reader, log):
        response = reader.get("tile/0/001")

        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.content == b"".join(merkle.leaf_hashes(log.part(1).entries))
        assert len(response.content) == 8192

    def test_of_level_1_holds_the_roots_of_whole_tiles(self, reader, log):
        whole = log.size // 256

        content = reader.get(f"tile/1/000.p/{whole}").content

        roots = [merkle.complete_root(merkle.leaf_hashes(log.part(n).entries))
                 for n in range(whole)]  # fmt: skip
        assert content == b"".join(roots)

    @pytest.mark.parametrize("width", [1, 7, 255])
    def test_is_served_in_part_also_when_it_is_whole(self, reader, width):
        whole = reader.get("tile/0/000").content

        assert reader.get(f"tile/0/000.p/{width}").content == whole[: 32 * width]

    def test_at_the_edge_is_served_up_to_what_there_is(self, reader, log):
        edge = log.size % 256

        widths = {width: reader.get(f"tile/0/002.p/{width}") for width in (1, edge, edge + 1)}

        assert [found.status_code for found in widths.values()] == [200, 200, 404]
        assert len(widths[edge].content) == 32 * edge
        house.problem(widths[edge + 1], 404, "tile_missing")
        house.problem(reader.get("tile/0/002"), 404, "tile_missing")

    @pytest.mark.parametrize("path", ["tile/0/000", "tile/0/000.p/5", "tile/entries/000"])
    def test_may_be_kept_for_ever_by_whoever_may_read_it(self, reader, path):
        assert reader.get(path).headers["Cache-Control"] == f"private, {FOREVER}"

    def test_that_is_not_there_is_not_found(self, reader):
        for place in ABSENT:
            house.problem(reader.get(f"tile/{place}"), 404, "tile_missing")

    def test_with_a_malformed_address_is_refused(self, reader):
        for place in MALFORMED:
            house.problem(reader.get(f"tile/{place}"), 400, "path_malformed")


class TestEntries:
    def test_are_length_prefixed_and_hash_to_the_tile(self, reader):
        bundle = reader.get("tile/entries/001").content

        entries = [bundle[at : at + 34] for at in range(0, len(bundle), 34)]
        assert {entry[:2] for entry in entries} == {b"\x00\x20"}
        assert len(entries) == 256
        hashes = b"".join(merkle.leaf_hash(entry[2:]) for entry in entries)
        assert hashes == reader.get("tile/0/001").content

    def test_commit_to_salt_and_record(self, reader, log, ids):
        place = log.position(ids[0])
        number, offset = divmod(place, 256)
        bundle = reader.get(f"tile/entries/{number:03d}").content

        kept = Payload.objects.get(id=ids[0])

        expected = hashlib.sha256(bytes(kept.salt) + bytes(kept.body)).digest()
        assert bundle[34 * offset + 2 : 34 * offset + 34] == expected

    def test_at_the_edge_come_in_part(self, reader, log):
        edge = log.size % 256

        content = reader.get(f"tile/entries/002.p/{edge}").content

        assert len(content) == 34 * edge
        house.problem(reader.get("tile/entries/002"), 404, "tile_missing")
        house.problem(reader.get(f"tile/entries/002.p/{edge + 1}"), 404, "tile_missing")


@pytest.mark.req("AUD-03", "P5")
def test_an_auditor_rebuilds_the_log_from_what_is_served(reader, log):
    """With no more than the addresses of c2sp.org/tlog-tiles, an empty folder and SHA-256."""
    size = signed(reader.get("checkpoint"), log).size
    root = signed(reader.get("checkpoint"), log).root
    entries = []
    for start in range(0, size, 256):
        place = Place(None, start // 256, min(256, size - start))
        bundle = reader.get(f"tile/{place}").content
        entries += [bundle[at + 2 : at + 34] for at in range(0, len(bundle), 34)]
        hashes = reader.get(f"tile/{Place(0, place.number, place.width)}").content
        assert hashes == b"".join(map(merkle.leaf_hash, entries[start:]))

    assert Naive(entries).root(size) == root
    assert reader.get("tile/1/000.p/2").content == Naive(entries).tile(1, 0, 2)
