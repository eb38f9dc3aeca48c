"""The processes of a benchmark: our server, the load on it, and the filled database."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import IO

from benchmarks.cores import CORES, FOLDER, on_core
from benchmarks.load import Job, Result
from benchmarks.people import World
from config.places import BASE_DIR
from config.run import processes, stages

READY_SECONDS = 60
PROTOCOL = "config.protocol:DecisionProtocol"
METADATA = "/.well-known/authzen-configuration"


def prepared(name: str, subjects: int) -> World:
    """The set's database with this many people in it, filled or copied."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.world", str(subjects)],
        env={**os.environ, "SAMMATI_EMBEDDED": name},
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        check=True,
    )
    return World.of(json.loads(done.stdout.splitlines()[-1]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((stages.HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One decision point on the server's core, started as `make run` starts it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def server(name: str) -> Iterator[Server]:
    """A running decision point on the set's database; killed when the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", stages.HOST]
    command += ["--port", str(port), "--loop", "uvloop", "--http", PROTOCOL]
    command += ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    with log("server") as output, on_core(CORES.server):
        child = processes.start(
            command, output=output, environment=stages.environment(port, name), folder=BASE_DIR
        )
    found = Server(name, port, child)
    try:
        await_answer(port, METADATA, child)
        yield found
    finally:
        found.kill()


def log(name: str) -> IO[bytes]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return processes.open_log(FOLDER / f"{name}.log")


def await_answer(port: int, path: str, child: subprocess.Popen[bytes]) -> None:
    """Raises RuntimeError when it ends, or does not answer in time."""

    def is_settled() -> bool:
        return child.poll() is not None or status_of(port, "GET", path) == 200

    if not processes.wait_for(is_settled, seconds=READY_SECONDS) or child.poll() is not None:
        raise RuntimeError(f"A server did not start; its log is in {FOLDER}.")


def status_of(port: int, method: str, path: str, body: bytes = b"", key: str = "") -> int:
    """The status of one request; 0 where nobody answers."""
    connection = http.client.HTTPConnection(stages.HOST, port, timeout=10)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    try:
        connection.request(method, path, body or None, headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def start_load(job: Job) -> subprocess.Popen[bytes]:
    """The generator on the load's core; `finished` reads what it says in the end."""
    with on_core(CORES.load):
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=BASE_DIR,
            preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509 (no threads)
        )
    assert child.stdin is not None
    child.stdin.write(json.dumps(asdict(job)).encode())
    child.stdin.close()
    child.stdin = None
    return child


def finished(child: subprocess.Popen[bytes]) -> Result:
    words, _ = child.communicate()
    if child.returncode:
        raise RuntimeError("The load generator failed; its words above say why.")
    data = json.loads(words)
    return Result(**{one.name: data[one.name] for one in fields(Result)})


def put_under_load(job: Job) -> Result:
    return finished(start_load(job))
