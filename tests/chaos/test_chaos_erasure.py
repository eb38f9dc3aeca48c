"""Cases under way while everything dies: in the end all is as if nothing had (P7, ERA-08).

`CHAOS_PEOPLE` and `CHAOS_ACTS` make it longer (`make chaos-erasure`), and then PostgreSQL dies too
and processes die at every named place; `CHAOS_SEED` makes it other. What happened is a table.
"""

import os
import random
import sys
import tempfile
import time
from collections import Counter

import pytest

from erasure.models import Case, Step
from erasure.services import stepping
from tests.chaos.clients import Client
from tests.chaos.conftest import IS_LONG
from tests.chaos.crew import PLACES, Crew, Nursery
from tests.chaos.world import BY, CARELESS, LIARS, VENDORS, World, reconnected
from tests.conformance.worlds.vendors import BATCH

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = int(os.environ.get("CHAOS_PEOPLE", "14"))
ACTS = int(os.environ.get("CHAOS_ACTS", "5"))
SEED = int(os.environ.get("CHAOS_SEED", "7"))
PASSINGS = (1, 2, 1)
LIED_TO = 3
SPARE = 20 if IS_LONG else 0
"""So many people are kept back for places that were passed too seldom, all being done at once."""
CALM_SECONDS = 90 + PEOPLE
PATIENCE_SECONDS = 120 + ACTS * 6


@pytest.fixture
def worlds(house, laboratory, valkey, settings):
    """The same people twice, for a calm run and one that is disturbed; and a company of liars."""
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]
    lying = {code: (BATCH | {"batch": 5}, mood) for code, mood in LIARS.items()}
    more = (house, laboratory, valkey)
    return [
        World("calm", PEOPLE, *more).make(VENDORS), World("wild", PEOPLE, *more).make(VENDORS),
        World("liars", LIED_TO, house, laboratory).make(lying),
    ]  # fmt: skip


@pytest.fixture
def crew(environment, house, broker, port):
    with tempfile.TemporaryFile() as log:
        nursery = Nursery(environment, log)
        found = Crew(nursery, house, broker, port, random.Random(SEED))
        try:
            found.begin()
            yield found
        finally:
            found.end()
            nursery.close()
            sys.stderr.write(complaints(log))


def complaints(log):
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    return "\n".join([one for one in lines if "[info " not in one][-40:])


@pytest.mark.req("ERA-08")
@pytest.mark.timeout(3600)
def test_whatever_dies_every_case_ends_as_if_nothing_had(crew, worlds, port):
    calm, wild, liars = worlds
    undisturbed(calm, port)
    crew.vendors = list(wild.accounts.values())
    lied_to = began(Client(liars, port, crew.chance), range(LIED_TO))
    client = began(Client(wild, port, crew.chance), [])
    happened = disturbed(crew, client)
    crew.wake_all()
    ended(client), ended(lied_to)

    retried = settled(wild, PATIENCE_SECONDS)
    table(happened, client, wild, retried)
    assert [name for name, (_, missed) in happened.items() if missed] == []
    assert client.wrong == lied_to.wrong == []
    assert different(reconnected(calm.seen), reconnected(wild.seen)) == {}
    assert cases_of(wild) == {who: [client.answered[n]] for n, who in enumerate(wild.people)}
    assert reconnected(wild.repeats)[2] == []
    assert reconnected(lambda: unbelieved(liars)) == []


def undisturbed(calm, port):
    ended(began(Client(calm, port, random.Random(SEED)), range(PEOPLE)))
    settled(calm, CALM_SECONDS)


def began(client, numbers):
    client.give(numbers)
    client.start()
    return client


def ended(client):
    client.is_over.set()
    client.join(PATIENCE_SECONDS)
    assert not client.is_alive()


def disturbed(crew, client):
    """What happened: by its name how often, and how often not."""
    happened = {}
    acts = [crew.chance.choice(crew.acts) for _ in range(ACTS)]
    acts = [*crew.acts[: ACTS if IS_LONG else 0], *acts][: max(ACTS, 1)]
    spare = list(range(PEOPLE - SPARE, PEOPLE))
    plan = [(one.__name__, one) for one in acts]
    plan += places(crew, client, spare) if IS_LONG else []
    crew.chance.shuffle(plan)
    for number, (name, act) in enumerate(plan):
        client.give(range(PEOPLE - SPARE)[number :: len(plan)])
        time.sleep(crew.chance.uniform(0.1, 0.6))
        done, missed = happened.get(name, (0, 0))
        came = act() is not False
        happened[name] = (done + came, missed + (not came))
    client.give(spare)
    return happened


def places(crew, client, spare):
    """Every place, so often; half of it by a keeper, half by a worker."""
    return [
        (f"dies at {place}", lambda p=place, n=passing, w=bool(turn % 2): died(
            crew, client, spare, p, n, w))
        for place in PLACES for turn, passing in enumerate(PASSINGS)
    ]  # fmt: skip


def died(crew, client, spare, place, passing, as_worker):
    """Whether somebody died there; with more to do once more, where one job did all there was."""
    if crew.die_at(place, passing, as_worker=as_worker):
        return True
    client.give([spare.pop() for _ in spare[:2]])
    return crew.die_at(place, 1, as_worker=as_worker)


def settled(world, seconds):
    """Wait until all are closed; what failed meanwhile is tried again, as an officer would.
    How often that was."""
    retried, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends and reconnected(lambda: unclosed(world)):
        retried += reconnected(lambda: retry(world))
        time.sleep(0.2)
    return retried


def unclosed(world):
    return Case.objects.filter(controller_id=world.id).count() < PEOPLE or world.unclosed()


def retry(world):
    failed = list(world.steps().filter(state="failed"))
    for one in failed:
        stepping.retry_step(by=BY, controller_id=world.id, step_id=one.id)
    return len(failed)


def different(calm, wild):
    """What is not the same, each with its first few differences."""
    return {
        name: sorted(map(str, set(items(calm[name])) ^ set(items(wild[name]))))[:6]
        for name in calm if calm[name] != wild[name]
    }  # fmt: skip


def items(found):
    return (
        found.items() if isinstance(found, dict) else [found] if isinstance(found, int) else found
    )


def cases_of(world):
    rows = Case.objects.filter(controller_id=world.id)
    found = {}
    for who, case in rows.values_list("subject_id", "id"):
        found.setdefault(who, []).append(str(case))
    return found


def unbelieved(liars):
    """Cases and steps of liars that ended as if they had told the truth; none may."""
    closed = Case.objects.filter(controller_id=liars.id, state="closed")
    absent = liars.steps().filter(state="absent", system__code__in=LIARS)
    told = liars.steps().filter(system__code__in=LIARS)
    caught = [s for s in told if s.round > 1 or s.state == "failed"]
    unseen = [f"{s.system.code} was not caught" for s in told if s not in caught]
    return [f"case {c.id} was closed" for c in closed] + [str(s) for s in absent] + unseen


def table(happened, client, wild, retried):
    more, reported, unreported = reconnected(wild.repeats)
    ends = Counter(Case.objects.filter(controller_id=wild.id).values_list("state", flat=True))
    steps = Counter(Step.objects.filter(controller_id=wild.id).values_list("state", flat=True))
    lines = [
        f"{name:<28}{done:>5}{f'   NEVER {missed}' if missed else ''}"
        for name, (done, missed) in sorted(happened.items())
    ] + [
        f"cases {dict(ends)}, steps {dict(steps)}",
        f"posts answered {len(client.answered)}, cut off or put off {client.unanswered}",
        f"steps an officer had to retry {retried}",
        f"calls repeated to {CARELESS} (honours no key) {more}, reported as possible {reported},"
        f" unreported {len(unreported)}",
    ]  # fmt: skip
    sys.stderr.write("\n".join([f"\nSeed {SEED}, {PEOPLE} people:", *lines, ""]))
