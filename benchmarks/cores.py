"""Which core does what, what processes used of it, and whether the machine held still."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.places import LOCAL_DIR, places
from config.run import postgres

FOLDER = LOCAL_DIR / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
HASHED = b"x" * (1 << 20)


@dataclass(frozen=True)
class Cores:
    """The server's core; the core of the database and the load (the same if there is one)."""

    server: int
    load: int

    @classmethod
    def chosen(cls) -> "Cores":
        allowed = sorted(os.sched_getaffinity(0))
        return cls(allowed[0], allowed[min(1, len(allowed) - 1)])


CORES = Cores.chosen()


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """We, and what we start meanwhile, run on this core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def database_processes(name: str) -> list[int]:
    """The processes of one set's PostgreSQL: they work inside its data folder."""
    data = places(name).postgres
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in numbers if postgres.is_server_on(data, pid)]


def pin_database(name: str, cores: frozenset[int] = frozenset({CORES.load})) -> None:
    for pid in database_processes(name):
        try:
            os.sched_setaffinity(pid, cores)
        except ProcessLookupError:
            continue


def cpu_seconds(pids: list[int]) -> float:
    """What these processes have used so far, user and system."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_megabytes(pid: int) -> float:
    """Resident now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@dataclass(frozen=True)
class Calibration:
    """Fixed work on the server's core. When it takes longer, the machine was disturbed."""

    sha256_ms: float
    fdatasync_ms: float


def calibrate() -> Calibration:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with on_core(CORES.server):
        return Calibration(_sha256_ms(), _fdatasync_ms())


def _sha256_ms() -> float:
    began = time.perf_counter()
    for _ in range(100):
        hashlib.sha256(HASHED).digest()
    return (time.perf_counter() - began) * 1000


def _fdatasync_ms() -> float:
    """The median of fifty."""
    path, taken = FOLDER / "calibration", []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(HASHED[:4096])
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    path.unlink()
    return sorted(taken)[25]
