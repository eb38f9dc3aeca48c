"""What the benchmark of erasures is about: a company, its people and systems, and its workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from accounts import services as accounts
from audit.actors import Actor
from config.places import BASE_DIR
from config.run import processes
from erasure import services as erasure
from erasure.models import Case, Gate, Step
from registry.connectors import ConnectorRow
from registry.models import System
from subjects import services as subjects
from work.models import Job

BY = Actor.system("benchmark")
CHUNK = 1000
FAR = "2100-01-01T00:00Z"


def company(slug: str) -> UUID:
    made = accounts.create_controller(
        by=BY, slug=slug, name=slug.title(), country="IN", contact_name="Nobody",
        contact_email=f"nobody@{slug}.example",
    )  # fmt: skip
    return UUID(str(made.id))


def people(controller_id: UUID, number: int) -> list[UUID]:
    """So many adults in India, known by e-mail address and by their number in the CRM."""
    made: list[UUID] = []
    for start in range(0, number, CHUNK):
        new = [
            subjects.NewSubject(
                identifiers=(("email", f"p{n}@people.example"), ("crm", f"p{n}")), residence="IN",
                age_state="adult", age_assurance="declared",
            )
            for n in range(start, min(start + CHUNK, number))
        ]  # fmt: skip
        made += [
            one.id for one in subjects.create_many(by=BY, controller_id=controller_id, new=new)
        ]
    return made


def system(controller_id: UUID, code: str, kind: str, secret: str = "", **settings: Any) -> System:
    """A system and the way into it, entered as an officer would."""
    from registry import services_connectors as ways  # noqa: PLC0415
    from registry import services_systems as systems  # noqa: PLC0415

    new = systems.NewSystem(code=code, name=code.title(), kind="silent")
    made = systems.record_system(by=BY, controller_id=controller_id, new=new)
    row: ConnectorRow = ways.record_connector(
        by=BY, controller_id=controller_id, system_id=made.id, kind=kind, settings=settings,
        secret=secret,
    )  # fmt: skip
    if kind in {"postgresql", "mysql"}:
        ways.accept_shape(by=BY, connector=row)
    return made


def opened(controller_id: UUID, ids: Sequence[UUID], *, ref: str) -> float:
    """Open a case for each person; returns the seconds it took."""
    began = time.perf_counter()
    for start in range(0, len(ids), CHUNK):
        new = [
            erasure.NewCase(subject_id=one, trigger="request", trigger_ref=ref)
            for one in ids[start : start + CHUNK]
        ]
        erasure.open_cases(by=BY, controller_id=controller_id, new=new)
    return time.perf_counter() - began


def hold_back(controller_id: UUID, systems: Sequence[System]) -> None:
    """Nothing is driven before `let_go`."""
    Gate.objects.bulk_create(
        [Gate(system=one, controller_id=controller_id, rests_until_at=FAR) for one in systems],
        update_conflicts=True, unique_fields=["system"], update_fields=["rests_until_at"],
    )  # fmt: skip


def let_go(controller_id: UUID) -> None:
    Gate.objects.filter(controller_id=controller_id).update(rests_until_at=None)


def unended(controller_id: UUID, besides: Sequence[UUID] = ()) -> int:
    """Steps; `besides` those of some systems, and then of the suite's own, which waits for all."""
    rows = Step.objects.filter(controller_id=controller_id, ended_at=None)
    if besides:
        rows = rows.exclude(system_id__in=besides).exclude(system__kind="own")
    return rows.count()


def unclosed(controller_id: UUID) -> int:
    return Case.objects.filter(controller_id=controller_id).exclude(state="closed").count()


def wait(condition: Callable[[], bool], *, seconds: float) -> float:
    """The seconds until it holds. Raises RuntimeError where it does not in time.

    Asking takes a tenth of the time at most: it runs on the same two cores as what is measured.
    """
    began = time.perf_counter()
    while True:
        asked = time.perf_counter()
        if condition():
            break
        if time.perf_counter() - began > seconds:
            dead = list(Job.objects.filter(state="dead").values_list("kind", "last_error_code"))
            raise RuntimeError(f"It was not done in time. Jobs given up: {dead[:5]}")
        time.sleep(max(0.05, 9 * (time.perf_counter() - asked)))
    return time.perf_counter() - began


@contextmanager
def crew(
    workers: int = 3, *options: str, keeper: bool = True, broker: str = ""
) -> Iterator[list[int]]:
    """Celery workers and a keeper, as they run in production; killed with the block."""
    worker = ["-m", "celery", "-A", "config", "worker", "--concurrency", str(workers)]
    worker += ["--loglevel", "ERROR", "--without-gossip", "--without-mingle", *options]
    commands = [worker] + ([["manage.py", "keeper"]] if keeper else [])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.erasing.settings"}
    environment |= {"REDIS_URL": broker} if broker else {}
    folder = BASE_DIR / ".local"
    with (folder / "erasures.log").open("ab") as log:
        children = [
            subprocess.Popen(
                [sys.executable, *command], env=environment, cwd=BASE_DIR, stdout=log, stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509 (no threads)
            )
            for command in commands
        ]  # fmt: skip
        try:
            yield [child.pid for child in children]
        finally:
            for child in children:
                processes.signal_group(child, signal.SIGKILL)
                child.wait()


def run_as(dsn: str, statements: str) -> None:
    """As the owner of the benchmark's own tables."""
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute(statements)


def fill(number: int, ids: Sequence[UUID]) -> None:
    """Put these people into the table of a system."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_person SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
            [number, list(ids)],
        )


def children(number: int) -> list[int]:
    """The processes that a process has made."""
    try:
        return [
            int(one) for one in Path(f"/proc/{number}/task/{number}/children").read_text().split()
        ]
    except OSError:
        return []


def peak_megabytes(parents: Sequence[int]) -> float:
    """The most that any one of these, or of their children, has held so far."""
    every = [*parents, *(child for one in parents for child in children(one))]
    return max(_peak(number) for number in every)


def _peak(number: int) -> float:
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(one.split()[1]) / 1024 for one in lines if one.startswith("VmHWM")), 0.0)
