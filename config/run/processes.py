"""Children that never outlive their parent, whatever happens to it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def wish_for(number: signal.Signals) -> None:
    """Ask the kernel to send us `number` when our parent dies. Only Linux can."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))


def parent_name() -> str:
    try:
        return Path(f"/proc/{os.getppid()}/comm").read_text().strip()
    except OSError:
        return ""


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before it starts, so that it gets `with_signal` when we die.

    It must run after a change of login, which clears the wish: `subprocess` does it in this order.
    """
    parent = os.getpid()

    def in_child() -> None:
        wish_for(with_signal)
        if os.getppid() != parent:  # it died between our fork and our wish
            os._exit(1)

    return in_child


def start(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    errors: IO[bytes] | int = subprocess.STDOUT,
    environment: Mapping[str, str],
    folder: Path,
    account: tuple[int, int] | None = None,
    when_parent_dies: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """A child in a session of its own, as another login if `account` (uid, gid) says so."""
    uid, gid = account or (None, None)
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=dict(environment),
        cwd=folder,
        start_new_session=True,
        user=uid,
        group=gid,
        extra_groups=[] if account else None,
        preexec_fn=die_with_parent(when_parent_dies),  # noqa: PLW1509 (we start no threads)
    )


def signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the child and its own children; nothing if they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def wait_for(condition: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Whether `condition` became true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def open_log(path: Path) -> IO[bytes]:
    """The log to append to; a big one is put aside first, so two of them are the most there is."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def tail(path: Path, lines: int = 12, *, since: int = 0) -> str:
    """The last lines of a log, without what stood there before the byte `since`."""
    try:
        return "\n".join(path.read_bytes()[since:].decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
