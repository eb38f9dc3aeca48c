"""How calls wait for a lane, and of which the processor awaits PostgreSQL's answer itself."""

import asyncio

import pytest

from policies.pdp.asgi import EVALUATION, SINGLE_LANES
from policies.pdp.batch import Decider
from policies.pdp.channel import Channel
from tests.factories.point import asked


@pytest.fixture
def held(monkeypatch):
    """Batches wait until their event is set, for as many as there are; the size of each batch."""
    events, sizes, run = [], [], Decider.run

    async def waiting(self, calls, **how):
        sizes.append(len(calls))
        if len(sizes) <= len(events):
            await events[len(sizes) - 1].wait()
        await run(self, calls, **how)

    monkeypatch.setattr(Decider, "run", waiting)
    return events, sizes


async def grown(sizes, length):
    while len(sizes) < length:
        await asyncio.sleep(0.001)


def posting(client, lotus, asha):
    async def post():
        return await client.post(EVALUATION, json=lotus.question(asha), headers=lotus.headers)

    return post


@pytest.mark.req("POL-22")
def test_what_waits_goes_together_to_the_first_lane_that_is_free(lotus, asha, held):
    events, sizes = held

    async def work(client, point):
        post = posting(client, lotus, asha)
        await post()
        sizes.clear()
        events.extend(asyncio.Event() for _ in range(SINGLE_LANES))
        first = []
        for number in range(SINGLE_LANES):
            first.append(asyncio.create_task(post()))
            await grown(sizes, number + 1)
        crowd = [asyncio.create_task(post()) for _ in range(10)]
        await asyncio.sleep(0.02)
        events[-1].set()
        await asyncio.gather(*crowd)
        for event in events:
            event.set()
        return await asyncio.gather(*first)

    answers = asked(work)

    assert sizes == [*[1] * SINGLE_LANES, 10]
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.req("POL-22")
def test_the_processor_waits_itself_only_for_who_is_alone(lotus, asha, held, monkeypatch):
    events, sizes = held
    closely, exchange = [], Channel.exchange

    async def watched(self, *commands, **how):
        closely.append(how["closely"])
        return await exchange(self, *commands, **how)

    monkeypatch.setattr(Channel, "exchange", watched)

    async def work(client, point):
        post = posting(client, lotus, asha)
        await post()
        closely.clear()
        await post()
        alone = closely.copy()
        sizes.clear()
        events.append(asyncio.Event())
        first = asyncio.create_task(post())
        await grown(sizes, 1)
        closely.clear()
        await post()
        beside = closely.copy()
        events[0].set()
        await first
        return alone, beside

    assert asked(work) == ([True, True], [False, False])
