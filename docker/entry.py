# ruff: noqa: INP001 (scripts of the image, not a package)
"""The image's entry point: starts one process of the suite by name, in place of itself."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

HOST = "0.0.0.0"  # noqa: S104 (inside a container; the composition publishes the proxy alone)
WEB_PORT = "8000"
PDP_PORT = "8001"

# The proxy closes idle connections after 60 seconds; servers wait longer, or they would race.
IDLE_SECONDS = "75"

WEB = [
    *("gunicorn", "config.wsgi:application", "--bind", f"{HOST}:{WEB_PORT}"),
    *("--worker-class", "gthread", "--threads", "8", "--keep-alive", IDLE_SECONDS),
    *("--worker-tmp-dir", "/dev/shm", "--no-control-socket"),  # noqa: S108 (memory, private here)
    *("--graceful-timeout", "20", "--timeout", "60", "--log-level", "warning"),
    *("--max-requests", "20000", "--max-requests-jitter", "2000"),
]
PDP = [
    *("uvicorn", "config.asgi:application", "--host", HOST, "--port", PDP_PORT),
    *("--loop", "uvloop", "--http", "config.protocol:DecisionProtocol", "--no-access-log"),
    *("--no-server-header", "--no-proxy-headers", "--timeout-keep-alive", IDLE_SECONDS),
    *("--timeout-graceful-shutdown", "10", "--log-level", "warning"),
]
WORKER = [
    *("celery", "-q", "-A", "config", "worker", "-Q", "sammati", "--loglevel", "WARNING"),
    *("--without-gossip", "--without-mingle"),
]
KEEPER = [sys.executable, "manage.py", "keeper"]
MIGRATE = [sys.executable, "manage.py", "migrate", "--noinput"]
REGISTER_KEYS = [sys.executable, "manage.py", "ensure_keys"]

PASSWORDS = ("SAMMATI_OWNER_PASSWORD", "SAMMATI_APP_PASSWORD", "SAMMATI_RETENTION_PASSWORD")


def command(part: str, arguments: list[str]) -> list[str]:
    """The command line of a part. Raises: KeyError for a name that is none."""
    processes = max(1, int(os.environ.get("SAMMATI_PROCESSES") or 2))
    parts = {
        "web": [*WEB, "--workers", str(processes)],
        "pdp": PDP,
        "worker": [*WORKER, "--concurrency", str(processes)],
        "keeper": KEEPER,
        "manage": [sys.executable, "manage.py"],
        "provision": [sys.executable, "-m", "config.run.provision"],
    }
    return [*parts[part], *arguments]


def read_secrets(names: tuple[str, ...]) -> None:
    """Puts what the files `<NAME>_FILE` hold into the environment of this process alone."""
    for name in names:
        path = os.environ.get(f"{name}_FILE")
        if path:
            os.environ[name] = Path(path).read_text().strip()


def main(arguments: list[str]) -> int:
    part, *rest = arguments or ["web"]
    if part == "migrate":
        return migrate()
    if part == "provision":
        read_secrets((*PASSWORDS, "PGPASSWORD"))
    try:
        line = command(part, rest)
    except KeyError:
        sys.stderr.write(
            f"There is no part {part!r}: web, pdp, worker, keeper, migrate, provision or manage.\n"
        )
        return 2
    return become(line)


def become(line: list[str]) -> NoReturn:
    """Replaces this process, so that signals reach the part itself."""
    os.execvp(line[0], line)  # noqa: S606


def migrate() -> int:
    """The tables as the owner, then the keys' fingerprints as the app."""
    for line in (MIGRATE, REGISTER_KEYS):
        done = subprocess.run(line, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
