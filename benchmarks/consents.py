"""`python -m benchmarks.consents [SECONDS] [ROWS]`: recording consents, singly and in bulk.

Singly: through the management API as production serves it (gunicorn with threads), each answer
with its receipt, committed with fsync: line of the ledger, state, audit entry, note for those who
must hear of it. The server has one core to itself; the database and the load share the other. In
bulk: the import of a file as the command does it, with as many processes as the machine has cores,
which the database shares. Each person is asked once about each purpose: no
repetition that the suite would recognise is measured as a record.
"""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import counts
from benchmarks.cores import (
    CORES,
    calibrate,
    cpu_seconds,
    database_processes,
    on_core,
    pin_database,
)
from benchmarks.log.house import Connection, fresh
from benchmarks.people import PURPOSES
from benchmarks.running import await_answer, free_port, log
from config.places import BASE_DIR
from config.run import processes, stages

NAME = "bench-consents"
GOALS = {"api": 300, "bulk": 10_000}
CONNECTIONS = 8
WARM_SECONDS = 2.0
A_SECOND = 900
"""People made for each second of measuring: more than can be recorded in it."""
ROUNDS = 3
PARTS = ("consent_consentevent", "consent_consentstate", "consent_change")
RESULTS = Path(__file__).parent / "results"


@dataclass
class Singles:
    """What one round of single records found."""

    rate: float
    p50: float
    p99: float
    server_cpu: float
    database_cpu: float
    statuses: dict[int, int]
    recorded: int

    @property
    def per_cpu_second(self) -> float:
        return self.rate / self.server_cpu


@dataclass
class Load:
    """Connections that each send the next request when the last is answered."""

    port: int
    keys: list[str]
    requests: Iterator[bytes]
    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    recorded: int = 0
    counted_from: float = 0.0
    ends: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> None:
        self.counted_from = time.perf_counter() + WARM_SECONDS
        self.ends = self.counted_from + seconds
        threads = [threading.Thread(target=self._send, args=(n,)) for n in range(CONNECTIONS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def _send(self, number: int) -> None:
        connection = http.client.HTTPConnection(stages.HOST, self.port, timeout=30)
        keys = itertools.cycle(self.keys[number:] + self.keys[:number])
        while (began := time.perf_counter()) < self.ends:
            with self.lock:
                body = next(self.requests)
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {next(keys)}"}
            connection.request("POST", "/api/v1/consents", body, headers)
            answer = connection.getresponse()
            answer.read()
            with self.lock:
                self.recorded += answer.status == 201
            if began >= self.counted_from:
                self.taken.append(time.perf_counter() - began)
                self.statuses[answer.status] += 1


def main(seconds: float = 6.0, rows: int = 200_000) -> int:
    """Print the figures and keep them; 1 where a goal is missed."""
    os.environ["SAMMATI_EMBEDDED"] = NAME
    os.sched_setaffinity(0, {CORES.load})
    people = int((seconds + WARM_SECONDS) * A_SECOND * ROUNDS / len(PURPOSES)) + 1
    before = calibrate()
    with fresh(NAME) as database:
        print(f"Filling the database with {people:,} people...", flush=True)
        filled = house("fill", people)
        pin_database(NAME)
        rounds = singles(database, filled, seconds)
        print(f"Importing {rows:,} rows twice...", flush=True)
        with everywhere():
            pin_database(NAME, frozenset({CORES.server, CORES.load}))
            bulk = house("bulk", rows)
        durability = counts.durability(NAME)
    after = calibrate()
    print(f"SHA-256 took {before.sha256_ms:.0f} ms before and {after.sha256_ms:.0f} ms after")
    found = {
        "durability": durability,
        "calibrations": [asdict(before), asdict(after)],
        "rounds": [asdict(one) for one in rounds],
        "bulk": bulk,
    }
    return told(rounds, bulk, found)


@contextmanager
def everywhere() -> Iterator[None]:
    """We, and what we start meanwhile, run on every core there is."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORES.server, CORES.load})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def house(verb: str, number: int) -> dict[str, Any]:
    """What a process of its own did with the filled database."""
    command = [sys.executable, "-m", "benchmarks.consents_house", verb, str(number)]
    done = subprocess.run(command, cwd=BASE_DIR, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def singles(database: Connection, filled: dict[str, Any], seconds: float) -> list[Singles]:
    """Rounds on one server; each record is checked to be on the ledger with all its parts."""
    requests = bodies(filled["people"])
    with web() as (port, children):
        rounds = [
            one_round(port, children, filled["keys"], requests, seconds) for _ in range(ROUNDS)
        ]
    recorded = sum(one.recorded for one in rounds)
    for table in PARTS:
        (rows,) = database.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
        if int(str(rows)) != recorded:
            raise RuntimeError(f"{recorded} were answered, {rows} are in {table}.")
    return rounds


def one_round(
    port: int, children: list[int], keys: list[str], requests: Iterator[bytes], seconds: float
) -> Singles:
    load = Load(port, keys, requests)
    before = (cpu_seconds(children), cpu_seconds(database_processes(NAME)), time.perf_counter())
    load.run(seconds)
    wall = time.perf_counter() - before[2]
    server = (cpu_seconds(children) - before[0]) / wall
    database = (cpu_seconds(database_processes(NAME)) - before[1]) / wall
    ordered = sorted(load.taken)
    found = Singles(
        len(ordered) / seconds, ordered[len(ordered) // 2] * 1000,
        ordered[len(ordered) * 99 // 100] * 1000, server, database, dict(load.statuses),
        load.recorded,
    )  # fmt: skip
    print(
        f"  {found.rate:,.0f}/s, {found.per_cpu_second:,.0f} a second of the server's processor, "
        f"p50 {found.p50:.1f}, p99 {found.p99:.1f} ms, processor {server:.2f}, "
        f"database {database:.2f}",
        flush=True,
    )
    if set(found.statuses) != {201}:
        raise RuntimeError(f"Not every answer was a record: {found.statuses}")
    return found


def bodies(people: int) -> Iterator[bytes]:
    """A first yes of each person to each purpose, by the company's own number of them."""
    for purpose in PURPOSES:
        for i in range(people):
            yield json.dumps({
                "subject": f"CRM-{i:07}", "scheme": "crm", "purpose": purpose,
                "method": "checkbox", "channel": "web", "language": "en",
            }).encode()  # fmt: skip


@contextmanager
def web() -> Iterator[tuple[int, list[int]]]:
    """The web process of production with one worker, on the server's core."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind",
        f"{stages.HOST}:{port}", "--worker-class", "gthread", "--threads", str(CONNECTIONS),
        "--keep-alive", "75", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    with log("web") as output, on_core(CORES.server):
        child = processes.start(
            command, output=output, environment=stages.environment(port, NAME), folder=BASE_DIR
        )
    try:
        await_answer(port, "/-/live", child)
        yield port, workers(child.pid)
    finally:
        processes.signal_group(child, signal.SIGKILL)
        child.wait()


def workers(parent: int) -> list[int]:
    """The children of a process."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in listed.split()]


def told(rounds: list[Singles], bulk: dict[str, dict[str, float]], found: dict[str, Any]) -> int:
    api, slowest = median(one.rate for one in rounds), min(one["rate"] for one in bulk.values())
    reached = {"api": api >= GOALS["api"], "bulk": slowest >= GOALS["bulk"]}
    cpu = median(one.per_cpu_second for one in rounds)
    print(
        f"{verdict(reached['api'])} {GOALS['api']} a second through the API: {api:,.0f} "
        f"({cpu:,.0f} a second of the server's processor)"
    )
    for name, one in bulk.items():
        print(
            f"{verdict(one['rate'] >= GOALS['bulk'])} {GOALS['bulk']:,} a second, {name}: "
            f"{one['rate']:,.0f} ({one['per_cpu_second']:,.0f} a second of its processor)"
        )
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"consents-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps({**found, "goals": GOALS}, indent=1))
    return int(not all(reached.values()))


def verdict(is_reached: bool) -> str:
    return "reached    " if is_reached else "NOT REACHED"


if __name__ == "__main__":
    sys.exit(main(*(kind(one) for kind, one in zip((float, int), sys.argv[1:3], strict=False))))
