"""Starting the laboratory and speaking to it. A conftest imports the fixture `laboratory`.

account = laboratory.account("braze")          # a new one, honest and empty
account.people({"id": "b-1", "email": "a@b.example"})
account.mood(archives=True, limit_every=3)     # see moods.py
... let a connector call account.url ...
account.counts()["effects"]                    # {"b-1": 1}
"""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from config.places import BASE_DIR

_numbers = itertools.count(1)


@dataclass(frozen=True)
class LabAccount:
    """One account at one vendor of the laboratory. `url` is where its interface begins."""

    url: str
    control: str

    def mood(self, **mood: Any) -> None:
        _ok(httpx.put(self.control, json={"mood": mood}))

    def extra(self, **extra: Any) -> None:
        """What only this vendor knows, as in its module."""
        _ok(httpx.put(self.control, json={"extra": extra}))

    def people(self, *people: dict[str, str]) -> None:
        _ok(httpx.post(self.control, json={"people": people}))

    def numbered(self, count: int) -> None:
        """Puts in p0, p1, ... with p0@people.example, ..."""
        _ok(httpx.post(self.control, json={"numbered": count}, timeout=60))

    def counts(self) -> dict[str, Any]:
        """calls, told, effects, keys, left (states by person), people, largest_batch, ..."""
        return _ok(httpx.get(self.control, timeout=60)).json()


@dataclass(frozen=True)
class Laboratory:
    """A running laboratory."""

    port: int
    pid: int
    made: list[LabAccount] = field(default_factory=list)

    def account(self, vendor: str, name: str = "") -> LabAccount:
        """A new account; or, with a name, the one of this name."""
        base = f"http://127.0.0.1:{self.port}"
        name = name or f"a{next(_numbers)}"
        return LabAccount(f"{base}/{vendor}/{name}", f"{base}/_control/{vendor}/{name}")


@contextmanager
def running(port: int = 0) -> Iterator[Laboratory]:
    """A laboratory in a process of its own, ended when left."""
    command = [sys.executable, "-m", "tests.laboratory", str(port)]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Laboratory(json.loads(process.stdout.readline())["port"], process.pid)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    """The laboratory of this run of tests."""
    with running() as found:
        yield found


def _ok(reply: httpx.Response) -> httpx.Response:
    reply.raise_for_status()
    return reply
