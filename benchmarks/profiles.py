"""`python -m benchmarks.profiles`: what it costs to read a profile, and to take profiles in.

A view has sixty attributes of three sources: documents opened under the person's own key, six data
categories decided about, the read recorded and committed with fsync. Reading and the database share
one core. The same among ten thousand people and among `SUBJECTS=` (a million unless said
otherwise; `QUICK=1`: a hundred thousand); it must not grow with them. Then the import, measured by
`benchmarks.profiles_intake`.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import counts, profiles_intake
from config import env
from config.places import BASE_DIR
from config.run import embedded

NAME = os.environ.get("SAMMATI_EMBEDDED", "bench")
FEW, MANY, QUICKLY = 10_000, 1_000_000, 100_000
ROUNDS, QUICK_ROUNDS = 400, 100
IMPORT, QUICK_IMPORT = 50_000, 20_000
GOALS = {"view_ms": 15.0, "list_ms": 250.0, "growth": 1.25}
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Print the figures and keep them; 1 where a goal is missed."""
    is_quick = env.boolean("QUICK", default=False)
    most = env.integer("SUBJECTS", default=QUICKLY if is_quick else MANY)
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    with embedded.in_use(NAME):
        found = [measured(size, rounds) for size in sorted({FEW, most})]
        durability = counts.durability(NAME)
    reached = told(found)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"profiles-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    kept = {"durability": durability, "goals": GOALS, "found": found}
    path.write_text(json.dumps(kept, indent=1))
    print(f"\nThe same as JSON: {path}")
    is_missed = profiles_intake.main(QUICK_IMPORT if is_quick else IMPORT)
    return int(not all(reached) or bool(is_missed))


def measured(subjects: int, rounds: int) -> dict[str, Any]:
    """The times of a process of its own, among so many people."""
    print(f"Filling the database with {subjects:,} people...", flush=True)
    command = [sys.executable, "-m", "benchmarks.profiles_house", str(subjects), str(rounds)]
    done = subprocess.run(
        command, cwd=BASE_DIR, stdout=subprocess.PIPE, check=True,
        env={**os.environ, "SAMMATI_EMBEDDED": NAME},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for name in ("view", "list", "api_view", "api_list"):
        times = found[name]
        print(
            f"  {name:9} p50 {times['p50_ms']:.1f} ms, p99 {times['p99_ms']:.1f} ms, "
            f"processor {times['cpu_ms']:.1f} ms ({times['times']} times)",
            flush=True,
        )
    return found


def told(found: list[dict[str, Any]]) -> list[bool]:
    """Each goal, and whether it is reached."""
    fewest, most = found[0], found[-1]
    growth = most["view"]["p50_ms"] / fewest["view"]["p50_ms"]
    lines = (
        (most["view"]["p50_ms"] < GOALS["view_ms"],
         f"a view of 60 attributes under 15 ms p50: {most['view']['p50_ms']:.1f} ms"),
        (most["list"]["p50_ms"] < GOALS["list_ms"],
         f"a list of 100 people under 250 ms: {most['list']['p50_ms']:.1f} ms"),
        (growth <= GOALS["growth"],
         f"flat from {fewest['subjects']:,} to {most['subjects']:,} people: {growth:.2f} times "
         f"(by the processor {most['view']['cpu_ms'] / fewest['view']['cpu_ms']:.2f})"),
    )  # fmt: skip
    for is_reached, line in lines:
        print(f"{'reached    ' if is_reached else 'NOT REACHED'} {line}")
    return [is_reached for is_reached, _ in lines]


if __name__ == "__main__":
    sys.exit(main())
