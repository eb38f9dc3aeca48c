"""`python -m benchmarks.profiles_intake_house PEOPLE`, on the set's empty database.

Prints how many people a second were imported, in each of the rounds, as JSON.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

SET = os.environ.setdefault("SAMMATI_EMBEDDED", "bench-profiles-intake")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from accounts import services as accounts  # noqa: E402 (settings first)
from audit import services as audit  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks.cores import cpu_seconds, database_processes  # noqa: E402
from profiles.importing import runner  # noqa: E402
from profiles.services import defining  # noqa: E402
from registry import services as registry  # noqa: E402
from registry import services_systems as systems  # noqa: E402

KINDS = ("text", "integer", "decimal", "boolean", "date", "choice", "email", "phone")
ATTRIBUTES = [(f"attribute_{n:02}", KINDS[n % len(KINDS)]) for n in range(20)]
ROUNDS = (("new people", 0, "2026-01-01"), ("the same again", 0, "2026-01-01"),
          ("all values changed", 1, "2026-02-01"))  # fmt: skip


def house(people: int) -> dict[str, dict[str, float]]:
    """What a process of its own did with the empty database."""
    controller_id, found = company(), {}
    with tempfile.TemporaryDirectory() as folder:
        for name, salt, day in ROUNDS:
            path = written(Path(folder) / f"{salt}.ndjson", people, salt, day)
            order = runner.Order(path=path, controller_id=controller_id, source="crm")
            databases = database_processes(SET)
            before = (time.perf_counter(), time.process_time(), cpu_seconds(databases))
            counted = runner.run(by=Actor.system("import"), order=order)
            after = (time.perf_counter(), time.process_time(), cpu_seconds(databases))
            if counted.failed or counted.rows != people:
                raise RuntimeError(f"Not every row was taken in: {counted}")
            wall, cpu, database = (b - a for a, b in zip(before, after, strict=True))
            found[name] = {
                "rate": people / wall, "per_cpu_second": people / cpu,
                "per_database_second": people / max(database, 0.01),
            }  # fmt: skip
    return found


def company() -> Any:
    audit.ensure_partitions()
    by = Actor.system("benchmark")
    made = accounts.create_controller(
        by=by, slug="in", name="IN", country="IN", contact_name="Contact",
        contact_email="contact@people.example",
    )  # fmt: skip
    registry.record_category(by=by, controller_id=made.id, code="pd:Profile", name="Profile")
    new = systems.NewSystem(code="crm", name="CRM", kind="pushed")
    systems.record_system(by=by, controller_id=made.id, new=new)
    for code, kind in ATTRIBUTES:
        choices = ("gold", "silver", "bronze") if kind == "choice" else ()
        terms = defining.Terms(
            title=code, category="pd:Profile", choices=choices, retention_days=3650
        )
        defining.define_attribute(by=by, controller_id=made.id, code=code, kind=kind, terms=terms)
    return made.id


def written(path: Path, people: int, salt: int, day: str) -> Path:
    if not path.exists():
        with path.open("w", encoding="utf-8") as file:
            for i in range(people):
                row = {"id.crm": f"CRM-{i:08}", "observed_at": f"{day}T10:00:00Z"}
                row |= {code: value(kind, i + n, salt) for n, (code, kind) in enumerate(ATTRIBUTES)}
                file.write(json.dumps(row) + "\n")
    return path


def value(kind: str, i: int, salt: int) -> Any:
    return {
        "text": f"Some words of person {i + salt}",
        "integer": i * 7 + salt,
        "decimal": f"{i % 9973 + salt}.25",
        "boolean": bool((i + salt) % 2),
        "date": f"19{60 + i % 40}-{1 + i % 12:02}-{1 + (i + salt) % 28:02}",
        "choice": ("gold", "silver", "bronze")[(i + salt) % 3],
        "email": f"person{i + salt}@people.example",
        "phone": f"+9198{i % 10**6:06}{salt:02}",
    }[kind]


if __name__ == "__main__":
    print(json.dumps(house(int(sys.argv[1]))))
