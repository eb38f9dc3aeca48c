"""The decision point inside the test's own process, where it can be watched and broken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from policies.pdp.asgi import DecisionPoint


def asked(work: Callable[[httpx.AsyncClient, DecisionPoint], Awaitable[Any]]) -> Any:
    """What `work` gives with a client of a fresh decision point, which is closed afterwards."""

    async def run() -> Any:
        point = DecisionPoint()
        transport = httpx.ASGITransport(app=point, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pdp") as client:
            try:
                return await work(client, point)
            finally:
                await close(point)

    return asyncio.run(run())


async def close(point: DecisionPoint) -> None:
    for search in point._searches if point._loop else []:
        search._opened.close()
    for line in lines(point):
        tasks = [line.watching, *(lane.task for lane in line.lanes)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in line.lanes:
            lane.opened.close()


def lines(point: DecisionPoint) -> list[Any]:
    return [point._singles, point._bulk] if point._loop else []
