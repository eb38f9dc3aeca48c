"""`python -m benchmarks.kill`: kills the server and the database under load, and checks the record.

Every answer a client saw must have its entry, with the same decision. And while the database does
not answer, no caller may wait longer than the bounded time before it is refused (P1, P4). Exits
with 1 where either fails.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks import counts
from benchmarks.cores import FOLDER, database_processes, pin_database
from benchmarks.load import Job, Result
from benchmarks.people import World, requests
from benchmarks.running import Server, finished, prepared, server, start_load, status_of
from config import env
from config.run import embedded, processes
from config.run.embedded import Servers

CONNECTIONS = 32
RESTART_SECONDS = START_SECONDS = 60
GRACE_SECONDS = 1.0
FROZEN_SECONDS = 6.0
BOUND_SECONDS = env.integer("SAMMATI_DECISION_TIMEOUT_SECONDS", default=3) + GRACE_SECONDS
RECORDS = """
SELECT i.id, i.outcome, p.body, p.salt
FROM unnest(%s::uuid[]) AS asked(id)
JOIN audit_entryindex i ON i.id = asked.id
JOIN audit_payload p ON p.id = asked.id
"""

PENDING = "SELECT ids, entries FROM audit_pending"
"""No keeper runs here, so every commitment still waits for its place."""

Decisions = dict[UUID, bool]


@dataclass(frozen=True)
class Record:
    """What the log holds of one decision."""

    id: UUID
    outcome: str
    body: bytes
    salt: bytes
    commitment: bytes

    def says(self, permit: bool) -> bool:
        """Whether index, payload and commitment agree with what the client was told."""
        content, outcome = json.loads(self.body), "permit" if permit else "deny"
        return (
            self.outcome == content["outcome"] == outcome
            and content["id"] == str(self.id)
            and content["data"]["decision"]["permit"] is permit
            and hashlib.sha256(self.salt + self.body).digest() == self.commitment
        )


@dataclass
class Outcome:
    """One killing: answers seen, records found to them, and what is wrong."""

    what: str
    answers: int = 0
    missing: int = 0
    different: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    longest_seconds: float = 0.0
    bound_seconds: float = 0.0
    back_after_seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        is_bounded = not self.bound_seconds or self.longest_seconds <= self.bound_seconds
        return self.answers > 0 and self.missing == self.different == 0 and is_bounded


def decided(journal: bytes) -> Decisions:
    """What the clients were told, by decision id."""
    answers = (json.loads(line) for line in journal.splitlines() if line)
    return {UUID(one["context"]["decision_id"]): one["decision"] for one in answers}


def compare(told: Decisions, records: Iterable[Record]) -> tuple[int, int]:
    """How many answers have no record, and how many a record that says something else."""
    found = {record.id: record for record in records}
    missing = sum(1 for each in told if each not in found)
    different = sum(
        1 for each, permit in told.items() if each in found and not found[each].says(permit)
    )
    return missing, different


def records(name: str, told: Decisions) -> Iterator[Record]:
    wanted = list(told)
    with psycopg.connect(counts.dsn(name)) as connection:
        handed_on = commitments(connection)
        for start in range(0, len(wanted), 5000):
            for row in connection.execute(RECORDS, [wanted[start : start + 5000]]):
                yield Record(*row, handed_on.get(row[0], b""))


def commitments(connection: psycopg.Connection) -> dict[UUID, bytes]:
    """What the sequencer was handed, by entry."""
    return {
        UUID(bytes=ids[16 * n : 16 * (n + 1)]): entries[32 * n : 32 * (n + 1)]
        for ids, entries in connection.execute(PENDING)
        for n in range(len(ids) // 16)
    }


@dataclass
class Arena:
    """A set of servers of which anything may be killed."""

    servers: Servers
    world: World

    @property
    def name(self) -> str:
        return self.servers.name

    def kill_database(self) -> None:
        """`kill -9` of the postmaster, the way a machine ends: nobody is told."""
        pid_file = self.servers.places.postgres / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)

    def restart_database(self) -> None:
        """The set's own process has seen it and ended; a new one recovers the data."""
        if not processes.wait_for(lambda: not self.servers.are_alive(), seconds=RESTART_SECONDS):
            raise RuntimeError("The servers did not stop after the database was killed.")
        self.servers.hold()
        pin_database(self.name)

    def job(self, port: int, seconds: float, seed: int) -> Job:
        return Job(
            world=asdict(self.world), port=port, connections=CONNECTIONS, seconds=seconds,
            seed=seed, requests=20_000, journal=str(self.journal),
        )  # fmt: skip

    @property
    def journal(self) -> Path:
        return FOLDER / f"journal-{os.getpid()}"

    def under_load(self, job: Job, after: float) -> subprocess.Popen[bytes]:
        """The load, for so many seconds since decisions came of it.

        On a busy machine the load may need longer to start than any fixed time: what is killed
        before its first answer shows nothing.
        """
        before = counts.counts(self.name).transactions
        load = start_load(job)
        processes.wait_for(
            lambda: counts.counts(self.name).transactions > before + CONNECTIONS,
            seconds=START_SECONDS,
        )
        time.sleep(after)
        return load

    def judged(self, what: str, result: Result) -> Outcome:
        told = decided(self.journal.read_bytes())
        self.journal.unlink()
        missing, different = compare(told, records(self.name, told))
        return Outcome(
            what, len(told), missing, different, result.statuses, result.lost,
            result.longest / 1000,
        )  # fmt: skip

    def await_decision(self, running: Server) -> float:
        """Seconds until a decision is made again."""
        began = time.monotonic()
        head, body = requests(self.world, "sammati", 1, 1, seed=1)[0].split(b"\r\n\r\n", 1)
        path, key = head.split(b" ")[1].decode(), self._key(head)
        processes.wait_for(
            lambda: status_of(running.port, "POST", path, body, key) == 200,
            seconds=RESTART_SECONDS,
        )
        return time.monotonic() - began

    def _key(self, head: bytes) -> str:
        return head.partition(b"Bearer ")[2].partition(b"\r\n")[0].decode()


def kill_server(arena: Arena, after: float, seed: int) -> Outcome:
    with server(arena.name) as running:
        load = arena.under_load(arena.job(running.port, seconds=20, seed=seed), after)
        running.kill()
        return arena.judged("server killed", finished(load))


def kill_database(arena: Arena, after: float, seed: int) -> Outcome:
    """The server lives on: it must refuse at once or in bounded time, and find the way back."""
    with server(arena.name) as running:
        load = arena.under_load(arena.job(running.port, seconds=after + 4, seed=seed), after)
        arena.kill_database()
        result = finished(load)
        arena.restart_database()
        back = arena.await_decision(running)
    outcome = arena.judged("database killed", result)
    outcome.bound_seconds, outcome.back_after_seconds = BOUND_SECONDS, back
    return outcome


def kill_both(arena: Arena, after: float, seed: int) -> Outcome:
    with server(arena.name) as running:
        load = arena.under_load(arena.job(running.port, seconds=20, seed=seed), after)
        arena.kill_database()
        running.kill()
        result = finished(load)
        arena.restart_database()
    return arena.judged("server and database killed", result)


def freeze_database(arena: Arena, after: float, seed: int) -> Outcome:
    """A database that neither answers nor ends: the worst kind of dead."""
    with server(arena.name) as running:
        load = arena.under_load(
            arena.job(running.port, seconds=after + FROZEN_SECONDS, seed=seed), after
        )
        with frozen(arena.name):
            result = finished(load)
        back = arena.await_decision(running)
    outcome = arena.judged("database frozen", result)
    outcome.bound_seconds, outcome.back_after_seconds = BOUND_SECONDS, back
    return outcome


@contextmanager
def frozen(name: str) -> Iterator[None]:
    stopped = database_processes(name)
    try:
        for pid in stopped:
            _signal(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


FAULTS: tuple[Callable[[Arena, float, int], Outcome], ...] = (
    kill_server, kill_database, kill_both, freeze_database,
)  # fmt: skip


def run(servers: Servers, world: World, rounds: int) -> list[Outcome]:
    """Every fault, `rounds` times, each time a little later under the load."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    arena = Arena(servers, world)
    outcomes = []
    for turn in range(rounds):
        for place, fault in enumerate(FAULTS):
            outcomes.append(fault(arena, 1.5 + 0.37 * turn, 1000 * place + turn))
            print(sentence(outcomes[-1]), flush=True)
    return outcomes


def sentence(one: Outcome) -> str:
    words = (
        f"{one.what:<28}{one.answers:>8} answers seen, {one.missing} without a record, "
        f"{one.different} unlike it, {one.unanswered} requests cut off, statuses {one.statuses}"
    )
    if one.bound_seconds:
        words += (
            f"; longest wait {one.longest_seconds:.2f} s (bound {one.bound_seconds:.1f} s), "
            f"decides again after {one.back_after_seconds:.1f} s"
        )
    return words + ("" if one.is_right else "   <-- WRONG")


def main(subjects: int, rounds: int) -> int:
    name = os.environ.get("SAMMATI_EMBEDDED", "bench")
    with embedded.in_use(name) as servers:
        world = prepared(name, subjects)
        pin_database(name)
        outcomes = run(servers, world, rounds)
    return 0 if all(one.is_right for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
