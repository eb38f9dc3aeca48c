"""A whole export or evidence pack (AUD-09, CON-29)."""

import base64
import json
import random
import struct
import zipfile

import pytest

from audit.canonical import canonical
from keys.ids import SYSTEM_ID
from tests.audit.log import LOG, OTHER_LOG
from tests.verify import conftest, kit
from tests.verify.kit import UNREADABLE, UNTRUSTED, VERIFIED, WRONG, OurSigner, Signer

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-09", "P5")]

PAGE = {"index.html": b"<!doctype html><title>Export</title>", "notices/hi.txt": "सूचना".encode()}


@pytest.fixture
def files(log, other_log):
    """An export of two logs, with a record gone and copies for readers."""
    ids = [*log.ids[:20], log.ids[255], *log.ids[290:]]
    picked = {LOG: ids, OTHER_LOG: other_log.ids[::7]}
    return kit.exported(picked, gone={log.ids[3], log.ids[299]}, more=PAGE)


@pytest.fixture
def pins(log, other_log):
    return ("--vkey", log.vkey, "--vkey", other_log.vkey)


@pytest.fixture
def check(ask, tmp_path):
    """Verify files as a zip."""

    def run(files, *options):
        return ask("export", kit.zipped(tmp_path / "export.zip", files), *options)

    return run


def resigned(files, log, entries=None, /, **changes):
    """The same export, signed again by the log's own key after a change: the exporter lies."""
    said = kit.manifest_of(files)
    inner = {**files, **({"entries.ndjson": entries} if entries is not None else {})}
    count = inner.get("entries.ndjson", b"").count(b"\n")
    signer = OurSigner(said["logs"][min(said["logs"])]["origin"])
    return kit.signed_export(inner, said["logs"], signer, **{"count": count, **changes})


def lines_of(files):
    return [json.loads(line) for line in files["entries.ndjson"].splitlines()]


def lined(lines):
    return b"".join(canonical(line) + b"\n" for line in lines)


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
        files = kit.exported({LOG: log.ids[:3]}, more=PAGE, kind="evidence")

        found = check(files, "--vkey", log.vkey)

        assert (found.code, found.facts["kind"]) == (VERIFIED, "evidence")

    def test_the_systems_log_goes_by_its_name(self, check):
        log = conftest.made(SYSTEM_ID, 5)

        found = check(kit.exported({SYSTEM_ID: log.ids}), "--vkey", log.vkey)

        assert (found.code, [*found.facts["logs"]]) == (VERIFIED, ["system"])

    def test_an_export_of_nothing(self, log, check):
        found = check(kit.exported({LOG: []}), "--vkey", log.vkey)

        assert (found.code, found.facts["count"]) == (VERIFIED, 0)

    def test_witnesses_are_asked_for_each_checkpoint(self, files, log, pins, check):
        w1 = kit.witness("witness.example/w1", b"\x01" * 32)
        name = f"checkpoints/{LOG}"
        note = files[name].decode()
        line = w1.cosign(note.rpartition("\n\n")[0] + "\n", 1_790_000_000)
        one_of_two = resigned({**files, name: (note + line).encode()}, log)

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
        evil = resigned(files, log, files={**said["files"], "../../etc/hosts": "0" * 64})

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


class TestLyingExporter:
    """Whoever holds the log's key can sign any manifest; the entries still must be in the log."""

    CHANGES = {
        "another body": lambda line: {**line, "body": shifted(line["body"])},
        "another salt": lambda line: {**line, "salt": base64.b64encode(bytes(16)).decode()},
        "a short salt": lambda line: {**line, "salt": "AAAA"},
        "no salt": lambda line: without(line, "salt"),
        "another id": lambda line: {**line, "id": "01900000-0000-7000-8000-000000000001"},
        "no id": lambda line: without(line, "id"),
        "another place": lambda line: {**line, "index": line["index"] + 1},
        "a place beyond": lambda line: {**line, "index": 2**52},
        "a negative place": lambda line: {**line, "index": -1},
        "true as a place": lambda line: {**line, "index": True},
        "an unknown log": lambda line: {**line, "log": "system"},
        "the other log": lambda line: {**line, "log": str(OTHER_LOG)},
        "a log that is none": lambda line: {**line, "log": ["system"]},
        "no proof": lambda line: without(line, "proof"),
        "an empty proof": lambda line: {**line, "proof": []},
        "a proof of numbers": lambda line: {**line, "proof": [1] * len(line["proof"])},
        "a proof of nothing": lambda line: {**line, "proof": [None] * len(line["proof"])},
        "a proof in another order": lambda line: {**line, "proof": line["proof"][::-1]},
        "short hashes": lambda line: {**line, "proof": ["AAAA"] * len(line["proof"])},
        "both body and commitment": lambda line: {**line, "commitment": line["salt"]},
        "a commitment of nothing": lambda line: {
            **without(line, "body", "salt"), "commitment": base64.b64encode(bytes(32)).decode(),
        },
        "an endless number": lambda line: {**line, "index": "@"},
    }  # fmt: skip

    @pytest.mark.parametrize("what", CHANGES)
    def test_an_entry_that_the_log_does_not_hold_is_named(self, what, files, log, pins, check):
        lines = lines_of(files)
        lines[6] = self.CHANGES[what](lines[6])
        text = lined(lines).replace(b'"@"', b"9" * 5000)

        found = check(resigned(files, log, text), *pins)

        assert found.code == WRONG, found.message
        assert "entries.ndjson line 7:" in found.message

    def test_the_same_entry_twice_is_named(self, files, log, pins, check):
        lines = lines_of(files)

        found = check(resigned(files, log, lined([*lines, lines[4]])), *pins)

        assert (found.code, "line 38: entry 4 " in found.message) == (WRONG, True)

    @pytest.mark.parametrize("line", [
        b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"log":1}', b'{"a":1,"a":2}',
        b"9" * 5000, b"1e400", b'"\\ud800"',
    ])  # fmt: skip
    def test_a_line_that_is_no_entry_is_named(self, line, files, log, pins, check):
        text = files["entries.ndjson"] + line + b"\n"

        found = check(resigned(files, log, text), *pins)

        assert (found.code, "line 38:" in found.message) == (WRONG, True)

    def test_a_last_line_without_an_end_is_refused(self, files, log, pins, check):
        found = check(resigned(files, log, files["entries.ndjson"][:-1], count=37), *pins)

        assert found.code == UNREADABLE

    def test_a_record_is_not_passed_off_under_another_id(self, files, log, pins, check):
        """Two true records with their ids exchanged."""
        lines = lines_of(files)
        lines[0]["id"], lines[1]["id"] = lines[1]["id"], lines[0]["id"]

        found = check(resigned(files, log, lined(lines)), *pins)

        assert (found.code, "another id" in found.message) == (WRONG, True)

    @pytest.mark.parametrize("changes", [
        {"count": 36}, {"count": 38},
    ])  # fmt: skip
    def test_a_wrong_count_is_found(self, changes, files, log, pins, check):
        assert check(resigned(files, log, **changes), *pins).code == WRONG

    @pytest.mark.parametrize("changes", [
        {"format": "sammati-export@2"}, {"kind": "other"}, {"count": "37"}, {"count": True},
        {"files": []}, {"files": {"entries.ndjson": 1}}, {"logs": {}}, {"logs": {"../x": {}}},
        {"logs": {"system": {"origin": "a/system", "vkeys": "b"}}}, {"made_at": None},
        {"logs": {"system": {"origin": "a/system", "vkeys": [1]}}},
        {"logs": {"system": {"origin": "a/system", "vkeys": ["x"]}}},
    ])  # fmt: skip
    def test_a_manifest_of_another_form_cannot_be_read(self, changes, files, log, pins, check):
        assert check(resigned(files, log, **changes), *pins).code == UNREADABLE

    def test_a_checkpoint_of_another_log_is_refused(self, files, log, pins, check):
        a, b = f"checkpoints/{LOG}", f"checkpoints/{OTHER_LOG}"

        found = check(resigned({**files, a: files[b]}, log), *pins)

        assert (found.code, "another log" in found.message) == (WRONG, True)

    def test_a_log_does_not_go_by_another_name(self, log, check):
        """Or the same entries could be counted twice, as those of two logs."""
        files = kit.exported({LOG: log.ids[:3]})
        one = kit.manifest_of(files)["logs"][str(LOG)]
        renamed = {**files, "checkpoints/system": files[f"checkpoints/{LOG}"]}
        entries = files["entries.ndjson"].replace(f'"log":"{LOG}"'.encode(), b'"log":"system"')

        twice = resigned(renamed, log, files["entries.ndjson"] + entries,
                         logs={str(LOG): one, "system": one})  # fmt: skip

        found = check(twice, "--vkey", log.vkey)
        assert (found.code, "origin of another log" in found.message) == (WRONG, True)

    def test_a_manifest_that_names_neither_entries_nor_checkpoint_is_refused(
        self, files, log, pins, check
    ):
        said = kit.manifest_of(files)
        for name in ("entries.ndjson", f"checkpoints/{OTHER_LOG}"):
            left = {k: v for k, v in said["files"].items() if k != name}
            kept = {k: v for k, v in files.items() if k != name}
            found = check(resigned(kept, log, files=left), *pins)
            assert (found.code, name in found.message) == (WRONG, True)


def shifted(text):
    return base64.b64encode(base64.b64decode(text).replace(b"permit", b"denied")).decode()


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}
