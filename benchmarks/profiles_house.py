"""`python -m benchmarks.profiles_house PEOPLE ROUNDS`: profiles of invented people, read and timed.

In the set's database with so many people. Of each there are three records; those of a sample can be
opened: sixty attributes from three sources, in six data categories. Prints the times as JSON.
"""

import json
import logging
import os
import random
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import django
import psycopg

os.environ.setdefault("SAMMATI_EMBEDDED", "bench")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402 (settings first)
from django.test import Client  # noqa: E402

from accounts import services as accounts  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks import people, world  # noqa: E402
from benchmarks.cores import (  # noqa: E402
    CORES,
    cpu_seconds,
    pin_database,
)
from consent import services as consent  # noqa: E402
from keys import services as keys  # noqa: E402
from profiles import services as profiles  # noqa: E402
from profiles.documents import Observed  # noqa: E402
from profiles.services import NewRule, ingesting  # noqa: E402
from profiles.services.defining import Terms, define_attribute  # noqa: E402
from registry import selectors as registered  # noqa: E402
from registry import services as registry  # noqa: E402
from registry.services_systems import NewSystem, record_system  # noqa: E402
from subjects.models import DataKey  # noqa: E402

AUTHOR, SECOND = Actor.system("benchmark-author"), Actor.system("benchmark-second")
PURPOSE, ROLE = "service.profile", "branch"
SOURCES = ("cdp", "core", "crm")
CATEGORIES = ("contact", "address", "money", "habits", "orders", "service")
TREATMENTS = ("partial", "show", "bucket", "show", "show", "show")
ATTRIBUTES = 60
PER_SOURCE = ATTRIBUTES // len(SOURCES)
SAMPLE = 2_000
LIST = 100
CHUNK = 500
WARM = 50

OTHERS = f"""
INSERT INTO profiles_profilerecord (id, controller_id, subject_id, source_id, sensitivity, sealed,
  codes, observed_at, sequence, received_at)
SELECT md5('record ' || i || s.id)::uuid, %(controller)s, {people.SUBJECT_ID}, s.id, 'ordinary',
  decode(repeat(md5(i::text), 6), 'hex'), %(codes)s, now(), 1, now()
FROM generate_series(0, %(n)s - 1) AS i CROSS JOIN unnest(%(sources)s::uuid[]) AS s(id)
WHERE i %% 5 <> 4 AND NOT i = ANY(%(sample)s)
"""
KEYS = f"""
INSERT INTO subjects_datakey (subject_id, wrapped, wrapping_version)
SELECT {people.SUBJECT_ID}, decode(repeat(md5(i::text), 4), 'hex'), 1
FROM generate_series(0, %(n)s - 1) AS i WHERE NOT i = ANY(%(sample)s) ON CONFLICT DO NOTHING
"""
STATES = f"""
INSERT INTO consent_consentstate (id, controller_id, subject_id, purpose_id, event_id, sequence,
  state, since_at, purpose_version, notice_version_id, language, is_explicit, is_provable,
  given_by, guardian_verified)
SELECT md5('third ' || i)::uuid, %(controller)s, {people.SUBJECT_ID}, %(purpose)s,
  md5('its event ' || i)::uuid, 1, 'given', now(), 1, %(notice)s, 'en', false, true,
  'principal', false
FROM generate_series(0, %(n)s - 1) AS i WHERE i %% 5 <> 4
"""


@dataclass
class House:
    """The company, its service that reads, and the people whose records can be opened."""

    controller_id: UUID
    reader: Actor
    key: str
    sample: list[int]
    sources: dict[str, UUID]

    def ids(self) -> list[UUID]:
        return [people.subject_id(i) for i in self.sample]


def code(number: int) -> str:
    return f"attribute_{number:02}"


def fill(subjects: int) -> House:
    """The set's database with so many people, and a house in it."""
    made = world.prepare(subjects)
    controller_id = UUID(made.services[0].controller)
    sample = _sample(subjects)
    with transaction.atomic():
        sources = _sources(controller_id)
        purpose, notice = _purpose(controller_id)
        reader, key = _reader(controller_id)
        _matrix(controller_id, reader)
    values = {
        "n": subjects, "controller": controller_id, "sample": sample, "purpose": purpose,
        "notice": notice, "sources": list(sources.values()), "codes": [code(0)],
    }  # fmt: skip
    with psycopg.connect(world.superuser(), autocommit=True) as inside:
        inside.execute("SET session_replication_role = replica")  # filler needs no judging
        for statement in (STATES, KEYS, OTHERS):
            inside.execute(statement, values)
    found = House(controller_id, reader, key, sample, sources)
    _store(found)
    with psycopg.connect(world.superuser(), autocommit=True) as inside:
        for table in ("subjects_datakey", "profiles_profilerecord", "consent_consentstate"):
            inside.execute(f"VACUUM (ANALYZE) {table}")
        inside.execute("CHECKPOINT")
    return found


def _sample(subjects: int) -> list[int]:
    """People of the first company, spread evenly over all of them."""
    step = max(5, subjects // SAMPLE // 5 * 5)
    return list(range(0, subjects, step))[:SAMPLE]


def _sources(controller_id: UUID) -> dict[str, UUID]:
    for category in CATEGORIES:
        registry.record_category(
            by=AUTHOR, controller_id=controller_id, code=category, name=category
        )
    for number in range(ATTRIBUTES):
        place = number % len(CATEGORIES)
        terms = Terms(title=f"Attribute {number}", category=CATEGORIES[place], fresh_for_days=365)
        define_attribute(
            by=AUTHOR, controller_id=controller_id, code=code(number), terms=terms,
            kind="integer" if TREATMENTS[place] == "bucket" else "text",
        )  # fmt: skip
    return {
        name: record_system(
            by=AUTHOR, controller_id=controller_id,
            new=NewSystem(code=name, name=name.upper(), kind="pushed"),
        ).id
        for name in SOURCES
    }  # fmt: skip


def _purpose(controller_id: UUID) -> tuple[UUID, UUID]:
    words = consent.Words(
        title="Invented", description="Invented", enables="Invented",
        dpv_purpose="dpv:Personalisation", grounds={"IN": "consent"}, categories=CATEGORIES,
        retention_days=30, owner="Nobody",
    )  # fmt: skip
    version = consent.draft_purpose(
        by=AUTHOR, controller_id=controller_id, code=PURPOSE, words=words
    )
    consent.approve_purpose(by=SECOND, version=version)
    content = world.content()
    content["items"] = [{**content["items"][0], "purpose": PURPOSE}]  # type: ignore[index]
    notice = consent.draft_notice(
        by=AUTHOR, controller_id=controller_id, code="profile", pack="IN", purposes=[version],
        translations={"en": content},
    )  # fmt: skip
    world.publish(notice, AUTHOR, SECOND)
    return version.purpose_id, notice.id


def _reader(controller_id: UUID) -> tuple[Actor, str]:
    service = accounts.create_service(
        by=AUTHOR, controller_id=controller_id, code="viewer", name="Viewer", purposes=[PURPOSE]
    )
    party = registered.parties(controller_id).get(code="own")
    registry.put_in_charge(
        by=AUTHOR, controller_id=controller_id, service_id=service.id, party=party
    )
    _, secret = accounts.issue_key(by=AUTHOR, service=service)
    return Actor("service", str(service.id)), secret


def _matrix(controller_id: UUID, reader: Actor) -> None:
    profiles.create_role(by=AUTHOR, controller_id=controller_id, code=ROLE, name="Branch")
    profiles.grant_seat(
        by=AUTHOR, controller_id=controller_id, role=ROLE, holder_type="service",
        holder_id=reader.id,
    )  # fmt: skip
    draft = profiles.draft_view(by=AUTHOR, controller_id=controller_id, note="Benchmark")
    rules = [
        NewRule(role=ROLE, purpose=PURPOSE, category=category, treatment=treatment)
        for category, treatment in zip(CATEGORIES, TREATMENTS, strict=True)
    ]
    draft = profiles.put_rules(by=AUTHOR, version=draft, rules=rules)
    draft = profiles.note_previewed(by=SECOND, version=draft)
    profiles.approve_view(by=SECOND, version=draft)


def values(number: int, count: int, first: int = 0) -> dict[str, Observed]:
    """What a source says of a person: texts and numbers of everyday length."""
    at = datetime.now(UTC) - timedelta(days=number % 300)
    return {
        code(first + n): Observed(
            number % 100_000 if TREATMENTS[(first + n) % len(CATEGORIES)] == "bucket"
            else f"Value {n} of person {number}", at, "kyc",
        )
        for n in range(count)
    }  # fmt: skip


def _store(house: House) -> None:
    """The sample's records under real keys, as taking them in would store them."""
    rows = []
    for i in house.sample:
        owner, key = people.subject_id(i), keys.new_data_key()
        wrapped = keys.wrap(key, context=owner.bytes)
        rows.append(DataKey(subject_id=owner, wrapped=wrapped.blob,
                            wrapping_version=wrapped.version))  # fmt: skip
    DataKey.objects.bulk_create(rows, batch_size=500)
    for place, name in enumerate(SOURCES):
        for begin in range(0, len(house.sample), CHUNK):
            some = house.sample[begin : begin + CHUNK]
            given = [
                ingesting.Given(people.subject_id(i), values(i, PER_SOURCE, place * PER_SOURCE))
                for i in some
            ]
            taken = ingesting.record_many(
                by=AUTHOR, controller_id=house.controller_id, source=name, given=given
            )
            _expect(taken)


def _expect(taken: list[Any]) -> None:
    if any(isinstance(one, Exception) for one in taken):
        raise RuntimeError(f"Not taken in: {next(one for one in taken)}")


def views(house: House, rounds: int) -> list[float]:
    """Milliseconds of each reading of one profile, all of its fields opened; the first ones not."""
    chance = random.Random(1)
    ids = house.ids()
    took = []
    for n in range(rounds + WARM):
        began = time.perf_counter()
        shown = profiles.read(
            by=house.reader, controller_id=house.controller_id, subject_id=chance.choice(ids),
            purpose=PURPOSE,
        )  # fmt: skip
        if n >= WARM:
            took.append((time.perf_counter() - began) * 1000)
        _complete(shown)
    return took


def lists(house: House, rounds: int) -> list[float]:
    """Milliseconds of each list of a hundred people."""
    chance = random.Random(2)
    ids = house.ids()
    took = []
    for _ in range(rounds):
        wanted = chance.sample(ids, LIST)
        began = time.perf_counter()
        shown = profiles.read_many(
            by=house.reader, controller_id=house.controller_id, subject_ids=wanted,
            purpose=PURPOSE,
        )  # fmt: skip
        took.append((time.perf_counter() - began) * 1000)
        if len(shown) != LIST:
            raise RuntimeError(f"Only {len(shown)} of {LIST} were shown.")
        for one in shown:
            _complete(one)
    return took


def requests(house: House, rounds: int, count: int = 1) -> list[float]:
    """Milliseconds of each request of the management API, without the network."""
    client = Client(headers={"Authorization": f"Bearer {house.key}", "Host": "127.0.0.1"})
    chance = random.Random(3)
    ids = [str(one) for one in house.ids()]
    took = []
    for _ in range(rounds):
        wanted = chance.sample(ids, count)
        began = time.perf_counter()
        if count == 1:
            answer = client.get(f"/api/v1/profiles/{wanted[0]}", {"purpose": PURPOSE})
        else:
            body = json.dumps({"purpose": PURPOSE, "subjects": wanted})
            answer = client.post("/api/v1/profiles/list", body, "application/json")
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"The API answered {answer.status_code}.")
    return took


def _complete(shown: Any) -> None:
    """Raises RuntimeError where less was measured than is said."""
    absent = {one.why_text for one in shown.fields if one.value is None}
    if absent or len(shown.fields) != ATTRIBUTES:
        raise RuntimeError(f"{len(shown.fields)} fields; absent: {sorted(absent)}")


def measured(subjects: int, rounds: int) -> dict[str, Any]:
    logging.disable(logging.INFO)  # a line for each request would be measured with it
    house = fill(subjects)
    _one_core()
    found: dict[str, Any] = {"subjects": subjects}
    for name, measure, times in (
        ("view", views, rounds),
        ("list", lists, max(5, rounds // 20)),
        ("api_view", requests, rounds // 4),
        ("api_list", partial(requests, count=LIST), max(5, rounds // 40)),
    ):
        used = _used()
        ordered = sorted(measure(house, times))
        used = (_used() - used) / (len(ordered) + WARM * (measure is views))
        found[name] = {
            "p50_ms": round(median(ordered), 2), "cpu_ms": round(used * 1000, 2),
            "p99_ms": round(ordered[len(ordered) * 99 // 100], 2), "times": len(ordered),
        }  # fmt: skip
    return found


def _used() -> float:
    """Seconds of a processor that we and our connection's process used, whatever others did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return time.process_time() + cpu_seconds([pid])


def _one_core() -> None:
    """We and the database on one core: what a view costs altogether."""
    os.sched_setaffinity(0, {CORES.load})
    pin_database(world.SET)


if __name__ == "__main__":
    print(json.dumps(measured(*map(int, sys.argv[1:3]))))
