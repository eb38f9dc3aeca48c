"""P2: once a person's no has been acknowledged, every check that starts later denies."""

import threading
import time
from dataclasses import dataclass, field

import httpx
import pytest
from django.db import connection

from consent import services as consent
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, OFFERS

PEOPLE = 160
CHECKERS = 4
CHECKS = 3_000
FREE = 0.015  # seconds between two acts, in which checks run on both sides of one


def withdraw(lotus, person):
    lotus.withdraws(person)


def object_to(lotus, person):
    consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=person.id)


def object_from_situation(lotus, person):
    consent.object_to(
        by=AUTHOR, controller_id=lotus.id, subject_id=person.id, kind="particular_situation",
        purpose=OFFERS,
    )  # fmt: skip


def restrict(lotus, person):
    consent.restrict(
        by=AUTHOR, controller_id=lotus.id, subject_id=person.id, ground="accuracy", method="phone"
    )


def erase(lotus, person):
    lotus.stands(person, "erasing")


ACTS = (withdraw, object_to, object_from_situation, restrict, erase)


@dataclass
class Race:
    """Who acts next, when each act was acknowledged, and every check: person, start, permits."""

    lotus: object
    people: list
    acknowledged: dict = field(default_factory=dict)
    checks: list = field(default_factory=list)
    next: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    faults: list = field(default_factory=list)

    def acts(self):
        """In a connection of its own, one commit after the other."""
        try:
            for number, person in enumerate(self.people):
                ACTS[number % len(ACTS)](self.lotus, person)
                self.acknowledged[number] = time.monotonic()
                self.next = number + 1
                time.sleep(FREE)
            time.sleep(0.2)
        finally:
            self.is_over.set()
            connection.close()

    def checking(self, site, items):
        """Asks about those who have just acted and those who are about to."""
        try:
            with site.client(headers=self.lotus.headers) as client:
                while not self.is_over.is_set():
                    self._check(client, items)
        except (httpx.HTTPError, AssertionError, KeyError) as error:
            self.faults.append(error)

    def _check(self, client, items):
        asked = len(self.checks)
        about = [max(0, min(self.next - 1 + (asked + n) % 3, PEOPLE - 1)) for n in range(items)]
        body = {"evaluations": [self.lotus.question(self.people[who]) for who in about]}
        path = EVALUATIONS
        if items == 1:
            path, body = EVALUATION, self.lotus.question(self.people[about[0]])
        began = time.monotonic()
        answer = client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        made = answer.json().get("evaluations") or [answer.json()]
        for who, one in zip(about, made, strict=True):
            self.checks.append((who, began, one["decision"]))


@pytest.mark.slow
@pytest.mark.req("POL-10")
@pytest.mark.req("BRD-CV1", "BRD-CW1")
def test_no_check_that_starts_after_the_acknowledgement_permits(lotus, site):
    people = [lotus.person(f"p{n}@example.in", residence="DE") for n in range(PEOPLE)]
    for person in people:
        lotus.yes(person)
    race = Race(lotus, people)
    threads = [threading.Thread(target=race.checking, args=(site, 1)) for _ in range(CHECKERS)]
    threads += [threading.Thread(target=race.checking, args=(site, n)) for n in (9, 30)]
    writer = threading.Thread(target=race.acts)

    for thread in (*threads, writer):
        thread.start()
    for thread in (*threads, writer):
        thread.join(60)

    after = [check for check in race.checks if check[1] > race.acknowledged[check[0]]]
    before = [check for check in race.checks if check[1] <= race.acknowledged[check[0]]]
    assert race.faults == []
    assert len(race.acknowledged) == PEOPLE
    assert len(after) > CHECKS
    assert any(permits for *_, permits in before)
    assert [check for check in after if check[2]] == []
