"""The measures, taken in turn: plain insert, ours, the peer, and again, round after round."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from benchmarks import counts
from benchmarks.cores import (
    CORES,
    Calibration,
    calibrate,
    cpu_seconds,
    database_processes,
    memory_megabytes,
    on_core,
)
from benchmarks.load import Job, Result
from benchmarks.people import World
from benchmarks.running import Server, put_under_load
from config.places import BASE_DIR
from config.run.provision import OWNER

MOVED = 0.10
SEEDS = itertools.count(1)


@dataclass(frozen=True)
class Measure:
    """One line of the table. `plain` has neither connections nor items."""

    target: str
    connections: int = 1
    items: int = 1

    @property
    def name(self) -> str:
        if self.target == "plain":
            return "plain insert + commit"
        return f"{self.target} {self.connections} conn x {self.items}"

    @property
    def requests(self) -> int:
        """How many different ones are prepared; each is about `items` people."""
        return 50_000 if self.items == 1 else max(4, 50_000 // self.items)


PLAIN = Measure("plain")
SINGLES = tuple(Measure("sammati", each) for each in (1, 32, 128))
PEER_SINGLES = tuple(Measure("cerbos", each) for each in (1, 32, 128))
BATCH_100, BATCH_10000 = Measure("sammati", 8, 100), Measure("sammati", 1, 10_000)
PEER_BATCHES = tuple(Measure("cerbos", 8, items) for items in (50, 100, 500))


@dataclass(frozen=True)
class Taken:
    """What one measure of one round gave. Rates in decisions a second, times in milliseconds."""

    rate: float
    p50: float
    p99: float
    longest: float
    permits: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    load_cpu: float = 0.0
    wal_bytes: float = 0.0
    items_per_batch: float = 0.0

    @property
    def per_cpu_second(self) -> float:
        """Decisions for each second the server's process ran: steadier than the clock's rate."""
        return self.rate / max(self.server_cpu, 1e-9)


@dataclass(frozen=True)
class Round:
    """One turn through all measures, with the calibration around it."""

    taken: dict[str, Taken]
    before: Calibration
    after: Calibration

    @property
    def moved(self) -> float:
        """The larger relative change of the two calibrations."""
        pairs = zip(asdict(self.before).values(), asdict(self.after).values(), strict=True)
        return max(abs(after / before - 1) for before, after in pairs)


@dataclass(frozen=True)
class Bench:
    """What the measures are taken on. `peer` is Cerbos' port and process, if it runs."""

    name: str
    world: World
    server: Server
    peer: tuple[int, int] | None
    seconds: float

    def measures(self) -> Iterator[Measure]:
        """Ours and the peer's next to each other, so that both feel the same minute."""
        yield PLAIN
        for ours, peers in zip(SINGLES, PEER_SINGLES, strict=True):
            yield ours
            yield from [peers] if self.peer else []
        yield BATCH_100
        yield from PEER_BATCHES if self.peer else ()
        yield BATCH_10000

    def round(self) -> Round:
        before = calibrate()
        taken = {each.name: self.take(each) for each in self.measures()}
        return Round(taken, before, calibrate())

    def take(self, measure: Measure) -> Taken:
        if measure.target == "plain":
            return self._plain()
        watched = self.server.process.pid
        port = self.server.port
        if measure.target == "cerbos" and self.peer:
            port, watched = self.peer
        before, cpu = counts.counts(self.name), self._cpu(watched)
        result = put_under_load(self.job(measure, port))
        done = counts.counts(self.name).since(before)
        used = [max(0.0, now - then) for now, then in zip(self._cpu(watched), cpu, strict=True)]
        return summed_up(measure, result, done, used)

    def job(self, measure: Measure, port: int, rate: float | None = None) -> Job:
        return Job(
            world=asdict(self.world), port=port, connections=measure.connections,
            seconds=self.seconds, target=measure.target, items=measure.items,
            warm_seconds=min(1.0, self.seconds / 4), rate=rate, seed=next(SEEDS),
            requests=measure.requests,
        )  # fmt: skip

    def at_rate(self, rate: float) -> Result:
        """Open loop: the times of answers to requests that come whether or not we keep up."""
        return put_under_load(self.job(SINGLES[-1], self.server.port, rate))

    def memory(self) -> float:
        return memory_megabytes(self.server.process.pid)

    def _cpu(self, watched: int) -> tuple[float, float]:
        return cpu_seconds([watched]), cpu_seconds(database_processes(self.name))

    def _plain(self) -> Taken:
        dsn = counts.dsn(self.name, user=OWNER)
        command = [sys.executable, "-m", "benchmarks.plain", dsn, str(self.seconds)]
        with on_core(CORES.server):
            said = subprocess.check_output(command, cwd=BASE_DIR)
        return Taken(**json.loads(said))


def summed_up(
    measure: Measure, result: Result, done: counts.Counts, used: list[float]
) -> Taken:  # fmt: skip
    items, wall = max(1, result.total * measure.items), max(result.wall_seconds, 1e-9)
    is_ours = measure.target == "sammati"
    return Taken(
        rate=result.rate * measure.items, p50=result.p50, p99=result.p99, longest=result.longest,
        permits=result.permits / items, statuses=result.statuses,
        server_cpu=used[0] / wall, database_cpu=used[1] / wall,
        load_cpu=result.cpu_seconds / wall,
        wal_bytes=done.wal_bytes / items if is_ours else 0.0,
        items_per_batch=items / max(1, done.transactions) if is_ours else 0.0,
    )  # fmt: skip
