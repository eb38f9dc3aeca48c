"""Keys that another program keeps: a token (PKCS#11), a key management service, anything.

The program is started once per process and asked on its standard input, one JSON object a line;
it answers each with one line (docs/keys.md has the shapes). Keys that never leave it are never in
our memory. What it cannot do, or does not in time, is a KeyUnavailableError: fail closed (P4).
"""

import os
import selectors
import shlex
import subprocess
import threading
import time
import weakref
from contextlib import suppress
from typing import IO, Final, TypeVar

import msgspec

from keys import wire
from keys.errors import KeyUnavailableError, UnsealError
from keys.provider import (
    RECHECK_SECONDS,
    KnownVersion,
    PublicKey,
    Signature,
    Wrapped,
    fingerprint_of_public,
)

Answer = TypeVar("Answer")

ANSWER_SECONDS: Final = 2.0
"""Less than a decision may take, so that a hanging store is a refusal and no hanging check."""
START_SECONDS: Final = 15.0
LINE_BYTES: Final = 1 << 20


class Helper:
    """The running program. One question at a time; begun again after trouble and after a fork."""

    def __init__(self, command: str) -> None:
        self._arguments = shlex.split(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Helper] | None = None
        self._of = os.getpid()

    def ask(self, question: msgspec.Struct) -> bytes:
        """Its line. Raises KeyUnavailableError: it cannot be started, ended, or was too slow.

        A program that the parent of a fork started is the parent's: its answers are not ours.
        """
        if self._of != os.getpid():
            self._lock, self._of, self._process = threading.Lock(), os.getpid(), None
        with self._lock:
            try:
                return self._answer(msgspec.json.encode(question) + b"\n")
            except OSError:
                self._stop()
                raise _unavailable("does not run, or did not answer in time") from None

    def close(self) -> None:
        """End the program; the next question starts it again."""
        with self._lock:
            self._stop()

    def _answer(self, line: bytes) -> bytes:
        if self._process is not None:
            return _exchange(self._process, line, time.monotonic() + ANSWER_SECONDS)
        self._process = self._started()
        return _exchange(self._process, line, time.monotonic() + START_SECONDS)

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._end = weakref.finalize(self, _end, process, self._of)
        for pipe in _pipes(process):
            os.set_blocking(pipe.fileno(), False)
        return process

    def _stop(self) -> None:
        self._process = None
        if self._end is not None:
            self._end()


class CommandProvider:
    """The key provider that asks a program for everything that needs a key."""

    def __init__(self, command: str) -> None:
        self._helper = Helper(command)
        self._seen: wire.Described | None = None
        self._checked = 0.0

    def active_version(self, purpose: str) -> int:
        return self._described().active[purpose]

    def versions(self) -> tuple[KnownVersion, ...]:
        found = self._described().versions
        return tuple(KnownVersion(one.purpose, one.version, one.fingerprint) for one in found)

    def wrap(self, plaintext: bytes, *, context: bytes) -> Wrapped:
        answer = self._ask(wire.Wrap(plaintext, b"wrap\0" + context), wire.WrapAnswer)
        return Wrapped(answer.version, answer.wrapped)

    def unwrap(self, version: int, blob: bytes, *, context: bytes) -> bytes:
        question = wire.Unwrap(version, blob, b"wrap\0" + context)
        return self._ask(question, wire.UnwrapAnswer).plain

    def derive(self, version: int, *, context: bytes) -> bytes:
        question = wire.Derive(version, b"sammati.lookup.1\0" + context + b"\x01")
        return self._ask(question, wire.DeriveAnswer).derived

    def sign(self, data: bytes) -> Signature:
        answer = self._ask(wire.Sign(data), wire.SignAnswer)
        key_id = fingerprint_of_public(self._public(answer.version))
        return Signature(key_id, answer.version, answer.signature)

    def public_keys(self) -> tuple[PublicKey, ...]:
        described = self._described()
        active = described.active["signing"]
        return tuple(
            PublicKey(fingerprint_of_public(one.raw), one.version, one.raw, one.version == active)
            for one in sorted(described.public, key=lambda one: one.version)
        )

    def add_version(self, purpose: str) -> int:
        version = self._ask(wire.Rotate(purpose), wire.RotateAnswer).version
        self._seen = None
        return version

    def _public(self, version: int) -> bytes:
        """Asked again at once for a version that another process may just have made."""
        for _ in range(2):
            for one in self._described().public:
                if one.version == version:
                    return one.raw
            self._seen = None
        raise _unavailable("signed with a key that it does not show")

    def _described(self) -> wire.Described:
        """What it holds, asked again within seconds: another process may have rotated."""
        if self._seen is None or time.monotonic() - self._checked > RECHECK_SECONDS:
            self._seen = None  # what is known is not good enough once asking fails
            self._seen = self._ask(wire.Describe(), wire.Described)
            self._checked = time.monotonic()
        return self._seen

    def _ask(self, question: msgspec.Struct, kind: type[Answer]) -> Answer:
        line = self._helper.ask(question)
        try:
            error = msgspec.json.decode(line, type=wire.Failed).error
            if not error:
                return msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError:
            self._helper.close()  # it may be one answer behind from now on
            raise _unavailable("gave an answer that cannot be read") from None
        if error == wire.UNSEAL:
            raise UnsealError("Sealed bytes do not open with this key in this context.")
        raise _unavailable("refused; its own log says why")


def _exchange(process: subprocess.Popen[bytes], line: bytes, ends: float) -> bytes:
    """One line out, one line back. Raises OSError; more than one line back is no answer either."""
    into, back = (pipe.fileno() for pipe in _pipes(process))
    while line:
        _wait(into, selectors.EVENT_WRITE, ends)
        line = line[os.write(into, line) :]
    answer = b""
    while not answer.endswith(b"\n"):
        _wait(back, selectors.EVENT_READ, ends)
        found = os.read(back, 65_536)
        answer += found
        if not found or len(answer) > LINE_BYTES:
            raise BrokenPipeError
    if answer.count(b"\n") > 1:
        raise BrokenPipeError
    return answer


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes], of: int) -> None:
    """End a program that this process started, and let go of one that its parent did."""
    for pipe in _pipes(process):
        with suppress(OSError):
            pipe.close()
    if of == os.getpid() and process.poll() is None:
        process.kill()
        process.wait()


def _wait(descriptor: int, event: int, ends: float) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(descriptor, event)
        if not ready.select(max(ends - time.monotonic(), 0)):
            raise TimeoutError


def _unavailable(what: str) -> KeyUnavailableError:
    """Never with the program's own words: they may quote what it was asked."""
    return KeyUnavailableError(f"The program that SAMMATI_KEYS_COMMAND names {what}.")
