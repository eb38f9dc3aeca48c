"""`make bench`: all measures in turn, the faults, a table, and JSON in benchmarks/results/.

`SUBJECTS=` people (a million unless said otherwise), `QUICK=1` for a version of two minutes.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import cerbos, counts, kill, report, wal
from benchmarks.cores import CORES, pin_database
from benchmarks.people import World
from benchmarks.report import Report
from benchmarks.rounds import SINGLES, Bench
from benchmarks.running import prepared, put_under_load, server
from config import env
from config.run import embedded
from config.run.embedded import Servers

RESULTS = Path(__file__).parent / "results"
PARTS = (0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    subjects: int
    rounds: int
    seconds: float
    kills: int
    log_megabytes: int
    """Of write-ahead log: what the rounds write between two checkpoints."""

    @classmethod
    def chosen(cls) -> "Plan":
        is_quick = env.boolean("QUICK", default=False)
        subjects = env.integer("SUBJECTS", default=100_000 if is_quick else 1_000_000)
        return cls(subjects, 2, 2.0, 1, 512) if is_quick else cls(subjects, 5, 6.0, 3, 6144)


def main() -> int:
    name, plan = os.environ.get("SAMMATI_EMBEDDED", "bench"), Plan.chosen()
    os.sched_setaffinity(0, {CORES.load})
    with embedded.in_use(name) as servers:
        wal.lived_in(name, plan.log_megabytes)
        print(f"Filling the database with {plan.subjects} subjects, or copying it...", flush=True)
        world = prepared(name, plan.subjects)
        pin_database(name)
        found = measured(servers, world, plan)
    print(*report.lines(found), sep="\n")
    print(f"\nThe same as JSON, with every round: {written(found)}")
    return 0 if all(one.is_right for one in found.kills) else 1


def measured(servers: Servers, world: World, plan: Plan) -> Report:
    found = Report(plan.subjects, counts.durability(servers.name), cerbos.why_not())
    with peer_if(not found.absent) as peer, server(servers.name) as running:
        bench = Bench(servers.name, world, running, peer, plan.seconds)
        warm_up(bench)
        take_rounds(bench, found, plan)
        take_open_loop(bench, found)
        found.memory_after = bench.memory()
    written(found)  # whatever the faults below do, the rounds are kept
    found.statements_per_batch = statements_per_batch(servers.name, world)
    found.kills = kill.run(servers, world, plan.kills)
    return found


@contextmanager
def peer_if(is_here: bool) -> Iterator[tuple[int, int] | None]:
    if not is_here:
        yield None
        return
    with cerbos.peer() as found:
        yield found


def warm_up(bench: Bench) -> None:
    """Compile, connect and read the tables once: the first seconds of a server are not its rate."""
    for measure in bench.measures():
        if measure.target != "plain" and measure.connections > 1:
            bench.take(measure)


def take_rounds(bench: Bench, found: Report, plan: Plan) -> None:
    found.memory_before = bench.memory()
    size, rows = counts.audit_bytes(bench.name), counts.audit_rows(bench.name)
    for number in range(1, plan.rounds + 1):
        found.rounds.append(bench.round())
        print(report.round_line(number, found.rounds[-1]), flush=True)
    more = counts.audit_rows(bench.name) - rows
    found.table_bytes = (counts.audit_bytes(bench.name) - size) / max(1, more)


def take_open_loop(bench: Bench, found: Report) -> None:
    highest = max(median(each.rate for each in found.all(one.name)) for one in SINGLES)
    for part in PARTS:
        found.open_loop.append((part, part * highest, bench.at_rate(part * highest)))


def statements_per_batch(name: str, world: World) -> float:
    """Counted in the database's own log, on a server of its own, away from the measures."""
    counts.log_statements(name, is_on=True)
    try:
        with server(name) as running:
            bench = Bench(name, world, running, None, 1.0)
            bench.take(SINGLES[1])  # connect and compile first
            before, offset = counts.counts(name), counts.server_log(name).stat().st_size
            put_under_load(bench.job(SINGLES[1], running.port))
            done = counts.counts(name).since(before)
            return counts.statements(name, offset) / max(1, done.transactions)
    finally:
        counts.log_statements(name, is_on=False)


def written(found: Report) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(found.as_dict(), indent=1))
    return path


if __name__ == "__main__":
    sys.exit(main())
