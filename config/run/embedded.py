"""One set of embedded servers, shared by whoever needs it and gone with the last of them.

Whoever uses a set holds a shared lock on its `in-use` file; the kernel takes it back however the
holder ends. A small process of its own (`python -m config.run.serve NAME`) runs the servers and
stops them when nobody holds that lock any more. So two test runs share one set, Ctrl-C and
`kill -9` leave nothing behind, and no process numbers need to be written down or believed.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from config.places import BASE_DIR, Places, places
from config.run import folders, postgres, processes
from config.run.errors import RunError

READY = b"ready\n"
JOIN_SECONDS = 120


class Servers:
    """A hold on a running set."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name = name
        self.places = places(name)
        self._file = file
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def superuser_dsn(self) -> str:
        return postgres.superuser_dsn(self.places)

    def are_alive(self) -> bool:
        """Whether the set still runs: its process keeps a lock as long as its servers live."""
        return is_served(self.places)

    def hold(self) -> None:
        """From now on the set's process may not stop its servers; it is started if need be."""
        wait_for_lock(self._file, fcntl.LOCK_SH)
        with lock_file(self.places, "starting") as starting:
            wait_for_lock(starting, fcntl.LOCK_EX)
            if not is_served(self.places):
                self._child = launch(self.name)

    def release(self) -> None:
        """Let go. Returns when the servers have stopped, or at once if somebody else uses them."""
        self._file.close()
        processes.wait_for(
            lambda: not is_served(self.places) or is_used(self.places),
            seconds=postgres.STOP_SECONDS * 2,
        )
        self._part_from_child()

    def _part_from_child(self) -> None:
        if self._child is None:
            return
        if is_used(self.places):
            self._child.returncode = 0  # it serves others, and ends with the last of them
        else:
            self._child.wait(postgres.STOP_SECONDS)


@contextmanager
def in_use(name: str) -> Iterator[Servers]:
    """The set `name`, started if it is not running, for as long as the block lasts.

    Raises: RunError with what to do when it cannot start.
    """
    servers = use(name)
    try:
        yield servers
    finally:
        servers.release()


def use(name: str) -> Servers:
    """As `in_use`; the caller calls `release()`, or ends."""
    found = places(name)
    folders.prepare(found, server_uid=postgres.server_uid())
    servers = Servers(name, lock_file(found, "in-use"))
    try:
        servers.hold()
    except BaseException:
        servers.release()
        raise
    return servers


def launch(name: str) -> subprocess.Popen[bytes]:
    """Start the set's own process and wait for its word."""
    found = places(name)
    command = [sys.executable, "-m", "config.run.serve", name]
    with processes.open_log(found.data / "servers.log") as log:
        child = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert child.stdout is not None  # noqa: S101 (we asked for a pipe)
    with child.stdout as words:
        said = words.readline()
        if said == READY:
            return child
        rest = (said + words.read()).decode(errors="replace").strip()
    child.wait()
    raise RunError(rest or f"The embedded servers did not start; see {found.data}/servers.log")


def lock_file(found: Places, name: str) -> IO[bytes]:
    path = found.data / f"{name}.lock"
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except OSError as error:
        raise folders.unwritable(found.data, error) from None


def wait_for_lock(file: IO[bytes], kind: int) -> None:
    if not processes.wait_for(lambda: try_lock(file, kind), seconds=JOIN_SECONDS):
        raise RunError(f"The embedded servers have been stopping for too long; see {file.name}.")


def try_lock(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_served(found: Places) -> bool:
    """Asked with a shared lock, so that two who ask at once do not take each other for it."""
    with lock_file(found, "serving") as file:
        return not try_lock(file, fcntl.LOCK_SH)


def is_used(found: Places) -> bool:
    """Whether others share the set. Its process holds the lock alone once it is stopping."""
    with lock_file(found, "in-use") as file:
        return try_lock(file, fcntl.LOCK_SH) and not try_lock(file, fcntl.LOCK_EX)
