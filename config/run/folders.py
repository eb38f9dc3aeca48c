"""Folders of our own. A folder that was there before us is checked, never changed."""

import os
import stat
from pathlib import Path

from config.places import LOCAL_DIR, Places
from config.run.errors import RunError

SYSTEM_DIR = Path("/var/lib/sammati")
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes


def make(path: Path, *, mode: int, owner: int | None = None) -> Path:
    """Create the folder with exactly `mode`, or check that what is there is ours.

    A link, another's folder or one that others may write to is refused: whoever may replace a
    socket or a key in it could stand between us and our data.
    """
    owner = os.getuid() if owner is None else owner
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        check_ours(path, owner=owner)
        return path
    except OSError as error:
        raise unwritable(path.parent, error) from None
    path.chmod(mode)  # the umask may have taken bits away
    if owner != os.getuid():
        os.chown(path, owner, -1)
    return path


def check_ours(path: Path, *, owner: int) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise RunError(f"{path} is not a folder; move it away and start again.")
    if found.st_uid != owner:
        raise RunError(
            f"The folder {path} belongs to another login (uid {found.st_uid}, not {owner}); "
            "start as the login that made it, or move it away."
        )
    if found.st_mode & 0o022:
        raise RunError(f"Others may write to {path}; take that right away: chmod go-w {path}")


def unwritable(path: Path, error: OSError) -> RunError:
    return RunError(
        f"The folder {path} cannot be written ({error.strerror}): "
        "start from a copy that you own, or get the right to write there."
    )


def make_writable(path: Path, *, mode: int) -> Path:
    """As `make`, and prove that files can be written in it (a mount may be read-only)."""
    make(path, mode=mode)
    probe = path / f".probe-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise unwritable(path, error) from None
    return path


def local() -> Path:
    """`.local` of this checkout: logs, the mailbox, the demo's sign-ins. Closed to others."""
    return make_writable(LOCAL_DIR, mode=0o700)


def logs() -> Path:
    return make_writable(local() / "logs", mode=0o700)


def prepare(found: Places, *, server_uid: int) -> None:
    """The folders of one set of servers. `server_uid` is the login PostgreSQL runs as."""
    if os.getuid() == 0:
        make(SYSTEM_DIR, mode=0o755)
        make_writable(found.data, mode=0o755)
    else:
        local()
        make_writable(found.data, mode=0o700)
    make(found.sockets, mode=0o700, owner=server_uid)
    make(found.valkey, mode=0o700)
    longest = len(os.fsencode(found.sockets / ".s.PGSQL.5432.lock"))
    if longest > LONGEST_SOCKET_PATH:
        raise RunError(
            f"The path of the sockets is too long ({found.sockets}); "
            "set TMPDIR to a shorter folder, such as /tmp."
        )
