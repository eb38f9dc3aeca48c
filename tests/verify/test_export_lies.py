"""Whoever holds the log's key can sign any manifest; the entries still must be in the log (P5)."""

import base64
import json

import pytest

from audit.canonical import canonical
from tests.audit.log import LOG, OTHER_LOG
from tests.verify import kit
from tests.verify.kit import UNREADABLE, WRONG, resigned

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-09", "P5")]


def lines_of(files):
    return [json.loads(line) for line in files["entries.ndjson"].splitlines()]


def lined(lines):
    return b"".join(canonical(line) + b"\n" for line in lines)


class TestLine:
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
