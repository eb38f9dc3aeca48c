"""A MariaDB of a run's own: Debian's program on files in a temporary folder.

Without the program tests that need it are skipped, but not where everything must be (CI).
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
import pytest

from config.run import processes

__all__ = ["MariaDb", "mariadb", "running"]

PROGRAM, MAKER = "mariadbd", "mariadb-install-db"
START_SECONDS = 60.0
MISSING = "MariaDB is not installed (apt-get install mariadb-server)."


@dataclass
class MariaDb:
    """One server: on `socket` and on a port of this very machine. Its root has no password."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def socket(self) -> str:
        return str(self.folder / "s.sock")

    def make(self) -> None:
        self._run(
            MAKER, "--auth-root-authentication-method=normal", "--skip-test-db",
            "--innodb-log-file-size=8M", f"--datadir={self.folder / 'data'}",
        )  # fmt: skip

    def start(self) -> None:
        """Return when it answers. Durable, as it would be in earnest."""
        options = [
            f"--datadir={self.folder / 'data'}", f"--socket={self.socket}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--pid-file={self.folder / 'pid'}",
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=8M", "--skip-log-bin",
            "--skip-name-resolve", "--performance-schema=off",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = processes.start(
                [program(PROGRAM), *common(), *options], output=log, environment=environment(),
                folder=self.folder,
            )  # fmt: skip
        if not processes.wait_for(self.answers, seconds=START_SECONDS, pause=0.05):
            raise RuntimeError(f"MariaDB did not start:\n{processes.tail(self.folder / 'log')}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(START_SECONDS)

    def kill(self) -> None:
        """As if its machine lost power."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(START_SECONDS)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        if self.process is None:
            raise RuntimeError("It does not run.")
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as wire:  # the library would leave its own open
                wire.connect(self.socket)
            self.run("SELECT 1")
        except (OSError, pymysql.Error):
            return False
        return True

    def run(self, statement: str, values: Sequence[Any] | None = None, database: str = "") -> Any:
        """The rows of a statement of root's, committed."""
        with (
            closing(self.connected(database)) as opened,
            opened.cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return cursor.fetchall()

    def run_all(self, statements: str, database: str = "") -> None:
        for statement in filter(str.strip, statements.split(";")):
            self.run(statement, database=database)

    def connected(self, database: str = "") -> Any:
        return pymysql.connect(
            unix_socket=self.socket, user="root", database=database or None, autocommit=True,
            charset="utf8mb4", connect_timeout=10, read_timeout=30,
        )  # fmt: skip

    def _run(self, name: str, *options: str) -> None:
        done = subprocess.run(
            [program(name), *common(), *options], capture_output=True, text=True,
            env=environment(), check=False, timeout=START_SECONDS,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name}:\n{done.stdout}\n{done.stderr}")


@contextmanager
def running(folder: Path) -> Iterator[MariaDb]:
    """A server on fresh files in this folder, gone with the block."""
    found = MariaDb(folder, free_port())
    found.make()
    found.start()
    try:
        yield found
    finally:
        found.kill()
        shutil.rmtree(folder / "data", ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """A server for this worker's tests; each makes a database of its own in it."""
    if not is_there():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("mariadb")) as found:
        yield found


def is_there() -> bool:
    return bool(program(PROGRAM) and program(MAKER))


def program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""


def common() -> list[str]:
    """No settings of the machine's count; only root has to be told that root may."""
    return ["--no-defaults", *(["--user=root"] if os.getuid() == 0 else [])]


def environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
