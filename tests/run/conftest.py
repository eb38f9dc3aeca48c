"""Sets of servers and checkouts that a test may break."""

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.places import BASE_DIR, places
from config.run import embedded
from tests.run.tools import Checkout, free_port, status

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".local", ".*_cache", "*.pyc.*", "node_modules", "staticfiles", "results"
)


@pytest.fixture
def set_name(worker_id: str) -> Iterator[str]:
    """The name of a set of servers of this test alone; its files are gone afterwards."""
    name = f"trial-{worker_id}"
    yield name
    found = places(name)
    shutil.rmtree(found.data, ignore_errors=True)
    shutil.rmtree(found.sockets, ignore_errors=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A copy of the project, so that its servers, logs and locks are the test's own."""
    with copied(BASE_DIR, tmp_path, ignore=NOT_COPIED) as found:
        yield found


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Checkout]:
    """A copy that was started and stopped again, so that its servers and tables are made.

    One for all workers of a run, for that takes most of a minute: the first who needs it makes it,
    the last who goes removes it.
    """
    own = tmp_path_factory.getbasetemp()
    place = (own if worker_id == "master" else own.parent) / "once"
    place.mkdir(exist_ok=True)
    found = Checkout(place / "copy" / "sammati", port=free_port(), python=sys.executable)
    with (place / "in-use").open("w") as in_use:
        with alone(place):
            if not (place / "first.json").exists():
                shutil.rmtree(found.folder, ignore_errors=True)  # of somebody who failed
                shutil.copytree(BASE_DIR, found.folder, symlinks=True, ignore=NOT_COPIED)
                (place / "first.json").write_text(json.dumps(first_start(found)))
            fcntl.flock(in_use, fcntl.LOCK_SH)
        yield found
        with alone(place), contextlib.suppress(BlockingIOError):  # another still copies from it
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (place / "first.json").unlink()
            remove(found)


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """One worker at a time makes or removes what all of them use."""
    with (place / "alone").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def first_start(found: Checkout) -> dict[str, Any]:
    """What it said and left behind, from its start to its end."""
    try:
        supervisor = found.start()
        said = found.until_up(supervisor)
        ready, address = status(found.port, "/-/ready"), supervisor.stdout.readline()
        supervisor.send_signal(signal.SIGINT)
        rest, _ = supervisor.communicate(timeout=180)
    finally:
        found.stop()
    return {
        "said": said, "ready": ready, "address": address, "rest": rest,
        "code": supervisor.returncode, "left": found.processes(),
    }  # fmt: skip


@pytest.fixture
def first(started_once: Checkout) -> dict[str, Any]:
    """How the very first start of `started_once` went."""
    return json.loads((started_once.folder.parents[1] / "first.json").read_text())


@pytest.fixture
def begun(started_once: Checkout, tmp_path: Path) -> Iterator[Checkout]:
    """As `checkout`, with the data of a first start; the next one takes seconds."""
    with copied(started_once.folder, tmp_path) as found:
        data, here = started_once.places()[0], found.places()[0]
        if not here.exists():  # as root they lie apart from the copy
            subprocess.run(["cp", "-a", str(data), str(here)], check=True)
        yield found


@contextmanager
def copied(source: Path, place: Path, **how: Any) -> Iterator[Checkout]:
    """A copy below `place`; afterwards nothing of it runs and nothing is left."""
    folder = place / "copy" / "sammati"
    shutil.copytree(source, folder, symlinks=True, **how)
    found = Checkout(folder, port=free_port(), python=sys.executable)
    yield found
    found.stop()
    remove(found)


def remove(found: Checkout) -> None:
    for path in (*found.places(), found.folder.parent):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def as_app(servers: embedded.Servers) -> Iterator[psycopg.Connection]:
    """The runtime login on the product's own database of the suite's servers."""
    dsn = f"host={servers.places.sockets} port=5432 user=sammati_app dbname=sammati"
    with psycopg.connect(dsn, autocommit=True) as found:
        yield found


@pytest.fixture
def other_login() -> tuple[int, int]:
    """An ordinary login that root can lend to a process."""
    if os.getuid() != 0:
        pytest.skip("only root can start a process as somebody else")
    found = pwd.getpwnam("games")  # PostgreSQL wants a login that has a name; Debian has this one
    return found.pw_uid, found.pw_gid
