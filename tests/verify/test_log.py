"""A copy of a whole log, replayed (AUD-03)."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import sealing
from audit.models import Checkpoint
from tests.audit.log import write
from tests.verify import kit
from tests.verify.kit import ORIGIN, UNREADABLE, UNTRUSTED, VERIFIED, WRONG, MadeUpLog, Signer

pytestmark = [pytest.mark.req("AUD-03", "P5")]

SMALL = MadeUpLog(kit.numbered(600))
LARGE = MadeUpLog(kit.numbered(70_000))
KEY = ("--vkey", SMALL.signer.vkey)


@pytest.fixture
def replay(ask, tmp_path):
    """Verify a copy given as files: first as a folder, then as a zip; both must agree."""
    count = iter(range(1000))

    def run(files, *options):
        number = next(count)
        folder = kit.unpacked(tmp_path / str(number), files)
        zipped = kit.zipped(tmp_path / f"{number}.zip", files)
        found = [ask("log", one, *options) for one in (folder, zipped)]
        assert found[0].said == found[1].said
        return found[0]

    return run


class TestRealLogs:
    def test_a_whole_log_is_replayed(self, log, replay):
        found = replay(kit.copied(log.id), "--vkey", log.vkey)

        assert (found.code, found.facts["size"]) == (VERIFIED, 300), found.message

    def test_alone(self, log, only_cryptography, tmp_path):
        path = kit.zipped(tmp_path / "log.zip", kit.copied(log.id))

        ended = kit.alone(only_cryptography, "log", path, "--vkey", log.vkey)

        assert ended.returncode == VERIFIED, ended.stderr

    def test_it_begins_as_it_was_signed_before(self, log, replay, tmp_path):
        since = tmp_path / "since"
        since.write_text(Checkpoint.objects.get(controller_id=log.id, size=300).note)
        write(400, controller_id=log.id)
        sealing.seal_all()

        found = replay(kit.copied(log.id), "--vkey", log.vkey, "--since", since)

        assert found.code == VERIFIED, found.message
        assert found.facts["since"]["size"] == 300

    def test_an_entry_changed_in_the_copy_is_named(self, log, replay):
        files = kit.copied(log.id)
        files["tile/entries/001.p/44"] = kit.flipped(files["tile/entries/001.p/44"], 34 * 7 + 20)

        found = replay(files, "--vkey", log.vkey)

        assert (found.code, "Entry 263 " in found.message) == (WRONG, True)


class TestSizes:
    @pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 70_000])
    def test_any_size_is_replayed(self, size, replay):
        assert replay(LARGE.copy(size), *KEY).code == VERIFIED

    def test_the_example_of_the_standard_has_the_tiles_it_names(self):
        """C2SP tlog-tiles: what a log of 70,000 entries is represented by."""
        files = LARGE.copy()

        levels = [sum(name.startswith(f"tile/{level}/") for name in files) for level in range(3)]
        assert levels == [274, 2, 1]
        assert {name for name in files if name.startswith("tile/")} == set(
            kit.verifier.tile_names(70_000)
        )
        assert {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"} <= files.keys()
        assert kit.verifier.tile_name(0, 1234067) == "tile/0/x001/x234/067"

    def test_an_empty_log(self, replay):
        note = SMALL.signer.checkpoint(0, kit.verifier.EMPTY_ROOT)

        assert replay({"checkpoint": note.encode()}, *KEY).code == VERIFIED

    def test_a_size_beyond_all_measure_ends_at_the_first_bundle_missing(self, replay):
        files = SMALL.copy()
        files["checkpoint"] = SMALL.signer.checkpoint(10**18, bytes(32)).encode()

        assert replay(files, *KEY).code == WRONG

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_every_earlier_size_is_a_beginning(self, data):
        size = data.draw(st.integers(1, 1500))
        old = data.draw(
            st.integers(1, size) | st.sampled_from([256, 512, 1024]).filter(size.__ge__)
        )
        log = MadeUpLog(kit.numbered(size))
        trust = kit.trusting(log.signer.vkey)

        report = kit.verifier.verify_log(InMemory(log.copy()), trust, log.checkpoint(old))

        assert report.facts["since"]["size"] == old
        other = MadeUpLog(kit.numbered(size, b"other"))
        with pytest.raises(kit.verifier.VerificationError):
            kit.verifier.verify_log(InMemory(log.copy()), trust, other.checkpoint(old))


class InMemory:
    """A source without a disk."""

    def __init__(self, files):
        self._files = files
        self.sizes = {name: len(data) for name, data in files.items()}

    def __contains__(self, name):
        return name in self._files

    def read(self, name, most):
        if name not in self._files:
            raise kit.verifier.VerificationError(f"{name} is missing.")
        return self._files[name]


class TestAttacks:
    def test_no_byte_of_any_file_can_change(self):
        files, trust = SMALL.copy(), kit.trusting(SMALL.signer.vkey)
        names = [name for name in files if name != "key"]  # a pinned key makes that one needless
        for name in names:
            for at in range(0, len(files[name]), max(1, len(files[name]) // 97)):
                spoilt = {**files, name: kit.flipped(files[name], at, at % 8)}
                with pytest.raises((kit.verifier.VerificationError, UnicodeDecodeError)):
                    kit.verifier.verify_log(InMemory(spoilt), trust)

    @pytest.mark.parametrize("name", [name for name in SMALL.copy() if name != "key"])
    def test_a_missing_or_torn_file_is_named(self, name, replay):
        files = SMALL.copy()
        torn = {**files, name: files[name][:-1]}
        grown = {**files, name: files[name] + b"\0"}
        gone = {other: data for other, data in files.items() if other != name}

        for spoilt in (torn, grown, gone):
            found = replay(spoilt, *KEY)
            assert found.code in (WRONG, UNREADABLE)
            assert name.split("/")[0] in found.message

    def test_entry_and_leaf_changed_together_are_found_by_the_tile_above(self, replay):
        files = SMALL.copy()
        forged = [*SMALL.entries[:5], bytes(32), *SMALL.entries[6:]]
        for name in ("tile/entries/000", "tile/0/000"):
            files[name] = MadeUpLog(forged).copy()[name]

        found = replay(files, *KEY)

        assert (found.code, "Entries 0 to 255 " in found.message) == (WRONG, True)

    def test_all_changed_together_is_found_by_the_signed_root(self, replay):
        forged = MadeUpLog([bytes(32), *SMALL.entries[1:]]).copy()
        forged["checkpoint"] = SMALL.copy()["checkpoint"]

        found = replay(forged, *KEY)

        assert (found.code, "the signed root is another" in found.message) == (WRONG, True)

    @pytest.mark.parametrize("forge", [
        lambda entries: entries[1:], lambda entries: [entries[1], entries[0], *entries[2:]],
        lambda entries: [*entries, bytes(32)], lambda entries: entries[:-1],
    ])  # fmt: skip
    def test_removed_moved_added_and_cut_entries_are_found(self, forge, replay):
        forged = MadeUpLog(forge(SMALL.entries)).copy()
        forged["checkpoint"] = SMALL.copy()["checkpoint"]

        assert replay(forged, *KEY).code == WRONG

    def test_another_signer_is_refused_and_named_untrusted_without_a_pin(self, replay):
        resigned = MadeUpLog(SMALL.entries, Signer(ORIGIN, seed=b"\x66" * 32)).copy()

        assert replay(resigned, *KEY).code == WRONG
        assert replay(resigned).code == UNTRUSTED
        assert replay(resigned, "--trust-contained-keys").code == VERIFIED

    def test_a_fork_of_what_was_signed_before_is_found(self, replay, tmp_path):
        fork = MadeUpLog([*kit.numbered(10), *kit.numbered(300, b"fork")])
        since = tmp_path / "since"
        since.write_text(fork.checkpoint(300))

        found = replay(SMALL.copy(), *KEY, "--since", since)

        assert (found.code, "first 300 entries" in found.message) == (WRONG, True)

    def test_a_log_that_shrank_or_another_is_no_continuation(self, replay, tmp_path):
        since = tmp_path / "since"
        since.write_text(SMALL.checkpoint())
        assert replay(SMALL.copy(300), *KEY, "--since", since).code == WRONG

        other = Signer("log.example/log/v1/other")
        since.write_text(MadeUpLog(SMALL.entries, other).checkpoint(300))
        found = replay(SMALL.copy(), *KEY, "--vkey", other.vkey, "--since", since)
        assert found.code == WRONG

    def test_entries_of_another_length_are_refused(self, replay):
        files = SMALL.copy()
        files["tile/entries/000"] = files["tile/entries/000"].replace(b"\0 ", b"\0!", 1)

        assert replay(files, *KEY).code == WRONG


class TestMirrors:
    def test_narrower_tiles_of_earlier_sizes_must_be_beginnings(self, replay):
        older = SMALL.copy(100)
        files = {**older, **SMALL.copy()}
        assert "tile/0/000.p/100" in files

        assert replay(files, *KEY).code == VERIFIED

        files["tile/0/000.p/100"] = kit.flipped(files["tile/0/000.p/100"], 50)
        assert replay(files, *KEY).code == WRONG

    def test_a_complete_tile_stands_for_its_beginning(self, replay):
        files, later = SMALL.copy(600), LARGE.copy(768)
        for name in ("tile/0/002", "tile/entries/002"):
            del files[f"{name}.p/88"]
            files[name] = later[name]

        assert replay(files, *KEY).code == VERIFIED

    @pytest.mark.parametrize("name", [
        "tile/0/003", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/999", "tile/7/000.p/1",
        "tile/0/002.p/89", "tile/0/x000/000.p/1", "tile/00/000.p/1", "tile/entries/009.p/1",
        "tile/99/000.p/1", "tile/other", "tile/1/000.p/3",
    ])  # fmt: skip
    def test_what_is_no_tile_of_this_log_is_refused(self, name, replay):
        found = replay({**SMALL.copy(), name: bytes(32)}, *KEY)

        assert (found.code, name in found.message) == (WRONG, True)

    def test_a_link_out_of_the_folder_is_refused(self, ask, tmp_path):
        folder = kit.unpacked(tmp_path / "copy", SMALL.copy())
        os.symlink("/etc/hostname", folder / "tile" / "0" / "003")

        assert ask("log", folder, *KEY).code == UNREADABLE
