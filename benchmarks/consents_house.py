"""`python -m benchmarks.consents_house fill PEOPLE` and `... bulk ROWS`, on the set's database.

`fill` prints a company's services with their keys, and its people, as JSON; `bulk` imports rows
and prints how many a second, for people who are new and for people who are there.
"""

import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

SET = os.environ.setdefault("SAMMATI_EMBEDDED", "bench-consents")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from accounts import selectors as accounts  # noqa: E402 (settings first)
from accounts import services as account_services  # noqa: E402
from audit import services as audit  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks.people import MARKETING, PERSONALISATION, PURPOSES  # noqa: E402
from benchmarks.world import content, publish, words  # noqa: E402
from consent import services as consent  # noqa: E402
from consent.importing import parallel, runner  # noqa: E402
from consent.importing.mapping import Mapping  # noqa: E402
from subjects import services as subjects  # noqa: E402

SERVICES = 8
"""One service may write 200 times a second; together they may more than we measure."""
AUTHOR, SECOND = Actor.system("benchmark-author"), Actor.system("benchmark-second")
SLUG = "in"
CHUNK = 500
FILES = (
    ("new people", MARKETING, "2026-01-01"),
    ("people there", PERSONALISATION, "2026-02-01"),
)


def fill(people: int) -> dict[str, Any]:
    """A company that asks for two purposes, its services, and people with numbers of its own."""
    audit.ensure_partitions()
    company = account_services.create_controller(
        by=AUTHOR, slug=SLUG, name="IN", country="IN", contact_name="Contact",
        contact_email="contact@people.example",
    )  # fmt: skip
    versions = [
        consent.draft_purpose(
            by=AUTHOR, controller_id=company.id, code=code, words=words(code, {"IN": "consent"})
        )
        for code in PURPOSES
    ]
    for version in versions:
        consent.approve_purpose(by=SECOND, version=version)
    notice = consent.draft_notice(
        by=AUTHOR, controller_id=company.id, code="web", pack="IN", purposes=versions,
        translations={"en": content()},
    )  # fmt: skip
    publish(notice, AUTHOR, SECOND)
    for begin in range(0, people, CHUNK):
        chunk = range(begin, min(begin + CHUNK, people))
        new = [subjects.NewSubject(identifiers=(("crm", crm(i)),), residence="IN") for i in chunk]
        subjects.create_many(by=AUTHOR, controller_id=company.id, new=new)
    return {"keys": [key(company.id, n) for n in range(SERVICES)], "people": people}


def crm(i: int) -> str:
    return f"CRM-{i:07}"


def key(controller_id: Any, number: int) -> str:
    service = account_services.create_service(
        by=AUTHOR, controller_id=controller_id, code=f"shop-{number}", name="Shop",
        purposes=list(PURPOSES),
    )  # fmt: skip
    return account_services.issue_key(by=AUTHOR, service=service)[1]


def bulk(rows: int) -> dict[str, dict[str, float]]:
    """Rows a second: a first consent of people who are new, then a second of the same people."""
    company = accounts.controller_by_slug(SLUG)
    assert company is not None
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, purpose, day in FILES:
            path = written(Path(folder) / f"{purpose}.csv", rows, purpose, day)
            order = runner.Order(
                path=path, controller_id=company.id, kind="csv", mapping=Mapping(), errors=None,
                batch=runner.BATCH, resume=False, dry_run=False,
            )  # fmt: skip
            began, used = time.perf_counter(), processor_seconds()
            counts = parallel.run(
                by=Actor.system("import"), order=order, processes=parallel.processes_for(order),
                shown_on=io.StringIO(),
            )  # fmt: skip
            took, used = time.perf_counter() - began, processor_seconds() - used
            if counts.recorded != rows:
                raise RuntimeError(f"{counts.recorded} of {rows} rows were recorded.")
            found[name] = {"rate": rows / took, "per_cpu_second": rows / used}
    return found


def processor_seconds() -> float:
    """Of this process and of those it started."""
    return sum(os.times()[:4])


def written(path: Path, rows: int, purpose: str, day: str) -> Path:
    head = "crm,residence,age_state,purpose,state,event_at,notice,notice_version,notice_language"
    lines = (
        f"BULK-{i:08},IN,adult,{purpose},given,{day}T10:00:00Z,web,1,en,checkbox,web"
        for i in range(rows)
    )
    path.write_text("\n".join([f"{head},method,channel", *lines, ""]), encoding="utf-8")
    return path


if __name__ == "__main__":
    verb = {"fill": fill, "bulk": bulk}[sys.argv[1]]
    print(json.dumps(verb(int(sys.argv[2]))))
