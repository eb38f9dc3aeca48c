"""The embedded PostgreSQL: made, tuned, started, recovered and stopped. Never in production."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from config.places import Places
from config.run import binaries, processes
from config.run.errors import RunError

MEGABYTE = 1024 * 1024
START_SECONDS = 300  # recovery after a crash reads the whole log since the last checkpoint
STOP_SECONDS = 60
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
CLUSTER_OPTIONS = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
STILL_IN_USE = "pre-existing shared memory block"


def server_account() -> tuple[int, int] | None:
    """The login PostgreSQL runs as: it refuses root, so root lends it `nobody`."""
    if os.getuid() != 0:
        return None
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return found.pw_uid, found.pw_gid


def server_uid() -> int:
    account = server_account()
    return account[0] if account else os.getuid()


def superuser_dsn(found: Places, database: str = "postgres") -> str:
    """How this machine's owner reaches the set's superuser: only through the private folder."""
    return f"host={found.sockets} port=5432 user=postgres dbname={database} connect_timeout=10"


def machine_memory() -> int:
    """Bytes this process may use: the machine's memory or the container's limit."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(total, int(CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):
        return total


def machine_room(found: Places) -> int:
    """Bytes free where the set's data are."""
    return shutil.disk_usage(found.data).free


def settings(found: Places, memory: int, room: int) -> dict[str, str]:
    """Durable by default; sizes from the machine's memory and disk; nothing personal in its log."""
    buffers = min(max(memory // 8, 32 * MEGABYTE), 2048 * MEGABYTE) // MEGABYTE
    # After each checkpoint every page is logged whole once more. At ten thousand records a second
    # 2 GB are full in half a minute, and the checkpoints took a tenth of the rate of decisions.
    log = min(max(room // 4, 1024 * MEGABYTE), 8192 * MEGABYTE) // MEGABYTE
    return {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": str(found.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "max_locks_per_transaction": "256",
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{max(memory // 2 // MEGABYTE, 64)}MB",
        "maintenance_work_mem": f"{max(buffers // 4, 16)}MB",
        "work_mem": "16MB",
        "wal_compression": "on",
        "min_wal_size": f"{log // 4}MB",  # files to take again: a new one holds up who commits
        "max_wal_size": f"{log}MB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # a refused statement or its detail may hold a person's data: log neither
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
    }


class Postgres:
    """One embedded server. The caller holds the set's lock, so there is no second one."""

    def __init__(self, found: Places) -> None:
        self.places = found
        self.data = found.postgres
        self.account = server_account()
        self.log = found.data / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        for_another = self.account is not None
        self.bin = binaries.postgres_install(for_another_login=for_another) / "bin"

    def start(self) -> None:
        """Return when it answers. Makes the cluster first if there is none.

        Raises: RunError when it stops instead, with the end of its log.
        """
        if not self.data.exists():
            self._make_cluster()
        self._check_version()
        recover(self.data, self.places.sockets)
        end = time.monotonic() + 15
        while not self._launch():
            if STILL_IN_USE not in processes.tail(self.log) or time.monotonic() > end:
                raise RunError(
                    f"The embedded PostgreSQL did not start; the end of {self.log} says why:\n"
                    f"{processes.tail(self.log)}"
                )
            time.sleep(0.5)  # the last server was killed; its children are still going

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is kept."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)  # the log replays what it could not finish
            self.process.wait(STOP_SECONDS)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def _make_cluster(self) -> None:
        """In a folder beside it, renamed when whole: a killed start leaves no half of one."""
        nursery = self.data.with_name("postgres.new")
        shutil.rmtree(nursery, ignore_errors=True)
        nursery.mkdir(mode=0o700)
        nursery.chmod(0o700)
        if self.account:
            os.chown(nursery, *self.account)
        command: list[str | Path] = [self.bin / "initdb", "-D", nursery, *CLUSTER_OPTIONS]
        with processes.open_log(self.log) as log:
            child = processes.start(
                command,
                output=log,
                environment=self._environment(),
                folder=nursery,
                account=self.account,
            )
            if child.wait() != 0:
                raise RunError(
                    f"PostgreSQL could not make its data folder {self.data}:\n"
                    f"{processes.tail(self.log)}"
                )
        nursery.rename(self.data)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = self.bin.parent.name.removeprefix("pginstall") or "16"
        if made_by != ours:
            raise RunError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, this is {ours}; "
                "dump them with the old version or move the folder away to start afresh."
            )

    def _launch(self) -> bool:
        options = [f"-c{key}={value}" for key, value in self._settings().items()]
        with processes.open_log(self.log) as log:
            self.process = processes.start(
                [self.bin / "postgres", "-D", self.data, *options],
                output=log,
                environment=self._environment(),
                folder=self.data,
                account=self.account,
                when_parent_dies=signal.SIGINT,
            )
        answered = processes.wait_for(
            lambda: self._answers() or not self.is_alive(), seconds=START_SECONDS, pause=0.03
        )
        return answered and self.is_alive()

    def _settings(self) -> dict[str, str]:
        return settings(self.places, machine_memory(), machine_room(self.places))

    def _answers(self) -> bool:
        try:
            psycopg.connect(superuser_dsn(self.places)).close()
        except psycopg.OperationalError:
            return False
        return True


def recover(data: Path, sockets: Path) -> None:
    """Clear what a killed server left. A living one on the same data is asked to stop.

    PostgreSQL itself refuses to start when the number in `postmaster.pid` belongs to any living
    process of its login, and after a reboot numbers are used again.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        pid = 0
    if is_server_on(data, pid):
        stop_orphan(data, pid)
    for left in (lock, sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        left.unlink(missing_ok=True)


def is_server_on(data: Path, pid: int) -> bool:
    """Whether this very process is a server on this very folder (it works inside its data)."""
    try:
        return pid > 0 and Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


def stop_orphan(data: Path, pid: int) -> None:
    for wish, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 20)):
        try:
            os.kill(pid, wish)
        except ProcessLookupError:
            return
        if processes.wait_for(lambda: not is_server_on(data, pid), seconds=seconds):
            return
    raise RunError(f"An old PostgreSQL (process {pid}) still uses {data}; stop it: kill {pid}")
