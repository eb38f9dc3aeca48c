"""A PostgreSQL of a test's own that asks for passwords: the embedded program, on a port."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.run import binaries, postgres, processes
from tests.servers.mariadb import free_port

__all__ = ["PostgresServer", "guarded_postgres", "running"]

START_SECONDS = 60.0
PASSWORD = "s3cret"


@dataclass
class PostgresServer:
    """Nobody is let in without a password; the superuser's is PASSWORD."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return (
            f"host=127.0.0.1 port={self.port} user=postgres password={PASSWORD} dbname=postgres"
            " connect_timeout=10"
        )

    def make(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        account = postgres.server_account()
        if account:
            for path in (self.folder, secret):
                os.chown(path, *account)
        with (self.folder.with_suffix(".log")).open("ab") as log:
            made = self._started(
                log, "initdb", "-D", self._data, "--username=postgres", "--auth=scram-sha-256",
                f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync",
            )  # fmt: skip
            if made.wait(START_SECONDS):
                raise RuntimeError(processes.tail(self.folder.with_suffix(".log")))

    def start(self) -> None:
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1",
                   "unix_socket_directories": "", "shared_buffers": "32MB"}  # fmt: skip
        words = [f"-c{key}={value}" for key, value in options.items()]
        with (self.folder.with_suffix(".log")).open("ab") as log:
            self.process = self._started(log, "postgres", "-D", self._data, *words)
        if not processes.wait_for(self.answers, seconds=START_SECONDS, pause=0.05):
            raise RuntimeError(processes.tail(self.folder.with_suffix(".log")))

    def kill(self) -> None:
        """At once, with all its children."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(START_SECONDS)

    def run(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.dsn, autocommit=True) as opened:
            cursor = opened.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.Error:
            return False
        return True

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _started(self, log, program: str, *words: object) -> subprocess.Popen[bytes]:
        account = postgres.server_account()
        install = binaries.postgres_install(for_another_login=account is not None)
        return processes.start(
            [install / "bin" / program, *map(str, words)], output=log, folder=self.folder,
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, account=account,
        )  # fmt: skip


@contextmanager
def running() -> Iterator[PostgresServer]:
    """A server on fresh files, in a folder that its login may enter; gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="sammati-pg-"))
    found = PostgresServer(folder, free_port())
    try:
        found.make()
        found.start()
        yield found
    finally:
        found.kill()
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def guarded_postgres() -> Iterator[PostgresServer]:
    with running() as found:
        yield found
