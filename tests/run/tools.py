"""A copied checkout, started and stopped as a person would."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PLACES = "from config.places import places; f = places(); print(f.data); print(f.sockets)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def becomes(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Checkout:
    """A copy of the project. `login` (uid, gid): start its processes as somebody else."""

    folder: Path
    port: int
    python: str
    login: tuple[int, int] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("SAMMATI_", "DJANGO_", "PYTEST_"))
        }
        return {**kept, "PORT": str(self.port), "SAMMATI_DEMO": "off", **self.variables}

    def start(self, *command: str) -> subprocess.Popen:
        uid, gid = self.login or (None, None)
        child = subprocess.Popen(
            [self.python, *(command or ("-m", "config.run"))],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            user=uid,
            group=gid,
            extra_groups=[] if self.login else None,
        )
        self.running.append(child)
        return child

    def run(self, *command: str) -> tuple[int, str]:
        child = self.start(*command)
        said, _ = child.communicate(timeout=200)
        return child.returncode, said

    def until_up(self, child: subprocess.Popen) -> str:
        """What it printed up to the line that says it is up."""
        said = ""
        for line in child.stdout:
            said += line
            if line.startswith("Sammati is up"):
                return said
        raise AssertionError(f"it ended instead:\n{said}")

    def places(self) -> list[Path]:
        command = [self.python, "-c", PLACES]
        uid, gid = self.login or (None, None)
        found = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=True,
            user=uid, group=gid, env=self.environment(),
        )  # fmt: skip
        return [Path(line) for line in found.stdout.splitlines()]

    def processes(self) -> list[str]:
        """The command lines of living processes that work in this checkout or its data."""
        roots = [str(self.folder), *(str(path) for path in self.places())]
        return [line for line in map(describe, all_processes()) if any(r in line for r in roots)]

    def stop(self) -> None:
        for child in self.running:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.communicate(timeout=180)
            child.stdout.close()


def all_processes() -> list[Path]:
    return [path for path in Path("/proc").iterdir() if path.name.isdigit()]


def describe(process: Path) -> str:
    """A living process's folder and command; nothing for one that is gone, or only waited for."""
    try:
        if process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return ""
        words = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
        return json.dumps([process.name, str(process.joinpath("cwd").readlink()), words])
    except OSError:
        return ""


def modes(*paths: Path) -> dict[str, tuple[int, int, int]]:
    """Mode and owners of each path and of every folder above it."""
    found = {}
    for path in paths:
        for each in (path, *path.parents):
            about = each.stat()
            found[str(each)] = (about.st_mode, about.st_uid, about.st_gid)
    return found
