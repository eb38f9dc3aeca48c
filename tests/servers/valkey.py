"""A Valkey of a test's own, with a password: the embedded program on a port of this machine."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from config.run import binaries, processes
from tests.servers.mariadb import free_port

__all__ = ["ValkeyServer", "running", "valkey"]

START_SECONDS = 30.0
PASSWORD = "s3cret"


@dataclass
class ValkeyServer:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers. What it holds stands on disk before it says so."""
        options = {
            "port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "save": "",
            "appendonly": "yes", "appendfsync": "always", "requirepass": PASSWORD,
        }  # fmt: skip
        words = [part for key, value in options.items() for part in (f"--{key}", value)]
        with (self.folder / "log").open("ab") as log:
            self.process = processes.start(
                [binaries.valkey_program(), *words], output=log, environment={"LC_ALL": "C"},
                folder=self.folder,
            )  # fmt: skip
        if not processes.wait_for(self.answers, seconds=START_SECONDS, pause=0.02):
            raise RuntimeError(f"Valkey did not start:\n{processes.tail(self.folder / 'log')}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(START_SECONDS)

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, password=PASSWORD, decode_responses=True)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@contextmanager
def running(folder: Path) -> Iterator[ValkeyServer]:
    found = ValkeyServer(folder, free_port())
    found.start()
    try:
        yield found
    finally:
        found.kill()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with running(tmp_path_factory.mktemp("valkey")) as found:
        yield found
