"""`python -m benchmarks.fanout`: many changes to some subscribers; none lost, each person in order.

`EVENTS=` changes (10,000 unless said otherwise), `SUBSCRIBERS=` (2). The receivers are processes of
their own; each refuses every hundredth event once. The rate is of this process alone, without the
waiting for second tries. Prints a table; exits with 1 where an event was
lost or came before an earlier one of the same person, or where memory grew with the number.
"""

import http.client
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import django

SET = os.environ.setdefault("SAMMATI_EMBEDDED", "bench-fanout")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import transaction  # noqa: E402 (settings first)

from accounts import services as accounts  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks.log import house  # noqa: E402
from config import env  # noqa: E402
from consent.feed import starting, subscribers  # noqa: E402
from consent.models import Delivery, Subscriber  # noqa: E402
from consent.services import outgoing  # noqa: E402
from keys.ids import uuid7  # noqa: E402
from work import services as work  # noqa: E402

CHUNK = 5000
CHANGES_A_PERSON = 5
GROWTH_MEGABYTES = 40
"""More than this between a tenth and the whole would not be flat."""


@contextmanager
def receivers(number: int) -> Iterator[list[int]]:
    """The ports of running receivers."""
    command = [sys.executable, "-m", "benchmarks.fanout_receiver"]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(number)]
    try:
        yield [int(child.stdout.readline()) for child in children if child.stdout]
    finally:
        for child in children:
            child.kill()
            child.wait()


@dataclass
class Found:
    """What one run measured."""

    events: int
    subscribers: int
    noted_a_second: float = 0.0
    told_a_second: float = 0.0
    waited_seconds: float = 0.0
    megabytes_at_a_tenth: float = 0.0
    megabytes: float = 0.0
    receivers: list[dict[str, int]] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        is_whole = all(
            one["taken"] == self.events and one["misplaced"] == 0 for one in self.receivers
        )
        return is_whole and self.megabytes - self.megabytes_at_a_tenth < GROWTH_MEGABYTES


def measured(events: int, ports: list[int]) -> Found:
    """Note all changes as an import does, then tell them; the keeper's step and one worker."""
    by, found = Actor.system("benchmark"), Found(events, len(ports))
    company = accounts.create_controller(
        by=by, slug="fanout", name="Fan-out", country="IN", contact_name="Nobody",
        contact_email="nobody@fanout.example",
    )  # fmt: skip
    for n, port in enumerate(ports):
        service = accounts.create_service(
            by=by, controller_id=company.id, code=f"s{n}", name=f"S{n}", purposes=["bench.events"]
        )
        subscribers.subscribe(
            by=by, controller_id=company.id, service_id=service.id, url=f"http://127.0.0.1:{port}/"
        )
    began = time.perf_counter()
    note(company.id, events)
    found.noted_a_second = events / (time.perf_counter() - began)
    began = time.perf_counter()
    tell(found, events * len(ports))
    worked = time.perf_counter() - began - found.waited_seconds
    found.told_a_second = events * len(ports) / worked
    return found


def note(controller_id: UUID, events: int) -> None:
    now = datetime.now(UTC)
    people = [uuid7() for _ in range(max(1, events // CHANGES_A_PERSON))]
    for start in range(0, events, CHUNK):
        with transaction.atomic():
            outgoing.note_many([
                outgoing.told(
                    controller_id=controller_id, kind="consent.renewed", purpose="bench.events",
                    subject_id=people[n % len(people)], cause_id=people[0], at=now,
                )
                for n in range(start, min(start + CHUNK, events))
            ])  # fmt: skip


def tell(found: Found, wanted: int) -> None:
    """Until nothing waits. What failed once is not waited for longer than it must be."""
    while True:
        starting.step()
        if not work.run_available(worker="benchmark", limit=5):
            time.sleep(0.1)  # what was refused waits for its second try
            found.waited_seconds += 0.1
        heard = Delivery.objects.filter(state="heard").count()
        if heard >= wanted / 10 and not found.megabytes_at_a_tenth:
            found.megabytes_at_a_tenth = megabytes()
        waits = Delivery.objects.filter(state="waiting").exists()
        behind = Subscriber.objects.filter(position__lt=found.events).exists()
        if not waits and not behind:
            found.megabytes = megabytes()
            return


def megabytes() -> float:
    """The most this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def asked(port: int) -> dict[str, int]:
    """What a receiver says it has taken."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers={"Content-Length": "0"})
    return dict(json.loads(connection.getresponse().read()))


def verdict(*, is_reached: bool) -> str:
    return "reached    " if is_reached else "NOT REACHED"


def main() -> int:
    events = env.integer("EVENTS", default=10_000)
    number = env.integer("SUBSCRIBERS", default=2)
    with house.fresh(SET), receivers(number) as ports:
        found = measured(events, ports)
        found.receivers = [asked(port) for port in ports]
    for name, value in vars(found).items():
        print(f"{name:<24}{value}")
    print(f"{verdict(is_reached=found.is_right)} none lost, each person in order, memory flat")
    return 0 if found.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
