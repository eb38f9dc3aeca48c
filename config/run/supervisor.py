"""`make run`: servers, tables, demo data and the process group, one line for each step."""

import fcntl
import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from types import FrameType
from typing import IO

from config.places import BASE_DIR, places
from config.run import embedded, folders, postgres, processes, stages
from config.run.errors import RunError
from config.run.provision import provision
from config.run.welcome import welcome

READY_SECONDS = 90
STOP_SECONDS = 15
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Part:
    """One process of the group. `speaks`: what it prints belongs on the terminal."""

    name: str
    command: list[str]
    speaks: bool = False


def parts(port: int) -> list[Part]:
    """Worker and keeper print sign-in links (development has no mail), so they speak."""
    web = ["-m", "uvicorn", "config.asgi:application", "--host", stages.HOST, "--port", str(port)]
    web += ["--loop", "uvloop", "--http", "config.protocol:DecisionProtocol"]
    web += ["--no-access-log", "--no-server-header", "--no-proxy-headers"]
    web += ["--log-level", "warning", "--timeout-graceful-shutdown", "5"]
    worker = ["-m", "celery", "-q", "-A", "config", "worker", "--concurrency", "2"]
    worker += ["--loglevel", "WARNING", "-Q", "sammati", "--without-gossip", "--without-mingle"]
    return [
        Part("web", web),
        Part("worker", worker, speaks=True),
        Part("keeper", ["manage.py", "keeper"], speaks=True),
    ]


class Stopped(Exception):  # noqa: N818 (a wish, not a fault)
    """Somebody asked the group to stop."""


@dataclass
class Supervisor:
    """Starts everything, watches it, and leaves nothing behind."""

    port: int
    name: str
    children: dict[str, Popen[bytes]] = field(default_factory=dict)
    servers: embedded.Servers | None = None
    is_stopping: bool = False

    def run(self) -> None:
        """Until somebody asks to stop. Raises: RunError when a part fails; all have stopped."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_wanted)
        began = time.monotonic()
        with ExitStack() as stack:
            stack.enter_context(self._only_one())
            stack.callback(self._stop_all)
            self._prepare()
            with self._stage("Web, worker and keeper"):
                self._start_parts()
                self._wait_until_ready()
            print(welcome(self.port, time.monotonic() - began), flush=True)
            self._watch()

    def _stop_wanted(self, number: int, frame: FrameType | None) -> None:
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)  # stopping is under way and must not be cut short
        self.is_stopping = True  # the exception is lost where it meets a finalizer
        raise Stopped

    @contextmanager
    def _stage(self, words: str, *, talks: bool = False) -> Iterator[None]:
        """A stage, unless somebody asked to stop meanwhile: no later one may begin."""
        self._heed()
        with stages.stage(words, talks=talks):
            yield

    def _heed(self) -> None:
        if self.is_stopping:
            raise Stopped

    def _only_one(self) -> IO[bytes]:
        """The lock of this checkout's supervisor, with its process number for the next to read."""
        path = folders.local() / f"{self.name}.lock"
        try:
            file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
        except OSError as error:
            raise folders.unwritable(path.parent, error) from None
        if not embedded.try_lock(file, fcntl.LOCK_EX):
            pid = file.read().decode().strip() or "unknown"
            file.close()
            raise RunError(
                f"Sammati already runs from this folder (process {pid}); "
                f"use that one, or stop it first: kill {pid}"
            )
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
        return file

    def _prepare(self) -> None:
        print("Sammati starts; Ctrl-C stops it.", flush=True)
        with self._stage(f"Port {self.port}"):
            stages.check_port(self.port)
        self._start_servers()
        variables = stages.environment(self.port, self.name)
        with self._stage("Tables"):
            stages.migrate(variables, self.servers)
        if stages.demo_is_wanted():
            with self._stage("Keys and demo data", talks=True):
                stages.seed(variables)
        else:
            with self._stage("Keys"):
                stages.manage(["ensure_keys"], variables=variables)

    def _start_servers(self) -> None:
        """Embedded ones, unless the environment names real ones for both."""
        if stages.database_is_given() and os.environ.get("REDIS_URL"):
            folders.prepare(places(self.name), server_uid=postgres.server_uid())
            return
        with self._stage("PostgreSQL and Valkey"):
            self.servers = embedded.use(self.name)
        if not stages.database_is_given():  # its superuser provisions a given one, we may not
            with self._stage("Roles and database"):
                provision(self.servers.superuser_dsn)

    def _start_parts(self) -> None:
        variables = stages.environment(self.port, self.name)
        for part in parts(self.port):
            with processes.open_log(log_of(part.name)) as log:
                self.children[part.name] = processes.start(
                    [sys.executable, *part.command],
                    output=sys.stdout.fileno() if part.speaks else log,
                    errors=log,
                    environment=variables,
                    folder=BASE_DIR,
                )

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not is_ready(self.port):
            self._check_parts()
            if time.monotonic() > end:
                raise RunError(
                    f"The web did not become ready in {READY_SECONDS} s; the end of "
                    f"{log_of('web')} may say why:\n{processes.tail(log_of('web'))}"
                )
            time.sleep(LOOK_SECONDS / 2)
        self._check_parts()

    def _watch(self) -> None:
        while True:
            self._check_parts()
            time.sleep(LOOK_SECONDS)

    def _check_parts(self) -> None:
        """Raises: RunError naming the first part that is gone, Stopped after a wish to stop."""
        self._heed()
        if self.servers and not self.servers.are_alive():
            where = self.servers.places.data
            raise RunError(
                f"An embedded server stopped, so everything was stopped; {where}/postgres.log and "
                f"valkey.log say why. `make run` starts again with the data kept."
            )
        for name, child in self.children.items():
            if child.poll() is not None:
                raise RunError(
                    f"The {name} process stopped ({how(child.returncode)}), so everything was "
                    f"stopped; mend the cause and run `make run` again. The end of "
                    f"{log_of(name)}:\n{processes.tail(log_of(name))}"
                )

    def _stop_all(self) -> None:
        """Parts first, so that none of them sees its server go."""
        for child in self.children.values():
            processes.signal_group(child, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        processes.wait_for(
            lambda: all(child.poll() is not None for child in self.children.values()),
            seconds=end - time.monotonic(),
        )
        for child in self.children.values():
            processes.signal_group(child, signal.SIGKILL)
            child.wait()
        if self.servers:
            self.servers.release()


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(stages.HOST, port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def log_of(name: str) -> Path:
    return folders.logs() / f"{name}.log"


def how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def main() -> int:
    """Exit code 0 after a wish to stop, 1 with one sentence after anything else."""
    if processes.parent_name() in {"make", "gmake"}:  # whoever kills make means us
        processes.wish_for(signal.SIGTERM)
    try:
        Supervisor(
            port=stages.chosen_port(), name=os.environ.get("SAMMATI_EMBEDDED") or "run"
        ).run()
    except Stopped:
        print("\nStopped; the data are kept.")
        return 0
    except RunError as error:
        sys.stderr.write(f"\n{error}\n")
    return 1
