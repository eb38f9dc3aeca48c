"""The real application in a process of its own, as production starts it, on a test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings

from config.places import BASE_DIR

START_SECONDS = 30
PROTOCOL = "config.protocol:DecisionProtocol"
LOOP = ("--loop", "uvloop", "--http", PROTOCOL, "--no-access-log", "--no-server-header")


@dataclass
class Site:
    """Where the server listens, its process, and the file it logs to."""

    url: str
    process: subprocess.Popen
    log: Path

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def client(self, **options) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30, **options)


@contextmanager
def serving(environment: dict[str, str], log: Path, **more: str) -> Iterator[Site]:
    """A server with this environment; ended with the block, whatever happened to it."""
    port = free_port()
    variables = {
        **environment, "PORT": str(port), "SAMMATI_EMBEDDED": "test",
        "SAMMATI_KEYS_FILE": settings.KEYS_FILE, **more,
    }  # fmt: skip
    command = [
        sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1",
        "--port", str(port), *LOOP,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=BASE_DIR, env=variables, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    site = Site(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_until_up(site)
        yield site
    finally:
        if process.poll() is None:
            site.kill()


def wait_until_up(site: Site) -> None:
    ends = time.monotonic() + START_SECONDS
    with site.client() as client:
        while time.monotonic() < ends and site.process.poll() is None:
            try:
                client.get("/-/live")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError(f"The server did not start; its words:\n{site.log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
