"""Sets of servers and checkouts that a test may break."""

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
from tests.run.tools import Checkout, free_port

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
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A copy that was started and stopped again, so that its servers and tables are made."""
    with copied(BASE_DIR, tmp_path_factory.mktemp("once"), ignore=NOT_COPIED) as found:
        supervisor = found.start()
        found.until_up(supervisor)
        supervisor.send_signal(signal.SIGINT)
        supervisor.communicate(timeout=180)
        yield found


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
