"""Group commit's hazards: one caller's large, slow, broken or vanished request is nobody else's."""

import asyncio
import json
import socket
import statistics
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests.factories.company import EVALUATION, EVALUATIONS
from tests.factories.point import asked, lines

pytestmark = pytest.mark.slow
BULK = 10_000


def raw(lotus, body, *, length=None):
    """The bytes of a request, whose length may be a lie."""
    head = (
        f"POST {EVALUATION} HTTP/1.1\r\nHost: pdp\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {lotus.secret}\r\nContent-Length: {length or len(body)}\r\n\r\n"
    )
    return head.encode() + body


def connected(site):
    place = urlsplit(site.url)
    return socket.create_connection((place.hostname, place.port), timeout=10)


def singles(http, lotus, person, go_on):
    """The seconds of single checks, one after the other, for as long as told."""
    taken = []
    while go_on(taken):
        began = time.monotonic()
        answer = http.post(EVALUATION, json=lotus.question(person), headers=lotus.headers)
        assert answer.json()["decision"] is True
        taken.append(time.monotonic() - began)
    return taken


def fifty(taken):
    return len(taken) < 50


@pytest.mark.req("POL-21")
def test_ten_thousand_items_in_flight_do_not_hold_up_single_checks(
    lotus, asha, site, record_property
):
    one = {"resource": {"type": "customer", "id": str(asha.id)}}
    body = {**lotus.question(asha), "evaluations": [one] * BULK}
    bulk, answers = [], []

    def large():
        with site.client() as http:
            began = time.monotonic()
            answers.append(http.post(EVALUATIONS, json=body, headers=lotus.headers).status_code)
            bulk.append(time.monotonic() - began)

    with site.client() as http:
        alone = singles(http, lotus, asha, fifty)
        thread = threading.Thread(target=large)
        thread.start()
        beside = singles(http, lotus, asha, lambda _: thread.is_alive())
        thread.join()

    median = statistics.median(beside)
    record_property("bulk_seconds", round(bulk[0], 3))
    record_property("single_ms_alone", round(statistics.median(alone) * 1000, 2))
    record_property("single_ms_beside_bulk", round(median * 1000, 2))
    record_property("single_ms_worst", round(max(beside) * 1000, 2))
    assert answers == [200]
    assert median < bulk[0] / 8
    assert max(beside) < bulk[0] / 2  # in one line with the bulk, one check waits for all of it


@pytest.mark.req("POL-21")
def test_callers_that_vanish_leave_nothing_behind(lotus, asha, site):
    request = raw(lotus, json.dumps(lotus.question(asha)).encode())

    for number in range(200):
        with connected(site) as caller:
            caller.sendall(request if number % 2 else request[:-10])

    with site.client() as http:
        taken = singles(http, lotus, asha, fifty)
    assert statistics.median(taken) < 0.5


@pytest.mark.req("POL-21")
def test_a_body_that_trickles_in_holds_up_nobody(lotus, asha, site):
    body = json.dumps(lotus.question(asha)).encode()
    callers = [connected(site) for _ in range(50)]
    try:
        for caller in callers:
            caller.sendall(raw(lotus, body)[:-20])

        with site.client() as http:
            taken = singles(http, lotus, asha, fifty)
        callers[0].sendall(body[-20:])

        assert statistics.median(taken) < 0.5
        assert b"200 OK" in callers[0].recv(4096)
    finally:
        for caller in callers:
            caller.close()


@pytest.mark.req("POL-22")
def test_cancelled_calls_do_not_stay_in_the_lane(lotus, asha):
    async def work(client, point):
        post = lambda: client.post(  # noqa: E731
            EVALUATION, json=lotus.question(asha), headers=lotus.headers
        )
        await post()
        for _ in range(10):
            calls = [asyncio.create_task(post()) for _ in range(20)]
            await asyncio.sleep(0.002)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        answer = await post()
        await asyncio.sleep(0.1)
        left = [[*line._waiting, *(lane.running for lane in line.lanes)] for line in lines(point)]
        return answer, [one for line in left for one in line if one]

    answer, left = asked(work)

    assert answer.json()["decision"] is True
    assert left == []


@pytest.mark.req("POL-22")
def test_every_caller_in_a_crowd_gets_the_answer_to_their_own_question(lotus, asha):
    people = [lotus.person(f"p{n}@example.in") for n in range(8)]
    for person in people[::2]:
        lotus.yes(person)

    async def work(client, point):
        async def one(number):
            body = lotus.question(people[number % 8])
            answer = await client.post(EVALUATION, json=body, headers=lotus.headers)
            return answer.json()["decision"] is (number % 2 == 0)

        return await asyncio.gather(*map(one, range(800)))

    assert all(asked(work))
