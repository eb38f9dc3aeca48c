"""What faults cost erasures: who takes over and when, and how it goes on without a broker.

Workers are killed and stopped, the broker dies, comes back or is silent for good; a system fails
and comes back. All times are seconds, from the fault until work is recorded or taken again.
"""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import erasures_house as house
from benchmarks.erasing import systems
from config.places import Places
from config.run import processes
from config.run.valkey import Valkey
from erasure.errors_engine import SystemRestsNotError
from erasure.models import Step
from erasure.services import stepping
from registry.connectors import ConnectorRow
from registry.models import System
from work.models import Job, WorkerPulse

SLOW_SYSTEMS, SLOW_PEOPLE = 6, 400
NOWHERE = "redis+socket:///nowhere/valkey.sock"
AWAY_SECONDS, AFTER_SECONDS, EVERY_SECONDS = 4.0, 6.0, 0.25
PATIENCE = 60.0


@contextmanager
def broker() -> Iterator[Valkey]:
    """A broker of the faults' own, which may die."""
    with tempfile.TemporaryDirectory() as folder:
        found = Valkey(Places(data=Path(folder), sockets=Path(folder)))
        found.places.valkey.mkdir()
        found.start()
        try:
            yield found
        finally:
            found.stop()


def url_of(found: Valkey) -> str:
    return f"redis+socket://{found.places.valkey_socket}"


def flowing(name: str) -> UUID:
    """A company of which a few slow systems are told for as long as it takes."""
    company = house.company(name)
    for n in range(SLOW_SYSTEMS):
        house.system(company, f"slow{n}", systems.SLOW)
    house.opened(company, house.people(company, SLOW_PEOPLE), ref=name)
    return company


def resumed(kills: int) -> list[float]:
    """For each lease of a killed worker: until another worker, or the keeper, has its job."""
    found: list[float] = []
    with broker() as own, house.crew(2, broker=url_of(own)):
        company = flowing("resumed")
        while len(found) < kills:
            with house.crew(4, keeper=False, broker=url_of(own)) as [doomed]:
                house.wait(lambda: len(_held(house.children(doomed))) > 1, seconds=PATIENCE)
                held = _held(house.children(doomed))
                os.killpg(doomed, signal.SIGKILL)
                found += _taken(held)
        house.hold_back(company, list(System.objects.filter(controller_id=company)))
    return found


def _held(workers: list[int]) -> dict[UUID, int]:
    """The fences of the jobs that these processes hold."""
    jobs = Job.objects.filter(state="leased").values_list("id", "fence", "lease_owner")
    return {job: fence for job, fence, owner in jobs if int(owner.split(":")[-3]) in workers}


def _taken(held: dict[UUID, int]) -> list[float]:
    began, found = time.perf_counter(), []
    while held and time.perf_counter() - began < PATIENCE:
        now = dict(Job.objects.filter(id__in=held).values_list("id", "fence"))
        for job in [job for job, fence in held.items() if now[job] > fence]:
            found.append(round(time.perf_counter() - began, 2))
            del held[job]
        time.sleep(0.01)
    return [*found, *([PATIENCE] * len(held))]


def broker_returns(times: int) -> dict[str, float]:
    """From a case's opening until its step has ended, at most: of the cases that were opened while
    the broker was dead, and of those after it had come back."""
    away: list[float] = []
    after: list[float] = []
    with broker() as own, house.crew(2, broker=url_of(own)):
        company = house.company("returns")
        house.system(company, "table", systems.LOCAL, number=0)
        people = iter(house.people(company, 1000))
        house.wait(lambda: bool(WorkerPulse.objects.count() > 2), seconds=PATIENCE)
        for _ in range(times):
            processes.signal_group(own.process, signal.SIGKILL)  # type: ignore[arg-type]
            away += _waited(company, people, AWAY_SECONDS)
            own.start()
            after += _waited(company, people, AFTER_SECONDS)
    return {"while it was away": max(away), "after it came back": max(after)}


def _waited(company: UUID, people: Iterator[UUID], seconds: float) -> list[float]:
    """Open a case now and then for so long; how long each took."""
    ends, told = time.monotonic() + seconds, []
    while time.monotonic() < ends:
        told.append(next(people))
        house.opened(company, told[-1:], ref="returns")
        time.sleep(EVERY_SECONDS)
    house.wait(lambda: not house.unended(company), seconds=PATIENCE)
    steps = Step.objects.filter(controller_id=company, subject_id__in=told)
    rows = steps.values_list("created_at", "ended_at")
    return [round((end - begin).total_seconds(), 2) for begin, end in rows if end is not None]


def deaf(fault: str) -> float:
    """Until a worker that lives but hears nothing has done what waits; there is no keeper."""
    with broker() as own, house.crew(2, keeper=False, broker=url_of(own)) as [worker]:
        house.wait(
            lambda: WorkerPulse.objects.filter(pid__in=house.children(worker)).count() == 2,
            seconds=PATIENCE,
        )
        time.sleep(6.0)  # it is no longer young
        company = house.company(f"deaf-{fault}")
        house.system(company, "table", systems.LOCAL, number=0)
        ids = house.people(company, 10)
        number = worker if fault == "parent" or own.process is None else own.process.pid
        os.kill(number, signal.SIGSTOP)
        try:
            began = time.perf_counter()
            house.opened(company, ids, ref="deaf")
            house.wait(lambda: not house.unended(company), seconds=PATIENCE)
            return round(time.perf_counter() - began, 2)
        finally:
            os.kill(number, signal.SIGCONT)


def drained(company: UUID, system_id: UUID) -> dict[str, Any]:
    """How fast a system's backlog goes once it is well and its gate was opened."""
    waiting = Step.objects.filter(system_id=system_id, ended_at=None)
    number, began = waiting.count(), time.perf_counter()
    ConnectorRow.objects.filter(system_id=system_id).update(settings={"seconds": 0.0})
    with suppress(SystemRestsNotError):
        stepping.open_gate(by=house.BY, controller_id=company, system_id=system_id)
    house.wait(lambda: not waiting.exists(), seconds=PATIENCE * 2)
    seconds = time.perf_counter() - began
    return {"steps": number, "seconds": round(seconds, 1), "a_second": round(number / seconds)}
