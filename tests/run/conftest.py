"""Sets of servers and checkouts that a test may break."""

import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.places import BASE_DIR, places
from config.run import embedded
from tests.run.tools import Checkout, free_port

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".local", ".*_cache", "__pycache__", "node_modules", "staticfiles", "results"
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
    folder = tmp_path / "copy" / "sammati"
    shutil.copytree(BASE_DIR, folder, ignore=NOT_COPIED, symlinks=True)
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
