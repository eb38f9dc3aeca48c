"""Searches agree with evaluations in random worlds: what is found is permitted, the rest is not.

Each search goes first, since a permit may count for a cap; a search never does.
"""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consent.models import ConsentState
from policies.pdp import search as searching
from policies.pdp.search import CANDIDATES
from tests.factories.company import EVALUATIONS, OFFERS, SURVEYS, company
from tests.factories.point import asked
from tests.factories.policies import in_force, rule
from tests.policies.audience_worlds import populate

PEOPLE = 24
DAY = 86_400
HOUR = timedelta(hours=1)
NOON = datetime.now(ZoneInfo("Asia/Kolkata"))  # as quiet as night for who lives there
RULES = [
    rule("once", "cap", limit=1, seconds=DAY, per=["purpose"]),
    rule("no_letters", channels=["letter"]),
    rule("not_there", regions=["DE"]),
    rule(
        "night",
        "quiet",
        channels=["email"],
        starts=f"{NOON - HOUR:%H:%M}",
        ends=f"{NOON + HOUR:%H:%M}",
    ),
]
QUESTIONS = [
    {}, {"channel": "email"}, {"channel": "letter"}, {"purpose": SURVEYS}, {"purpose": "no.such"},
    {"data": ["pd:EmailAddress", "pd:Location"]}, {"destination": "US"}, {"recipients": ["post"]},
    {"commitment": "ORDER-1"},
]  # fmt: skip


class World:
    """A company, its people, and a client of the decision point."""

    def __init__(self, lotus, http, seed):
        self.lotus, self.http = lotus, http
        self.dice = random.Random(seed)  # noqa: S311 (repeatable, nothing secret)
        lotus.asks_for(SURVEYS)
        self.people = populate(lotus, seed, PEOPLE)
        for person in self.people[::3]:
            lotus.yes(person, purpose=SURVEYS)
        if chosen := [one for one in RULES if self.dice.random() < 0.5]:
            in_force(lotus.id, *chosen)

    def post(self, path, body):
        answer = self.http.post(path, json=body, headers=self.lotus.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def search(self, kind, body, limit):
        """Everything a search finds, page by page."""
        found, token = [], ""
        for _ in range(PEOPLE + 1):
            page = {"limit": limit, "token": token}
            answer = self.post(f"/access/v1/search/{kind}", {**body, "page": page})
            assert len(answer["results"]) == answer["page"]["count"] <= limit
            found += answer["results"]
            token = answer["page"]["next_token"]
            if not token:
                return found
        raise AssertionError("the pages never end")

    def permitted(self, bodies):
        answer = self.post(EVALUATIONS, {"evaluations": bodies})
        return [one["decision"] for one in answer["evaluations"]]

    def steady(self):
        """The people of whom no consent ends just now."""
        soon = datetime.now(UTC) + timedelta(seconds=60)
        ending = ConsentState.objects.filter(
            expires_at__range=(datetime.now(UTC) - timedelta(seconds=60), soon)
        )
        gone = set(ending.values_list("subject_id", flat=True))
        return [one for one in self.people if one.id not in gone]


@pytest.fixture(params=range(4))
def world(request, lotus, http):
    return World(lotus, http, request.param)


@pytest.mark.req("POL-03", "POL-19")
class TestASearch:
    def test_for_people_finds_whom_an_evaluation_permits(self, world):
        for more in world.dice.sample(QUESTIONS, 5):
            body = world.lotus.question("nobody", **more)

            found = world.search("resource", body, world.dice.randint(1, PEOPLE))

            steady = world.steady()
            bodies = [world.lotus.question(one, **more) for one in steady]
            decided = zip(steady, world.permitted(bodies), strict=True)
            expected = {str(one.id) for one, permit in decided if permit}
            ids = [one["id"] for one in found]
            assert ids == sorted(set(ids))
            assert set(ids) & {str(one.id) for one in steady} == expected

    def test_is_asked_in_worlds_where_some_may_be_reached_and_some_not(self, world):
        # A channel left unsaid may be any, letters included.
        bodies = [world.lotus.question(one, channel="sms") for one in world.people]

        assert set(world.permitted(bodies)) == {True, False}

    def test_for_actions_and_callers_finds_what_an_evaluation_permits(self, world):
        for person in world.dice.sample(world.steady(), 8):
            body = world.lotus.question(person)
            found = world.search("action", body, 1)
            caller = world.search("subject", body, 10)

            purposes = [one.purpose for one in world.lotus.service.purposes.all()]
            bodies = [world.lotus.question(person, purpose=one) for one in purposes]
            decided = dict(zip(purposes, world.permitted(bodies), strict=True))

            assert {one["properties"]["purpose"] for one in found} == {
                purpose for purpose, permit in decided.items() if permit
            }
            assert caller == [{"type": "service", "id": "mailer"}] * decided[OFFERS]


@pytest.mark.req("POL-03")
class TestALongSearch:
    def test_ends_its_page_where_it_has_looked_at_enough(self, lotus, monkeypatch):
        monkeypatch.setattr(searching, "SCANNED", 4)
        monkeypatch.setattr(searching, "WINDOW", 3)
        made = [lotus.person(f"person{n}@example.in") for n in range(14)]
        lotus.yes(made[10])

        async def work(client, _point):
            pages, token = [], ""
            while not pages or token:
                body = {**lotus.question("x"), "page": {"token": token}}
                answer = await client.post(
                    "/access/v1/search/resource", json=body, headers=lotus.headers
                )
                pages.append([one["id"] for one in answer.json()["results"]])
                token = answer.json()["page"]["next_token"]
            return pages

        pages = asked(work)
        assert len(pages) == 3
        assert [one for page in pages for one in page] == [str(made[10].id)]

    def test_reads_candidates_from_the_index_alone(self, lotus, superuser):
        for one in (lotus, company("tulip")):
            populate(one, 0, PEOPLE)
        superuser.execute("ANALYZE subjects_subject")
        superuser.execute("SET enable_seqscan = off")
        superuser.execute("SET enable_bitmapscan = off")
        given = f"EXECUTE candidates('{lotus.id}', '{lotus.id}', 10)"

        superuser.execute(f"PREPARE candidates (uuid, uuid, bigint) AS {CANDIDATES.sql}")
        plan = superuser.execute(f"EXPLAIN {given}").fetchall()

        said = " ".join(line for (line,) in plan)
        assert "subjects_subject_by_controller" in said
        assert "Sort" not in said
