"""A whole export or evidence pack (AUD-09, CON-29)."""

import random
import struct
import zipfile

import pytest

from keys.ids import SYSTEM_ID
from tests.audit.log import LOG, OTHER_LOG
from tests.verify import conftest, kit
from tests.verify.kit import UNREADABLE, UNTRUSTED, VERIFIED, WRONG, Signer

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-09", "P5")]


class TestWhole:
    def test_everything_in_it_is_in_the_logs(self, files, pins, check):
        found = check(files, *pins)

        assert found.code == VERIFIED, found.message
        assert (found.facts["count"], found.facts["gone"]) == (37, 2)
        assert found.facts["kind"] == "export"
        assert found.facts["made_at"] == "2026-09-21T14:13:20Z"
        assert {one["size"] for one in found.facts["logs"].values()} == {300, 40}

    def test_as_a_folder_too(self, files, pins, ask, tmp_path):
        assert ask("export", kit.unpacked(tmp_path / "it", files), *pins).code == VERIFIED

    def test_alone(self, files, pins, only_cryptography, tmp_path):
        path = kit.zipped(tmp_path / "export.zip", files)

        ended = kit.alone(only_cryptography, "export", path, *pins)

        assert ended.returncode == VERIFIED, ended.stderr
        assert "All 37 entries of this export are in their logs" in ended.stdout

    def test_evidence_is_an_export_of_its_own_kind(self, log, check):
        files = kit.exported({LOG: log.ids[:3]}, more=conftest.PAGE, kind="evidence")

        found = check(files, "--vkey", log.vkey)

        assert (found.code, found.facts["kind"]) == (VERIFIED, "evidence")

    def test_the_systems_log_goes_by_its_name(self, check):
        log = conftest.made(SYSTEM_ID, 5)

        found = check(kit.exported({SYSTEM_ID: log.ids}), "--vkey", log.vkey)

        assert (found.code, [*found.facts["logs"]]) == (VERIFIED, ["system"])

    def test_what_its_maker_says_is_told_as_it_was_said(self, files, log, check):
        asked = {"case": "C-7", "purposes": ["mail"]}

        told = check(kit.resigned(files, log, reason="For the board", filters=asked)).facts

        assert told["reason"] == "For the board"
        assert told["filters"] == {"case": "C-7", "purposes": '["mail"]'}

    def test_an_export_of_nothing(self, log, check):
        found = check(kit.exported({LOG: []}), "--vkey", log.vkey)

        assert (found.code, found.facts["count"]) == (VERIFIED, 0)

    def test_witnesses_are_asked_for_each_checkpoint(self, files, log, pins, check):
        w1 = kit.witness("witness.example/w1", b"\x01" * 32)
        name = f"checkpoints/{LOG}"
        note = files[name].decode()
        line = w1.cosign(note.rpartition("\n\n")[0] + "\n", 1_790_000_000)
        one_of_two = kit.resigned({**files, name: (note + line).encode()}, log)

        assert check(one_of_two, *pins).code == VERIFIED
        found = check(one_of_two, *pins, "--witness", w1.vkey)
        assert (found.code, f"checkpoints/{OTHER_LOG}" in found.message) == (WRONG, True)


class TestTrust:
    def test_keys_inside_are_said_to_be_nobodys(self, files, check):
        found = check(files)

        assert (found.code, "nobody pinned" in found.message) == (UNTRUSTED, True)
        assert check(files, "--trust-contained-keys").code == VERIFIED

    def test_each_log_needs_its_own_pin(self, files, pins, check):
        assert check(files, *pins[:2]).code == UNTRUSTED
        assert check(files, *pins[2:]).code == UNTRUSTED

    def test_a_whole_export_by_another_key_is_refused(self, files, log, pins, check):
        said = kit.manifest_of(files)
        logs, forged = {}, dict(files)
        for name, one in said["logs"].items():
            eve = Signer(one["origin"], seed=b"\x66" * 32)
            body = files[f"checkpoints/{name}"].decode().rpartition("\n\n")[0] + "\n"
            forged[f"checkpoints/{name}"] = f"{body}\n{eve.sign(body)}".encode()
            logs[name] = {"origin": one["origin"], "vkeys": [str(eve.vkey)]}
        eve = Signer(said["logs"][min(logs)]["origin"], seed=b"\x66" * 32)
        forged = kit.signed_export(forged, logs, eve, count=said["count"])

        assert check(forged, *pins).code == WRONG
        assert check(forged).code == UNTRUSTED

    def test_a_manifest_signed_by_another_key_is_refused(self, files, pins, check):
        said = kit.manifest_of(files)
        eve = Signer(said["logs"][min(said["logs"])]["origin"], seed=b"\x66" * 32)
        forged = kit.signed_export(files, said["logs"], eve, count=said["count"])

        found = check(forged, *pins)

        assert (found.code, "manifest.note" in found.message) == (WRONG, True)


class TestBytes:
    @pytest.mark.parametrize("seed", range(4))
    def test_no_byte_of_any_file_can_change(self, seed, files, pins, check):
        chance = random.Random(seed)
        for _ in range(50):
            name = chance.choice(sorted(files))
            at, bit = chance.randrange(len(files[name])), chance.randrange(8)

            found = check({**files, name: kit.flipped(files[name], at, bit)}, *pins)

            assert found.code in (WRONG, UNREADABLE, UNTRUSTED), (name, at, bit)

    def test_no_byte_of_the_zip_makes_it_say_something_else(
        self, files, pins, ask, tmp_path, capsys
    ):
        """Flipped in the archive itself, where some bytes (times, attributes) mean nothing."""
        raw, chance = kit.as_zip_bytes(files), random.Random(7)
        path = tmp_path / "it.zip"
        path.write_bytes(raw)
        true = ask("export", path, *pins).said
        for _ in range(100):
            path.write_bytes(kit.flipped(raw, chance.randrange(len(raw)), chance.randrange(8)))

            found = ask("export", path, *pins)

            assert found.code in (WRONG, UNREADABLE) or found.said == true

    @pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
    def test_a_cut_zip_cannot_be_read(self, part, files, pins, ask, tmp_path):
        raw = kit.as_zip_bytes(files)
        path = tmp_path / "it.zip"
        path.write_bytes(raw[: int(len(raw) * part)])

        assert ask("export", path, *pins).code == UNREADABLE


class TestFiles:
    def test_a_missing_file_is_named(self, files, pins, check):
        for name in files:
            gone = {other: data for other, data in files.items() if other != name}
            found = check(gone, *pins)
            assert (found.code, name in found.message) == (WRONG, True)

    @pytest.mark.parametrize("name", ["more.txt", "checkpoints/system", "entries.ndjson.bak"])
    def test_a_file_too_many_is_named(self, name, files, pins, check):
        found = check({**files, name: b""}, *pins)

        assert (found.code, name in found.message) == (WRONG, True)

    @pytest.mark.parametrize("name", [
        "../evil", "/etc/evil", "a/../../evil", "a\\..\\evil", "C:evil", ".hidden", "a//b", "a/",
        "a/./b", "x" * 400, "con\u0000text", "a\nb", "नाम", "-rf", "a b",
    ])  # fmt: skip
    def test_a_name_that_leads_elsewhere_is_refused(self, name, files, pins, check):
        found = check({**files, name: b""}, *pins)

        assert found.code in (WRONG, UNREADABLE)

    def test_a_name_in_the_manifest_that_leads_elsewhere_is_refused(self, files, log, pins, check):
        said = kit.manifest_of(files)
        evil = kit.resigned(files, log, files={**said["files"], "../../etc/hosts": "0" * 64})

        assert check(evil, *pins).code == WRONG

    @pytest.mark.parametrize("name", ["entries.ndjson", "ENTRIES.ndjson", "manifest.json"])
    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_name_that_stands_twice_is_refused(self, name, files, pins, check):
        for pairs in ([*files.items(), (name, b"")], [(name, b""), *files.items()]):
            found = check(pairs, *pins)
            assert (found.code, "twice" in found.message) == (WRONG, True)

    def test_two_files_exchanged_are_found(self, files, pins, check):
        a, b = f"checkpoints/{LOG}", f"checkpoints/{OTHER_LOG}"

        assert check({**files, a: files[b], b: files[a]}, *pins).code == WRONG

    def test_a_zip_that_would_unpack_without_end_is_not_unpacked(self, files, pins, ask, tmp_path):
        path = kit.zipped(tmp_path / "it.zip", {**files, "zeros": bytes(20_000_000)})

        found = ask("export", path, *pins, "--most-bytes", 10_000_000)

        assert (found.code, "more than" in found.message) == (UNREADABLE, True)

    def test_a_zip_that_lies_about_a_size_is_refused(self, files, pins, ask, tmp_path):
        big = {**files, "manifest.note": bytes(5_000_000)}
        raw = bytearray(kit.as_zip_bytes(big))
        at = raw.rindex(struct.pack("<L", 5_000_000))
        raw[at : at + 4] = struct.pack("<L", 1000)
        path = tmp_path / "it.zip"
        path.write_bytes(bytes(raw))

        assert ask("export", path, *pins).code == UNREADABLE

    @pytest.mark.parametrize("name", ["manifest.note", "manifest.json"])
    def test_huge_small_files_are_refused(self, name, files, pins, check):
        found = check({**files, name: bytes(70 << 20)}, *pins)

        assert (found.code, "too large" in found.message) == (UNREADABLE, True)

    def test_a_change_that_no_proof_covers_is_found_by_the_digest(self, files, log, pins, check):
        """Nothing binds the id beside a bare commitment but the signed manifest."""
        other = b"01900000-0000-7000-8000-000000000001"
        entries = files["entries.ndjson"].replace(str(log.ids[3]).encode(), other)

        found = check({**files, "entries.ndjson": entries}, *pins)

        assert (found.code, "entries.ndjson is not the file" in found.message) == (WRONG, True)

    def test_a_zip_holds_nothing_beside_its_files(self, files, pins, ask, tmp_path):
        path = tmp_path / "it.zip"
        path.write_bytes(b"#!/bin/sh\n" + kit.as_zip_bytes(files))
        assert ask("export", path, *pins).code == UNREADABLE

        with zipfile.ZipFile(kit.zipped(path, files), "a") as made:
            made.comment = b"Believe me."
        assert ask("export", path, *pins).code == UNREADABLE

    def test_a_name_that_ends_early_for_some_is_refused(self, files, pins, ask, tmp_path):
        long = {("index.html-evil" if k == "index.html" else k): v for k, v in files.items()}
        raw = kit.as_zip_bytes(long).replace(b"index.html-evil", b"index.html\0evil")
        path = tmp_path / "it.zip"
        path.write_bytes(raw)

        found = ask("export", path, *pins)

        assert (found.code, "hides" in found.message) == (UNREADABLE, True)

    def test_other_ways_to_pack_are_refused(self, files, pins, ask, tmp_path):
        path = tmp_path / "it.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as made:
            for name, data in files.items():
                made.writestr(name, data)

        assert ask("export", path, *pins).code == UNREADABLE
