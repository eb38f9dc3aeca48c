"""Keys that another program keeps, through a program of the tests' own."""

import os
import shlex
import sys
import time
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import override_settings

from config import checks
from config.places import BASE_DIR
from keys import command, keyfile, services
from keys.errors import KeyUnavailableError, UnsealError

PROGRAM = Path(__file__).with_name("program.py")
ONE = UUID("01900000-0000-7000-8000-000000000001")
KEY = bytes(range(32))
BAD = ["ends", "slow", "babbles", "refuses", "empty", "twice"]


@pytest.fixture
def command_of(tmp_path, settings, monkeypatch):
    """The command of a program of this kind, and its key file; the suite's keys for this test."""
    monkeypatch.setenv("PYTHONPATH", str(BASE_DIR))
    path = tmp_path / "keys.json"
    keyfile.create(path)

    def made(mode="good"):
        settings.KEYS_COMMAND = shlex.join([sys.executable, str(PROGRAM), str(path), mode])
        services.forget()
        return path

    yield made
    services.forget()


class TestAGoodProgram:
    def test_wraps_and_unwraps_in_the_same_context_only(self, command_of):
        command_of()

        wrapped = services.wrap(KEY, context=ONE.bytes)

        assert services.unwrap(*wrapped, context=ONE.bytes) == KEY
        with pytest.raises(UnsealError):
            services.unwrap(*wrapped, context=b"another")

    def test_gives_digests_by_controller_and_signatures_that_verify(self, command_of):
        command_of()

        given = {"scheme": "email", "value": "a@example.invalid"}
        first = services.lookup_digest(controller_id=ONE, **given)
        other = services.lookup_digest(controller_id=UUID(int=7), **given)
        signature = services.sign(b"data")

        assert len(first) == 32
        assert first != other
        assert services.verify(b"data", signature)
        assert not services.verify(b"date", signature)

    @pytest.mark.usefixtures("unregistered")
    def test_makes_a_new_version_itself(self, command_of):
        path = command_of()
        old = services.wrap(KEY, context=b"c")

        assert services.rotate("wrapping") == 2

        assert keyfile.read(path).active["wrapping"] == 2
        assert services.wrap(KEY, context=b"c").version == 2
        assert services.unwrap(*old, context=b"c") == KEY

    def test_a_rotation_of_the_signing_key_is_seen_with_the_next_signature(self, command_of):
        path = command_of()
        assert services.sign(b"one").version == 1

        keyfile.add_version(path, "signing")
        services.current_provider()._seen = None

        signature = services.sign(b"two")
        assert signature.version == 2
        assert services.verify(b"two", signature)

    def test_serves_threads_one_after_the_other(self, command_of):
        command_of()
        wrong = []

        def ask(number):
            plain = bytes([number]) * 32
            for _ in range(20):
                wrapped = services.wrap(plain, context=b"c")
                if services.unwrap(*wrapped, context=b"c") != plain:
                    wrong.append(number)

        threads = [Thread(target=ask, args=(number,)) for number in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        assert wrong == []

    def test_that_a_forks_parent_started_is_not_asked_by_the_child(self, command_of):
        command_of()
        helper = services.current_provider()._helper
        services.wrap(KEY, context=b"c")
        of_parent = helper._process.pid
        back, out = os.pipe()

        child = os.fork()
        if child == 0:
            try:
                services.wrap(KEY, context=b"c")
                os.write(out, str(helper._process.pid).encode())
                helper.close()
            finally:
                os._exit(0)
        os.waitpid(child, 0)

        assert int(os.read(back, 20)) != of_parent
        assert services.wrap(KEY, context=b"c").version == 1
        assert helper._process.pid == of_parent
        os.close(back)
        os.close(out)

    def test_that_was_killed_is_started_again(self, command_of):
        command_of()
        wrapped = services.wrap(KEY, context=b"c")
        helper = services.current_provider()._helper
        helper._process.kill()
        helper._process.wait()

        with pytest.raises(KeyUnavailableError):
            services.unwrap(*wrapped, context=b"c")

        assert services.unwrap(*wrapped, context=b"c") == KEY

    def test_ends_with_whoever_asked_it(self, command_of):
        command_of()
        services.wrap(KEY, context=b"c")
        process = services.current_provider()._helper._process

        services.forget()

        assert process.poll() is not None

    def test_takes_little_time(self, command_of):
        """What the program itself needs comes on top: a token a millisecond, a service ten."""
        command_of()
        wrapped = services.wrap(KEY, context=b"c")
        began = time.perf_counter()

        for _ in range(500):
            services.unwrap(*wrapped, context=b"c")

        assert time.perf_counter() - began < 1.0


@pytest.mark.req("P4")
class TestABadProgram:
    @pytest.mark.parametrize("mode", BAD)
    def test_is_no_key_at_all_and_its_words_are_not_repeated(self, command_of, monkeypatch, mode):
        patience = (
            0.5 if mode == "slow" else 2.0
        )  # it never answers, or must have said its nonsense
        monkeypatch.setattr(command, "START_SECONDS", patience)
        command_of(mode)

        for ask in (
            lambda: services.wrap(KEY, context=b"c"),
            lambda: services.unwrap(1, bytes(60), context=b"c"),
            lambda: services.lookup_digest(controller_id=ONE, scheme="email", value="a"),
            lambda: services.sign(b"data"),
            lambda: services.current_provider().versions(),
        ):
            with pytest.raises(KeyUnavailableError) as refused:
                ask()
            assert "SAMMATI_KEYS_COMMAND" in str(refused.value)
            assert "0123456789" not in str(refused.value)

    def test_that_ends_after_one_answer_fails_and_is_tried_again(self, command_of):
        command_of("once")
        assert services.wrap(KEY, context=b"c").version == 1

        with pytest.raises(KeyUnavailableError):
            services.wrap(KEY, context=b"c")
        assert services.wrap(KEY, context=b"c").version == 1

    def test_that_does_not_exist_is_told(self, settings):
        settings.KEYS_COMMAND = "/nowhere/keys-program"
        services.forget()

        with pytest.raises(KeyUnavailableError, match="does not run"):
            services.wrap(KEY, context=b"c")
        services.forget()

    def test_that_lags_is_not_believed_one_answer_late(self, command_of):
        """Two lines for one question: the next would be the answer to the last."""
        command_of("twice")

        for _ in range(3):
            with pytest.raises(KeyUnavailableError):
                services.wrap(KEY, context=b"c")


class TestSettings:
    def test_the_program_comes_before_the_file_and_none_is_made(
        self, command_of, tmp_path, unregistered, settings
    ):
        command_of()
        settings.KEYS_FILE = str(tmp_path / "other.json")

        call_command("ensure_keys")

        assert not Path(settings.KEYS_FILE).exists()
        assert services.register_versions() == 0

    def test_production_starts_with_a_program_alone(self, settings):
        settings.PRODUCTION = True
        with override_settings(KEYS_FILE="", KEYS_COMMAND="/usr/bin/keys"):
            assert checks.keys_file_exists(None) == []
