import json
import os
import stat
import threading

import pytest

from keys import keyfile
from keys.errors import KeyUnavailableError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


class TestCreate:
    def test_makes_a_private_file_with_a_key_for_each_purpose(self, path):
        assert keyfile.create(path) is True

        assert mode_of(path) == 0o600
        assert keyfile.read(path).active == {"wrapping": 1, "lookup": 1, "signing": 1}
        assert [other.name for other in path.parent.iterdir()] == ["keys.json"]

    def test_keeps_a_file_that_is_there(self, path):
        keyfile.create(path)
        before = path.read_bytes()

        assert keyfile.create(path) is False
        assert path.read_bytes() == before

    def test_makes_the_folders_above_it(self, tmp_path):
        assert keyfile.create(tmp_path / "a" / "b" / "keys.json") is True

    def test_two_files_have_different_keys(self, tmp_path):
        keyfile.create(tmp_path / "one.json")
        keyfile.create(tmp_path / "two.json")

        one, two = (keyfile.read(tmp_path / name) for name in ("one.json", "two.json"))
        assert one.keys["wrapping"][1] != two.keys["wrapping"][1]


class TestRead:
    def test_a_missing_file_says_what_to_do(self, path):
        with pytest.raises(KeyUnavailableError, match="ensure_keys"):
            keyfile.read(path)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o666])
    def test_a_file_others_can_reach_is_refused(self, path, mode):
        keyfile.create(path)
        path.chmod(mode)

        with pytest.raises(KeyUnavailableError, match="chmod 600"):
            keyfile.read(path)

    @pytest.mark.parametrize("mode", [0o600, 0o400])
    def test_a_private_file_is_read(self, path, mode):
        keyfile.create(path)
        path.chmod(mode)

        assert keyfile.read(path).active["lookup"] == 1

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_a_file_of_another_account_is_refused(self, path):
        keyfile.create(path)
        os.chown(path, 65534, 65534)

        with pytest.raises(KeyUnavailableError, match="another system account"):
            keyfile.read(path)

    @pytest.mark.parametrize(
        "change",
        [
            lambda found: found.update(format=2),
            lambda found: found.pop("purposes"),
            lambda found: found["purposes"].pop("lookup"),
            lambda found: found["purposes"]["lookup"].update(active=2),
            lambda found: found["purposes"]["lookup"].update(keys=[]),
            lambda found: found["purposes"]["lookup"]["keys"].update({"1": "c2hvcnQ="}),
            lambda found: found["purposes"]["lookup"]["keys"].update({"1": "!" * 44}),
            lambda found: found["purposes"]["lookup"]["keys"].update({"1": None}),
            lambda found: found["purposes"]["lookup"]["keys"].update({"0": "A" * 43 + "="}),
            lambda found: found["purposes"]["lookup"]["keys"].update({"x": "A" * 43 + "="}),
        ],
    )
    def test_a_garbled_file_is_refused_as_a_whole(self, path, change):
        found = json.loads(keyfile.fresh().as_text())
        change(found)
        path.touch(0o600)
        path.write_text(json.dumps(found))

        with pytest.raises(KeyUnavailableError, match="restore"):
            keyfile.read(path)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"null"])
    def test_what_is_not_even_json_is_refused(self, path, content):
        path.touch(0o600)
        path.write_bytes(content)

        with pytest.raises(KeyUnavailableError, match="restore"):
            keyfile.read(path)

    def test_the_message_about_a_garbled_file_shows_nothing_of_it(self, path):
        path.touch(0o600)
        path.write_text('{"format": 1, "purposes": SECRETSECRET}')

        with pytest.raises(KeyUnavailableError) as caught:
            keyfile.read(path)

        assert "SECRET" not in str(caught.value)
        assert caught.value.__suppress_context__


class TestAddVersion:
    def test_adds_an_active_key_and_keeps_the_old_ones(self, path):
        keyfile.create(path)
        before = keyfile.read(path)

        assert keyfile.add_version(path, "wrapping") == 2

        after = keyfile.read(path)
        assert after.active == {"wrapping": 2, "lookup": 1, "signing": 1}
        assert after.keys["wrapping"][1] == before.keys["wrapping"][1]
        assert after.keys["wrapping"][2] != before.keys["wrapping"][1]
        assert after.keys["lookup"] == before.keys["lookup"]
        assert mode_of(path) == 0o600

    def test_rotations_at_the_same_time_lose_no_key(self, path):
        keyfile.create(path)
        threads = [
            threading.Thread(target=keyfile.add_version, args=(path, "wrapping")) for _ in range(8)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(keyfile.read(path).keys["wrapping"]) == list(range(1, 10))

    def test_a_failing_write_leaves_the_old_file(self, path, monkeypatch):
        keyfile.create(path)
        before = path.read_bytes()

        def fail(descriptor):
            raise OSError("disk full")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            keyfile.add_version(path, "wrapping")

        assert path.read_bytes() == before
        assert [other.name for other in path.parent.iterdir()] == ["keys.json"]
