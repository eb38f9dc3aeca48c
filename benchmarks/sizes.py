"""`python -m benchmarks.sizes`: what a check takes among many people, beside one among few.

`FEW=` (ten thousand) and `SUBJECTS=` (ten million unless said otherwise) people, each in a set of
servers of its own; measured in turn, so that both feel the same minute. `ROUNDS=`, `SECONDS=`.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks import wal
from benchmarks.cores import CORES, pin_database
from benchmarks.report import Ratio
from benchmarks.rounds import SINGLES, Bench, Measure, Taken
from benchmarks.running import prepared, server
from config import env
from config.run import embedded

MOST = 1.2
FEW_SET, MANY_SET = "bench-few", "bench"
MEASURES = SINGLES[:2]
Pair = tuple[Taken, Taken]


def main() -> int:
    few, many = (
        env.integer("FEW", default=10_000), env.integer("SUBJECTS", default=10_000_000),
    )  # fmt: skip
    os.sched_setaffinity(0, {CORES.load})
    with ExitStack() as stack:
        benches = [
            stack.enter_context(_bench(name, people))
            for name, people in ((FEW_SET, few), (MANY_SET, many))
        ]
        _warm_up(benches)
        rounds = [_round(benches, number) for number in range(env.integer("ROUNDS", default=5))]
    reached = [_told(measure, [one[place] for one in rounds], few, many)
               for place, measure in enumerate(MEASURES)]  # fmt: skip
    return 0 if all(reached) else 1


def ratio(pairs: Sequence[Pair]) -> Ratio:
    """The median time among many over the one among few, round by round."""
    return Ratio(tuple(many.p50 / few.p50 for few, many in pairs))


@contextmanager
def _bench(name: str, people: int) -> Iterator[Bench]:
    with embedded.in_use(name):
        wal.lived_in(name)
        print(f"Filling {name} with {people} people, or copying it...", flush=True)
        world = prepared(name, people)
        pin_database(name)
        with server(name) as running:
            yield Bench(name, world, running, None, float(env.integer("SECONDS", default=6)))


def _warm_up(benches: Sequence[Bench]) -> None:
    """Compile and connect: the first seconds of a server are not its time."""
    for bench in benches:
        for measure in MEASURES:
            bench.take(measure)


def _round(benches: Sequence[Bench], number: int) -> list[Pair]:
    """Whoever comes first in one round comes second in the next."""
    found = []
    for measure in MEASURES:
        taken = {one.name: one.take(measure) for one in benches[:: -1 if number % 2 else 1]}
        pair = taken[FEW_SET], taken[MANY_SET]
        found.append(pair)
        print(f"round {number + 1}, {measure.name}: p50 {pair[0].p50:.2f} and {pair[1].p50:.2f} ms,"
              f" {pair[0].rate:,.0f} and {pair[1].rate:,.0f} a second", flush=True)  # fmt: skip
    return found


def _told(measure: Measure, pairs: Sequence[Pair], few: int, many: int) -> bool:
    found = ratio(pairs)
    times = [median(one.p50 for one in side) for side in zip(*pairs, strict=True)]
    print(f"{measure.name}: p50 {times[1]:.2f} ms among {many:,}, {times[0]:.2f} ms among {few:,}:"
          f" {found}; at most {MOST}")  # fmt: skip
    return found.median <= MOST


if __name__ == "__main__":
    sys.exit(main())
