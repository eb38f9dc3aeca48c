"""What `make run` does before the processes start, and how it says so."""

import hashlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.places import BASE_DIR, LOCAL_DIR
from config.run import folders, processes
from config.run.embedded import Servers
from config.run.errors import RunError
from config.run.provision import DATABASE

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEMO_FILE = LOCAL_DIR / "demo.json"
CLUSTER = """
    SELECT system_identifier::text, oid::text FROM pg_control_system(), pg_database
    WHERE datname = current_database()
"""


@contextmanager
def stage(words: str, *, talks: bool = False) -> Iterator[None]:
    """One line: what is done, then the seconds it took. `talks`: it prints lines of its own."""
    began = time.monotonic()
    print(f"  {words}", end="\n" if talks else "", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    took = f"{time.monotonic() - began:6.1f} s"
    print(f"  {'...done':<34}{took}" if talks else f"{took:>{42 - len(words)}}", flush=True)


def chosen_port() -> int:
    """`PORT`, or 8000. Raises: RunError when it is no port."""
    raw = os.environ.get("PORT") or str(DEFAULT_PORT)
    if raw.isascii() and raw.isdigit() and 0 < int(raw) < 65536:
        return int(raw)
    raise RunError(f"PORT must be a number from 1 to 65535, not {raw!r}.")


def check_port(port: int) -> None:
    """Raises: RunError when another program listens there, or this login may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise RunError(f"This login may not use port {port}: PORT=8001 make run") from None
        except OSError:
            raise RunError(
                f"Port {port} on {HOST} is taken by another program; "
                f"stop that one or choose another port: PORT={port + 1} make run"
            ) from None


def database_is_given() -> bool:
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def environment(port: int, name: str) -> dict[str, str]:
    """What every child gets. PostgreSQL's own variables would send it to another server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    chosen = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SAMMATI_EMBEDDED": name,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "SAMMATI_READY_NEEDS": "worker,keeper",
    }
    return {**kept, **chosen}


def manage(command: list[str], *, variables: dict[str, str], is_shown: bool = False) -> None:
    """Run `manage.py COMMAND`; unless shown, its words go to `.local/logs/COMMAND.log`.

    Raises: RunError with what it wrote there, and no earlier start did, when it fails.
    """
    log_path = folders.logs() / f"{command[0]}.log"
    with processes.open_log(log_path) as log:
        began = os.fstat(log.fileno()).st_size
        child = processes.start(
            [sys.executable, "manage.py", *command],
            output=sys.stdout.fileno() if is_shown else log,
            environment=variables,
            folder=BASE_DIR,
        )
    try:
        if child.wait() == 0:
            return
    finally:
        processes.signal_group(child, signal.SIGKILL)  # we were told to stop while it worked
        child.wait()
    if is_shown:
        raise RunError(f"`manage.py {command[0]}` failed; its words above say why.")
    raise RunError(
        f"`manage.py {command[0]}` failed; the end of {log_path}:\n"
        f"{processes.tail(log_path, since=began)}"
    )


def migrate(variables: dict[str, str], servers: Servers | None) -> None:
    """Bring the tables up to date. Skipped at once where this code has already done so here."""
    if servers is None or database_is_given():
        manage(["migrate", "--noinput"], variables=variables)
        return
    stamp = servers.places.data / "migrated"
    wanted = f"{cluster(servers)} {migrations_digest()}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    manage(["migrate", "--noinput"], variables=variables)
    stamp.write_text(wanted)


def cluster(servers: Servers) -> str:
    """Which database this is: another one made in its place is another one."""
    dsn = f"{servers.superuser_dsn} dbname={DATABASE}"
    with psycopg.connect(dsn) as connection:
        row = connection.execute(CLUSTER).fetchone()
    return " ".join(row or ())


def migrations_digest() -> str:
    """A digest of every migration of ours and of the versions of the libraries that bring some."""
    digest = hashlib.sha256()
    for path in [*sorted(BASE_DIR.glob("*/migrations/*.py")), *BASE_DIR.glob("requirements.txt")]:
        digest.update(f"{path.relative_to(BASE_DIR)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def demo_is_wanted() -> bool:
    """`SAMMATI_DEMO=off` starts an empty suite."""
    return os.environ.get("SAMMATI_DEMO", "on").lower() not in {"off", "0", "false", "no"}


def seed(variables: dict[str, str], demo_file: Path = DEMO_FILE) -> None:
    """Keys, and invented people for a first look: none where there are controllers already.

    Both in one process, since a start of Django takes two seconds.
    """
    manage(
        ["seed_demo", "--with-keys", "--if-empty", "--demo-file", str(demo_file)],
        variables=variables,
        is_shown=True,
    )
