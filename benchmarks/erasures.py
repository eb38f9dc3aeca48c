"""`python -m benchmarks.erasures`: how fast people are erased, and what a hanging system costs.

`PEOPLE=` (10,000) and a tenth of them in six real systems, `LOCAL=` (1,000) people in twenty
systems of our own tables beside one plain Celery task an effect, with a broker and without one,
`ROUNDS=` (2), `KILLS=` (20) leases of killed workers, `FIDES=` and `FIDES_POSTGRES=` for the peer.
Prints a table; exits with 1 where a goal was missed. Everything runs on this one machine, the
systems included.
"""

import os
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

import django

SET = os.environ.setdefault("SAMMATI_EMBEDDED", "bench-erasures")
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.erasing.settings"
django.setup()

from django.db import connection  # noqa: E402 (settings first)

from benchmarks import erasures_faults as faults  # noqa: E402
from benchmarks import erasures_fides as fides  # noqa: E402
from benchmarks import erasures_house as house  # noqa: E402
from benchmarks import erasures_six as six  # noqa: E402
from benchmarks.erasing import systems  # noqa: E402
from benchmarks.erasing.tasks import erase  # noqa: E402
from benchmarks.log.house import fresh  # noqa: E402
from config import env  # noqa: E402
from erasure.models import Mark, Step  # noqa: E402

LOCAL_SYSTEMS, PEER_TASKS = 20, 4000
EFFECTS_GOAL, PEER_GOAL, SIX_GOAL_SECONDS, OTHERS_GOAL = 5000, 5.0, 60.0, 0.9
ALONE_GOAL, RESUME_GOAL_SECONDS, CURE_GOAL_SECONDS, GROWTH_GOAL = 0.5, 5.0, 10.0, 1.5
PATIENCE = 240.0


@dataclass
class Found:
    """What was measured; rates are of each round."""

    local_steps: list[float] = field(default_factory=list)
    local_marks: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    beside_hanging: list[float] = field(default_factory=list)
    without_broker: list[float] = field(default_factory=list)
    drained: list[dict[str, float]] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)
    broker: dict[str, float] = field(default_factory=dict)
    cured: dict[str, float] = field(default_factory=dict)
    few: dict[str, float] = field(default_factory=dict)
    six: dict[str, float] = field(default_factory=dict)
    fides: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rates:
    """A second; `company` and the system that hung, for what is looked at afterwards."""

    steps: float
    marks: float
    company: UUID
    hung: UUID | None


def local(name: str, number: int, *, hangs: bool = False) -> Rates:
    """Steps and recorded effects a second, from the moment when all are due until all have ended;
    beside a system that hangs and one that fails, those of the others."""
    company = house.company(name)
    made = [house.system(company, f"t{n}", systems.LOCAL, number=n) for n in range(LOCAL_SYSTEMS)]
    kinds = (systems.HANGING, systems.FAILING) if hangs else ()
    stuck = [house.system(company, kind, kind) for kind in kinds]
    ids = house.people(company, number)
    for n in range(LOCAL_SYSTEMS):
        house.fill(n, ids)
    house.hold_back(company, [*made, *stuck])
    house.opened(company, ids, ref=name)
    time.sleep(2.0)  # the lanes that were begun find that they may not
    began = time.perf_counter()
    house.let_go(company)
    besides = [one.id for one in stuck]
    house.wait(lambda: not house.unended(company, besides), seconds=PATIENCE)
    seconds = time.perf_counter() - began
    marks = Mark.objects.filter(controller_id=company).exclude(step__system__in=stuck).count()
    rows = Step.objects.filter(controller_id=company).exclude(ended_at=None)
    return Rates(rows.count() / seconds, marks / seconds, company, (besides or [None])[0])


def peer(name: str, number: int) -> float:
    """Effects a second by a task each, publishing included."""
    company = house.company(name)
    ids = house.people(company, number // LOCAL_SYSTEMS)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_peer")
        for n in range(LOCAL_SYSTEMS):
            house.fill(n, ids)
            cursor.execute(
                "INSERT INTO bench_peer SELECT %s + row_number() OVER (), %s, p FROM"
                " unnest(%s::uuid[]) AS p", [n * len(ids), n, ids],
            )  # fmt: skip
    began = time.perf_counter()
    with erase.app.producer_pool.acquire() as producer:
        for n in range(1, number + 1):
            erase.apply_async([n], queue="peer", producer=producer)
    house.wait(lambda: not _planned(), seconds=PATIENCE)
    return number / (time.perf_counter() - began)


def _planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_peer WHERE state = 'planned'")
        return int(cursor.fetchone()[0])


def report(found: Found) -> bool:
    for name, values in vars(found).items():
        print(f"{name:<16}", values)
    for is_reached, words in judged(found):
        print("reached    " if is_reached else "NOT REACHED", words)
    return all(is_reached for is_reached, _ in judged(found))


def judged(found: Found) -> list[tuple[bool, str]]:
    ours, effects, theirs, beside, alone = map(median, (
        found.local_steps, found.local_marks, found.peer, found.beside_hanging,
        found.without_broker,
    ))  # fmt: skip
    later, cure = max(found.broker.values()), max(found.cured.values())
    held = [
        (effects >= EFFECTS_GOAL, f"{effects:,.0f} recorded effects a second with local systems"),
        (ours >= PEER_GOAL * theirs, f"{ours / theirs:.1f} times a plain Celery task an effect"),
        (beside >= OTHERS_GOAL * ours, f"{beside / ours:.0%} of their rate beside a system that"
         " hangs and one that fails"),
        (alone >= ALONE_GOAL * ours, f"{alone / ours:.0%} of the rate without any broker"),
        (max(found.resumed) <= RESUME_GOAL_SECONDS, f"leases of killed workers were taken over in"
         f" {max(found.resumed)} s at most, {median(found.resumed)} s as a rule"),
        (later <= RESUME_GOAL_SECONDS, f"a case waited {later} s at most around the broker's death"
         " and return"),
        (cure <= CURE_GOAL_SECONDS, f"idle workers that hear nothing were cured in {cure} s"),
    ]  # fmt: skip
    return held + (judged_six(found) if found.six else [])


def judged_six(found: Found) -> list[tuple[bool, str]]:
    growth = found.six["peak_megabytes"] / found.few["peak_megabytes"]
    return [
        (found.six["seconds"] <= SIX_GOAL_SECONDS,
         f"{found.six['people']:,.0f} people in six systems: {found.six}"),
        (growth <= GROWTH_GOAL, f"{growth:.2f} times the memory of {found.few['people']:,.0f}"),
    ]  # fmt: skip


def main() -> int:
    number, rounds = env.integer("LOCAL", default=1000), env.integer("ROUNDS", default=2)
    found, people = Found(), env.integer("PEOPLE", default=10_000)
    with fresh(SET) as superuser:
        superuser.execute(systems.TABLES)
        superuser.execute("GRANT ALL ON bench_person, bench_peer TO sammati_app")
        for turn in range(rounds):
            say(f"round {turn + 1} of {rounds}: {number:,} people in {LOCAL_SYSTEMS} local systems")
            one_round(found, turn, number)
        say("workers are killed, the broker is stopped, workers are made deaf")
        found.resumed = faults.resumed(env.integer("KILLS", default=20))
        found.broker = faults.broker_returns(2)
        found.cured = {one: faults.deaf(one) for one in ("parent", "broker")}
        if people:
            say(f"{people // 10:,} and {people:,} people in six real systems")
            found.few = six.measured(max(1, people // 10), superuser)
            found.six = six.measured(people, superuser)
        say("the peer, where it is there")
        found.fides = fides.measured(superuser)
    return 0 if report(found) else 1


def say(what: str) -> None:
    """What is measured now: all of it takes a quarter of an hour."""
    print(f"{time.strftime('%H:%M:%S')} {what}...", flush=True)


def one_round(found: Found, turn: int, number: int) -> None:
    with house.crew():
        rates = local(f"local{turn}", number)
        found.local_steps.append(rates.steps)
        found.local_marks.append(rates.marks)
        beside = local(f"hang{turn}", number, hangs=True)
        found.beside_hanging.append(beside.steps)
        if beside.hung is not None:
            found.drained.append(faults.drained(beside.company, beside.hung))
    with house.crew(broker=faults.NOWHERE):
        found.without_broker.append(local(f"alone{turn}", number).steps)
    with house.crew(2, "-Q", "peer", "--prefetch-multiplier", "64", keeper=False):
        found.peer.append(peer(f"peer{turn}", PEER_TASKS))


if __name__ == "__main__":
    sys.exit(main())
