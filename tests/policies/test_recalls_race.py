"""A permit that commits late does not slip by a recall (P2): the look-up waits for whoever can."""

import threading
import time

import pytest
from django.db import connection, transaction

from consent import services as consent
from policies.recalls import horizon
from policies.recalls.models import Recall
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS
from tests.factories.decisions import recorded
from tests.patience import wait_until
from tests.policies.hearing import work_off
from work.models import Job

pytestmark = pytest.mark.req("POL-10", "P2")

PEOPLE = 120
CHECKERS = 3
PAUSE = 0.02
SLOWLY = (
    "autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,"
    " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
)
VACUUMS = """
SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
  AND l.locktype = 'relation' AND l.relation = 'dusty'::regclass
"""


class Late:
    """A check that has read its facts and commits its permit when told."""

    def __init__(self, lotus, person):
        self.lotus, self.person, self.decision = lotus, person, None
        self.has_read, self.may_commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT state FROM consent_consentstate")
                self.has_read.set()
                assert self.may_commit.wait(30)
                self.decision = recorded(self.lotus.id, self.lotus.service.id, self.person)
        finally:
            connection.close()

    def __enter__(self):
        self.thread.start()
        assert self.has_read.wait(30)
        return self

    def __exit__(self, *_error):
        self.commit()

    def commit(self):
        self.may_commit.set()
        self.thread.join(30)


def job():
    return Job.objects.get(kind="permits.ended")


def settle():
    """Work until the look-up has ended."""
    ends = time.monotonic() + 60
    while job().state != "done" and time.monotonic() < ends:
        work_off()
        time.sleep(0.02)
    return job().state


def test_a_permit_that_commits_after_the_first_look_is_recalled(lotus, asha):
    with Late(lotus, asha) as late:
        lotus.withdraws(asha)
        work_off()
        first = (job().state, Recall.objects.count())
        late.commit()

    assert first == ("ready", 0)
    assert settle() == "done"
    assert Recall.objects.get().decisions == [str(late.decision)]


def test_what_was_visible_at_once_is_told_at_once_and_only_once(lotus, asha):
    early = recorded(lotus.id, lotus.service.id, asha)
    with Late(lotus, asha) as late:
        lotus.withdraws(asha)
        work_off()
        first = Recall.objects.get().decisions
        late.commit()

    assert settle() == "done"
    told = [one.decisions for one in Recall.objects.order_by("id")]
    assert first == [str(early)]
    assert told == [[str(early)], [str(late.decision)]]


def test_a_transaction_that_begins_later_is_not_waited_for(lotus, asha):
    lotus.withdraws(asha)
    work_off()
    with Late(lotus, asha):
        state = settle()

        assert state == "done"


def test_an_open_transaction_without_a_number_is_seen(lotus, asha):
    before = horizon.open_transactions()
    with Late(lotus, asha):
        during = horizon.open_transactions()

        assert len(during - before) == 1
    assert horizon.still_open(during - before) == set()


def test_an_open_transaction_of_another_login_is_seen(lotus, superuser):
    before = horizon.open_transactions()
    with superuser.transaction():
        superuser.execute("SELECT 1 FROM consent_consentstate")
        during = horizon.open_transactions()

    assert len(during - before) == 1
    assert horizon.still_open(during - before) == set()


@pytest.fixture
def vacuuming(superuser):
    """PostgreSQL cleans up a table of this database by itself, slowly."""
    superuser.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    superuser.execute("SELECT pg_reload_conf()")
    superuser.execute(f"CREATE TABLE dusty (text text) WITH ({SLOWLY})")
    superuser.execute("INSERT INTO dusty SELECT repeat('x', 200) FROM generate_series(1, 20000)")
    superuser.execute("DELETE FROM dusty")
    try:
        wait_until(lambda: superuser.execute(VACUUMS).fetchone()[0])
        yield
    finally:
        superuser.execute("DROP TABLE dusty")
        superuser.execute("ALTER SYSTEM RESET autovacuum_naptime")
        superuser.execute("SELECT pg_reload_conf()")


@pytest.mark.slow
def test_nobody_waits_for_a_vacuum_that_permits_nothing(lotus, asha, superuser, vacuuming):
    recorded(lotus.id, lotus.service.id, asha)
    lotus.withdraws(asha)
    work_off()

    assert superuser.execute(VACUUMS).fetchone()[0]  # it still does
    assert job().state == "done"


ACTS = (
    lambda lotus, person: lotus.withdraws(person),
    lambda lotus, person: lotus.stands(person, "restricted"),
    lambda lotus, person: consent.object_to(
        by=AUTHOR, controller_id=lotus.id, subject_id=person.id
    ),
    lambda lotus, person: lotus.stands(person, "erasing"),
)


class Race:
    """People say no one after another while services ask about them and recalls are worked off."""

    def __init__(self, lotus, people, site):
        self.lotus, self.people, self.site = lotus, people, site
        self.next, self.faults, self.over = 0, [], threading.Event()

    def run(self):
        threads = [threading.Thread(target=self.guarded, args=(self.asks, n)) for n in (1, 1, 20)]
        threads += [threading.Thread(target=self.guarded, args=(self.recalls,))]
        for thread in threads:
            thread.start()
        self.guarded(self.acts)
        time.sleep(0.3)
        self.over.set()
        for thread in threads:
            thread.join(60)

    def guarded(self, act, *args):
        try:
            act(*args)
        except Exception as error:
            self.faults.append(error)
            self.over.set()
        finally:
            connection.close()

    def acts(self):
        for number, person in enumerate(self.people):
            ACTS[number % len(ACTS)](self.lotus, person)
            self.next = number + 1
            time.sleep(PAUSE)

    def asks(self, items):
        """About whoever acts now, just has, or will in a moment."""
        with self.site.client(headers=self.lotus.headers) as client:
            while not self.over.is_set():
                near = [min(self.next + n % 3, PEOPLE - 1) for n in range(items)]
                body = {"evaluations": [self.lotus.question(self.people[n]) for n in near]}
                path = EVALUATIONS
                if items == 1:
                    path, body = EVALUATION, self.lotus.question(self.people[near[0]])
                assert client.post(path, json=body).status_code == 200

    def recalls(self):
        while not self.over.is_set():
            work_off()
            time.sleep(0.005)


@pytest.mark.slow
def test_no_permit_given_to_a_person_who_said_no_slips_by(lotus, site, superuser):
    people = [lotus.person(f"p{n}@example.in", residence="DE") for n in range(PEOPLE)]
    for person in people:
        lotus.yes(person)
    race = Race(lotus, people, site)

    race.run()

    ends = time.monotonic() + 60
    while Job.objects.exclude(state="done").exists() and time.monotonic() < ends:
        work_off()
        time.sleep(0.02)
    given = superuser.execute(
        "SELECT id::text FROM audit_entryindex WHERE event = 'decision:made' AND outcome = 'permit'"
    ).fetchall()
    told = Recall.objects.values_list("decisions", flat=True)
    recalled = [one for decisions in told for one in decisions]
    assert race.faults == []
    assert len(given) > PEOPLE
    assert {one for (one,) in given} - set(recalled) == set()
    assert len(recalled) == len(set(recalled))
