"""The order of building the demo, kept in a job: a seed that was interrupted goes on.

Each step is recorded together with what it did; the import keeps its own progress.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from desk.demo import afterwards, building, erasures, outside, people, telling
from desk.demo.companies import COMPANIES, Company
from desk.demo.profiles import building as profiles
from keys.ids import SYSTEM_ID
from work import selectors as work_selectors
from work import services as work
from work.outcomes import JobView

KIND, KEY = "desk.seed_demo", "demo"
BY = building.BUILDER
Say = Callable[[str], None]


def state() -> str:
    """`empty`, `foreign` (somebody's own companies), `unfinished` or `done`."""
    job = work_selectors.state_of(kind=KIND, controller_id=SYSTEM_ID, dedupe_key=KEY)
    if job is None:
        return "foreign" if accounts.controllers().exists() else "empty"
    return "done" if job == "done" else "unfinished"


def seed(*, total: int, folder: Path, demo_file: Path, say: Say) -> None:
    """Build the demo, or go on with it where it was interrupted."""
    seeding = _Seeding.begin(total, folder, say)
    seeding.step("companies", seeding.build)
    for company in COMPANIES:
        seeding.bring(company)
    for company in COMPANIES:
        seeding.step(f"outside of {company.slug}", partial(seeding.open_doors, company))
    for company in COMPANIES:
        seeding.step(f"after {company.slug}", partial(seeding.go_on, company))
    for company in COMPANIES:
        seeding.step(f"profiles of {company.slug}", partial(seeding.profile, company))
    for company in COMPANIES:
        seeding.step(f"erasures of {company.slug}", partial(seeding.erase, company))
    say("Writing sign-ins and keys")
    with transaction.atomic():
        work.complete(seeding.job, cursor=seeding.cursor)
        telling.write(
            demo_file, by=BY, ids=seeding.cursor["ids"], erasures=seeding.cursor["erasures"]
        )


@transaction.atomic
def tell_again(demo_file: Path) -> None:
    """New passwords and keys for a demo that is built already."""
    job = work_selectors.cursor_of(kind=KIND, controller_id=SYSTEM_ID, dedupe_key=KEY)
    telling.write(demo_file, by=BY, ids=job["ids"], erasures=job.get("erasures", {}))


@dataclass(slots=True)
class _Seeding:
    job: JobView
    cursor: dict[str, Any]
    folder: Path
    say: Say

    @classmethod
    def begin(cls, total: int, folder: Path, say: Say) -> "_Seeding":
        job = work.take_over(
            kind=KIND, controller_id=SYSTEM_ID, dedupe_key=KEY, total=11, resume=True,
            worker=work.worker_name("seed"),
        )  # fmt: skip
        first = {"total": total, "today": timezone.now().date().isoformat(), "done": [], "ids": {}}
        return cls(job, job.cursor or first, folder, say)

    @property
    def today(self) -> date:
        """The day of the first attempt: on another day the same people would have other dates."""
        return date.fromisoformat(self.cursor["today"])

    def people_of(self, company: Company) -> int:
        return int(self.cursor["total"]) * company.share // 100

    @transaction.atomic
    def step(self, name: str, act: Callable[[], None]) -> None:
        if name not in self.cursor["done"]:
            act()
            self._note(name)

    def bring(self, company: Company) -> None:
        """The import commits batch by batch, so its step is noted behind it."""
        name = f"people of {company.slug}"
        if name in self.cursor["done"]:
            return
        total = self.people_of(company)
        self.say(f"{company.name}: {total:,} people")
        path = self.folder / f"{company.slug}.csv"
        people.write(company, total, self.today, path)
        call_command("import_consents", str(path), controller=company.slug, resume=True)
        with transaction.atomic():
            self._note(name)

    def build(self) -> None:
        self.say("Two companies, their officers, services, purposes and notices")
        building.build(self.today)

    def open_doors(self, company: Company) -> None:
        staff = building.staff_of(company)
        scene = outside.Scene(
            company, building.controller_id(company), staff.author, staff.approver
        )
        outside.build(scene, self.people_of(company))

    def go_on(self, company: Company) -> None:
        ids = afterwards.go_on(
            by=building.officer(), company=company, controller_id=building.controller_id(company),
            total=self.people_of(company),
        )  # fmt: skip
        self.cursor["ids"][company.slug] = [str(one) for one in ids]

    def profile(self, company: Company) -> None:
        self.say(f"{company.name}: profiles, and who sees what of them")
        staff = building.staff_of(company)
        profiles.build(
            company=company, controller_id=building.controller_id(company), author=staff.author,
            approver=staff.approver, total=self.people_of(company), today=self.today,
        )  # fmt: skip

    def erase(self, company: Company) -> None:
        self.say(f"{company.name}: requests, erasures, and what may not go")
        staff = building.staff_of(company)
        scene = erasures.Scene(
            company, building.controller_id(company), staff.author, staff.approver, self.today
        )
        told = erasures.build(scene, self.people_of(company))
        self.cursor.setdefault("erasures", {})[company.slug] = told

    def _note(self, name: str) -> None:
        self.cursor["done"].append(name)
        work.advance(self.job, cursor=self.cursor, done=len(self.cursor["done"]))
