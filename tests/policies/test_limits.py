"""How much each service may ask of a decision point."""

import asyncio

import pytest
from django.db import connection

from accounts import services as accounts
from policies.pdp import asgi, http, limits
from policies.pdp.limits import Buckets
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, company
from tests.factories.point import asked

RESOURCE = "/access/v1/search/resource"


@pytest.mark.req("POL-21")
class TestABucket:
    def test_lets_in_a_second_of_its_pace_and_no_more(self):
        buckets = Buckets(10)
        let_in = 0
        while not buckets.wait("a", None, 100.0):
            buckets.take("a", 1)
            let_in += 1

        assert let_in == 10
        assert buckets.wait("a", None, 100.05) == 0.0

    @pytest.mark.parametrize("items", [11, 60, 10_000])
    def test_lets_in_a_large_batch_and_is_paid_back(self, items):
        buckets = Buckets(10)
        assert buckets.wait("a", None, 0.0) == 0.0
        buckets.take("a", items)

        wait = buckets.wait("a", None, 0.0)

        assert wait == pytest.approx((items - 10) / 10)
        assert buckets.wait("a", None, wait - 0.01) > 0
        assert buckets.wait("a", None, wait + 0.01) == 0.0

    def test_is_the_services_own(self):
        buckets = Buckets(10)
        buckets.wait("a", None, 0.0)
        buckets.take("a", 100)

        assert buckets.wait("b", None, 0.0) == 0.0
        assert buckets.wait("a", None, 0.0) > 0

    def test_has_the_services_own_pace_before_the_general_one(self):
        buckets = Buckets(1_000)
        buckets.wait("a", 2, 0.0)
        buckets.take("a", 4)

        assert buckets.wait("a", 2, 0.0) == pytest.approx(1.0)

    def test_has_no_limit_where_the_general_pace_is_none(self):
        buckets = Buckets(0)
        buckets.wait("a", None, 0.0)
        buckets.take("a", 10**9)

        assert buckets.wait("a", None, 0.0) == 0.0
        assert buckets.wait("a", 5, 0.0) == 0.0

    def test_keeps_who_owes_when_it_forgets_the_rest(self, monkeypatch):
        monkeypatch.setattr(limits, "MOST", 3)
        buckets = Buckets(1)
        for service in "abc":
            buckets.wait(service, None, 0.0)
        buckets.take("b", 50)

        buckets.wait("d", None, 0.0)

        assert set(buckets._buckets) == {"b", "d"}


@pytest.mark.req("POL-21")
class TestAServiceInAHurry:
    def ask(self, lotus, path, body, times):
        async def work(client, _point):
            return [await client.post(path, json=body, headers=lotus.headers) for _ in range(times)]

        return asked(work)

    @pytest.mark.parametrize("path", [EVALUATION, RESOURCE])
    def test_is_asked_to_come_back_later(self, lotus, asha, path):
        accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=2)

        answers = self.ask(lotus, path, lotus.question(asha), 8)

        refused = [one for one in answers if one.status_code != 200]
        assert answers[0].status_code == 200
        assert refused
        for one in refused:
            assert one.status_code == 429
            assert int(one.headers["retry-after"]) >= 1
            assert isinstance(one.json(), str)
            assert str(asha.id) not in one.text

    def test_pays_for_every_item_of_a_batch(self, lotus, asha):
        accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=10)
        body = {"evaluations": [lotus.question(asha)] * 100}

        first, second, third = self.ask(lotus, EVALUATIONS, body, 3)

        # The first call of a process finds no catalogue yet: nobody is known, so nobody is charged.
        assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
        assert int(third.headers["retry-after"]) in range(5, 11)

    def test_holds_up_no_other_service(self, lotus, asha):
        accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=1)
        rival = company("rival")
        person = rival.person()
        rival.yes(person)

        async def work(client, _point):
            for _ in range(5):
                await client.post(EVALUATION, json=lotus.question(asha), headers=lotus.headers)
            return await client.post(EVALUATION, json=rival.question(person), headers=rival.headers)

        assert asked(work).json()["decision"] is True

    def test_may_ask_again_when_its_time_has_come(self, lotus, asha):
        accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=4)
        body = lotus.question(asha)

        async def work(client, _point):
            async def post():
                return (await client.post(EVALUATION, json=body, headers=lotus.headers)).status_code

            burst = [await post() for _ in range(12)]
            await asyncio.sleep(1)
            return burst, await post()

        burst, later = asked(work)
        assert 429 in burst
        assert later == 200

    def test_is_not_held_up_by_the_pace_it_had_before(self, lotus, asha):
        accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=1)

        async def work(client, _point):
            for _ in range(5):
                await client.post(EVALUATION, json=lotus.question(asha), headers=lotus.headers)
            await asyncio.to_thread(faster)
            await asyncio.sleep(1.1)
            return [
                (await client.post(EVALUATION, json=lotus.question(asha), headers=lotus.headers))
                for _ in range(20)
            ]

        def faster():
            accounts.set_pace(by=AUTHOR, service=lotus.service, items_per_second=10_000)
            connection.close()

        assert [one.status_code for one in asked(work)] == [200] * 20


@pytest.mark.req("POL-21")
class TestABody:
    def test_that_says_it_is_too_large_is_refused_unread(self):
        sent = []

        async def receive():
            raise AssertionError("nothing of it may be read")

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "path": EVALUATION, "method": "POST",
            "headers": [
                (b"authorization", b"Bearer x"), (b"content-type", b"application/json"),
                (b"content-length", b"70000"),
            ],
        }  # fmt: skip
        asyncio.run(asgi.DecisionPoint()(scope, receive, send))

        assert sent[0]["status"] == 400
        assert b"larger" in sent[1]["body"]

    def test_that_never_ends_is_not_waited_for(self, monkeypatch):
        monkeypatch.setattr(http, "BODY_SECONDS", 0.05)
        sent, parts = [], [{"body": b"{", "more_body": True}]

        async def receive():
            if not parts:
                await asyncio.sleep(60)
            return {"type": "http.request", **parts.pop()}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "path": EVALUATION, "method": "POST",
            "headers": [(b"authorization", b"Bearer x"), (b"content-type", b"application/json")],
        }  # fmt: skip
        asyncio.run(asgi.DecisionPoint()(scope, receive, send))

        assert sent[0]["status"] == 408
