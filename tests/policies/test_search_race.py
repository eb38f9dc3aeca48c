"""P2 for searches: whose no was acknowledged is in no search that starts later."""

import threading
import time

import httpx
import pytest
from django.db import connection

from tests.policies.searches import RESOURCE

PEOPLE = 60
SEARCHERS = 3
PAGE = 25  # so that a person may say no between two pages of a search


class Race:
    """When each no was acknowledged, and each page: when it was asked for, and whom it found."""

    def __init__(self, lotus, people):
        self.lotus, self.people = lotus, people
        self.acknowledged, self.pages, self.faults = {}, [], []
        self.is_over = threading.Event()

    def withdrawing(self):
        try:
            for person in self.people:
                self.lotus.withdraws(person)
                self.acknowledged[str(person.id)] = time.monotonic()
            time.sleep(0.3)
        finally:
            self.is_over.set()
            connection.close()

    def searching(self, site):
        token = ""
        try:
            with site.client(headers=self.lotus.headers) as client:
                while not self.is_over.is_set():
                    token = self._page(client, token)
        except (httpx.HTTPError, AssertionError, KeyError) as error:
            self.faults.append(error)

    def _page(self, client, token):
        body = {**self.lotus.question("x"), "page": {"limit": PAGE, "token": token}}
        began = time.monotonic()
        answer = client.post(RESOURCE, json=body)
        assert answer.status_code == 200, answer.text
        self.pages.append((began, [one["id"] for one in answer.json()["results"]]))
        return answer.json()["page"]["next_token"]


@pytest.mark.slow
@pytest.mark.req("POL-03", "POL-10")
def test_no_page_asked_for_after_the_acknowledgement_has_the_person(lotus, site):
    people = [lotus.person(f"p{n}@example.in") for n in range(PEOPLE)]
    for person in people:
        lotus.yes(person)
    race = Race(lotus, people)
    threads = [threading.Thread(target=race.searching, args=(site,)) for _ in range(SEARCHERS)]
    threads.append(threading.Thread(target=race.withdrawing))

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    late = [
        person for began, found in race.pages for person in found
        if began > race.acknowledged[person]
    ]  # fmt: skip
    assert race.faults == []
    assert len(race.acknowledged) == PEOPLE
    assert len(race.pages) > SEARCHERS * 5
    assert any(0 < len(found) < PAGE for _, found in race.pages)
    assert late == []
