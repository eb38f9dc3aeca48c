"""`python -m benchmarks.profiles_intake [PEOPLE]`: importing profiles of 20 attributes a person.

The import command's own runner on NDJSON files, on a fresh database that commits with fsync:
people who are new, the same file once more (nothing is news), and all values changed. The importer
has one core to itself, the database the other.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import counts
from benchmarks.cores import CORES, on_core, pin_database
from benchmarks.log.house import fresh
from config.places import BASE_DIR

NAME = "bench-profiles-intake"
GOAL = 5_000
RESULTS = Path(__file__).parent / "results"


def main(people: int = 50_000) -> int:
    """Print the figures and keep them; 1 where the goal is missed."""
    os.environ["SAMMATI_EMBEDDED"] = NAME
    with fresh(NAME):
        pin_database(NAME)
        with on_core(CORES.server):
            command = [sys.executable, "-m", "benchmarks.profiles_intake_house", str(people)]
            done = subprocess.run(command, cwd=BASE_DIR, stdout=subprocess.PIPE, check=True)
        durability = counts.durability(NAME)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for name, one in found.items():
        reached = "reached    " if one["rate"] >= GOAL else "NOT REACHED"
        print(
            f"{reached} {GOAL:,} people a second, {name}: {one['rate']:,.0f} "
            f"({one['per_cpu_second']:,.0f} a second of the importer's processor, "
            f"{one['per_database_second']:,.0f} of the database's)"
        )
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"profiles-intake-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"durability": durability, "goal": GOAL, **found}, indent=1))
    return int(any(one["rate"] < GOAL for one in found.values()))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
