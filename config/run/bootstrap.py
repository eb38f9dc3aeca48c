"""Makes `.venv` and installs one lock in it: `python3 -I config/run/bootstrap.py run|dev|tools`.

Needs nothing but the standard library, and an old Python must be able to read it far enough to
say what is missing. The second time it compares digests and is done.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
LOG = BASE_DIR / ".local" / "logs" / "bootstrap.log"
OLDEST = (3, 11)
LATER_PYTHONS = ("python3.13", "python3.12", "python3.11")
LOCKS = {"run": "requirements-run.txt", "dev": "requirements-dev.txt"}
INCLUDED = {"dev": ("run", "dev"), "run": ("run",)}  # a lock that holds another's packages too
UV = "uv>=0.9,<1"  # makes the locks; nothing else needs it
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")
COMPILERS = ("cc", "gcc", "clang")
READ_ONLY = (
    "The folder {0} cannot be written ({1}): run make in a copy of the project that you own."
)
NETWORK = "No package index answered, so nothing could be installed; check the network and pip's"
MESSAGES = (  # (what pip said, what it means for the person at the keyboard); the first that fits
    ("No space left on device", "The disk is full; make room (about 1 GB) and run make again."),
    ("Read-only file system", "This folder is on a read-only disk; run make in a copy elsewhere."),
    ("Permission denied", "This login may not write to .venv; remove it or run as its owner."),
    ("DO NOT MATCH THE HASHES", "A fetched package is not the one that the lock names, so it was "
     "not installed; try again, and if it stays, ask whoever keeps your package index."),
    ("Temporary failure in name resolution", NETWORK + " settings, then run make again."),
    ("Failed to establish a new connection", NETWORK + " settings, then run make again."),
    ("Connection refused", NETWORK + " settings, then run make again."),
    ("ProxyError", NETWORK + " proxy, then run make again."),
    ("CERTIFICATE_VERIFY_FAILED", "The package index's certificate is not trusted here; give pip "
     "the right one (PIP_CERT) and run make again."),
    ("No matching distribution found", "A package has no version for this Python or machine; "
     "use Python 3.11, 3.12 or 3.13 on 64-bit Linux."),
)  # fmt: skip
COMPILING = ("Failed building wheel", "Failed to build", "error: command", "subprocess-exited")


class BootstrapError(Exception):
    """The environment could not be made. The message is one sentence that says what to do."""


def fitting_python() -> str:
    """A Python new enough: this one, or another on the path."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in LATER_PYTHONS:
        found = shutil.which(name)
        if found:
            return found
    have = ".".join(str(part) for part in sys.version_info[:2])
    raise BootstrapError(
        f"Python 3.11 or newer is needed and only {have} was found; install it, or name it: "
        "make PYTHON=/path/to/python3.11 run"
    )


def check_parts_of_python() -> None:
    """Debian ships Python without what makes environments; it says so in ten lines, we in one."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    raise BootstrapError(
        "This Python cannot make environments (venv and ensurepip are missing); "
        "install them as root and run make again: apt-get install python3-venv"
    )


def environment_python(folder: Path) -> Path:
    return folder / "bin" / "python"


def works(folder: Path) -> bool:
    """Whether the environment has a living Python and pip (it may come from another machine)."""
    command = [str(environment_python(folder)), "-c", "import pip, sys; sys.exit(0)"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment(folder: Path) -> None:
    if works(folder):
        return
    check_parts_of_python()
    command = [sys.executable, "-m", "venv", "--clear", str(folder)]
    if logged(command) != 0:
        raise BootstrapError(explained("could not be made"))


def clean_variables() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def logged(command: list[str]) -> int:
    """The exit code of `command`; its words are in the log."""
    with LOG.open("w") as log:
        done = subprocess.run(
            command, stdout=log, stderr=log, env=clean_variables(), cwd=BASE_DIR, check=False
        )
    return done.returncode


def explained(what: str) -> str:
    """One sentence for what pip said in many."""
    said = LOG.read_text(errors="replace")
    where = f"Its words are in {LOG.relative_to(BASE_DIR)}."
    if any(sign in said for sign in COMPILING):
        return f"{compiling_needs()} {where}"
    for sign, meaning in MESSAGES:
        if sign in said:
            return f"{meaning} {where}"
    return f"The environment .venv {what}. {where}"


def compiling_needs() -> str:
    if any(shutil.which(name) for name in COMPILERS):
        return (
            "A package had to be compiled for this machine and that failed; "
            "use Python 3.11, 3.12 or 3.13 on 64-bit Linux, where none has to be."
        )
    return (
        "A package has to be compiled for this machine and there is no C compiler; install one "
        "(apt-get install gcc python3-dev), or use Python 3.11, 3.12 or 3.13 on 64-bit Linux."
    )


def digest(lock: str) -> str:
    return hashlib.sha256((BASE_DIR / lock).read_bytes()).hexdigest()


def stamps(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / "locks.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def install(kind: str) -> None:
    """Install the lock of `kind` unless this very lock was installed last."""
    folder = BASE_DIR / ".venv"
    if stamps(folder).get(kind) == digest(LOCKS[kind]) and environment_python(folder).exists():
        return
    began = time.monotonic()
    print(f"Installing {LOCKS[kind]} in .venv (a minute or two the first time)...", flush=True)
    make_environment(folder)
    (folder / "locks.json").unlink(missing_ok=True)
    command = [str(environment_python(folder)), "-m", "pip", "install", "--no-deps"]
    if logged([*command, "--require-hashes", "-r", LOCKS[kind]]) != 0:
        raise BootstrapError(explained("could not be filled"))
    done = {name: digest(LOCKS[name]) for name in INCLUDED[kind]}
    (folder / "locks.json").write_text(json.dumps(done))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def install_tools() -> None:
    """uv in an environment of its own: it makes the locks and must not be in them."""
    folder = BASE_DIR / ".venv-tools"
    if (folder / "bin" / "uv").exists():
        return
    make_environment(folder)
    if logged([str(environment_python(folder)), "-m", "pip", "install", UV]) != 0:
        raise BootstrapError(explained("could not be filled"))


def refuse_files_for_folders() -> None:
    """Raise BootstrapError where a file has the name of a folder that is to be made."""
    for path in (BASE_DIR / ".venv", LOG.parent.parent, LOG.parent):
        if path.exists() and not path.is_dir():
            raise BootstrapError(f"{path} is not a folder; move it away and run make again.")


def main(kind: str) -> int:
    try:
        python = fitting_python()
        if python != sys.executable:
            os.execv(python, [python, "-I", __file__, kind])  # noqa: S606 (a Python we looked up)
        refuse_files_for_folders()
        LOG.parent.parent.mkdir(mode=0o700, exist_ok=True)
        LOG.parent.mkdir(mode=0o700, exist_ok=True)
        with (LOG.parent / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kind == "tools":
                install_tools()
            else:
                install(kind)
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; the next make goes on with the installation.\n")
    except OSError as error:
        sys.stderr.write(READ_ONLY.format(BASE_DIR, error.strerror) + "\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
