"""Group commit: while one batch is in the database the next one gathers. No timer.

A lane is a task of the event loop with a connection of its own; lanes that do the same have one
line before them. Single checks and bulk requests have different ones, so that a request of ten
thousand items does not hold up anybody's single check.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import chain

import psycopg
import structlog

from policies.pdp.batch import Call, Decider
from policies.pdp.catalogue import Newest
from policies.pdp.channel import Channel
from policies.pdp.connection import connect, with_integer_times

log = structlog.get_logger(__name__)

Done = asyncio.Future[None]
PAUSE_SECONDS = 0.2
WATCH_SECONDS = 0.25


class UnavailableError(RuntimeError):
    """The decision cannot be made and recorded now; nothing is permitted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most items of a batch, the most calls that may wait, and two bounds in seconds.

    `seconds` is how long one round trip may take, `patience` how long a call may take in all: parts
    of a bulk request stand in line for each other.
    """

    batch: int
    backlog: int
    valid_seconds: int
    seconds: float
    patience: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: Call
    done: Done
    deadline: float


class Opened:
    """A decider on a connection that is opened when it is needed, and again after trouble."""

    def __init__(self, limits: Limits, newest: Newest) -> None:
        self._limits = limits
        self._newest = newest
        self._decider: Decider | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a connection is open, as far as anybody knows."""
        return self._decider is not None and not self._decider.channel.is_lost

    async def decider(self) -> Decider:
        """The decider in hand, or a fresh one where PostgreSQL has hung up in the meantime."""
        if not self.is_ready:
            self.close()
        return self._decider or await self._open()

    async def _open(self) -> Decider:
        """A fresh channel. Connecting may block, so it happens off the loop, within seconds."""
        async with asyncio.timeout(self._limits.seconds):
            connection: psycopg.Connection = await asyncio.to_thread(connect)
        channel = Channel(with_integer_times(connection))
        limits = self._limits
        self._decider = Decider(channel, limits.valid_seconds, limits.seconds, self._newest)
        return self._decider

    def close(self) -> None:
        """Start over with a fresh connection: the state of the old one is not known."""
        decider, self._decider = self._decider, None
        if decider is not None:
            decider.channel.close()


class Line:
    """Calls of one kind, in the order they came, and the lanes that are there for them.

    Whichever lane is free takes all that waits. With a line for each lane batches held a quarter of
    what was asked at a time instead of a third, and each of them costs a commit.
    """

    def __init__(self, limits: Limits, newest: Newest, lanes: int) -> None:
        self._limits = limits
        self._waiting: deque[_Waiting] = deque()
        self._loop = asyncio.get_running_loop()
        self._free: list[Lane] = []
        self.lanes = [Lane(self, limits, newest) for _ in range(lanes)]
        self.watching = self._loop.create_task(self._watch())

    def submit(self, call: Call) -> Done:
        """Queue a call; the future ends when it is committed. Raises UnavailableError when full."""
        if len(self._waiting) >= self._limits.backlog:
            raise UnavailableError
        done: Done = self._loop.create_future()
        self._waiting.append(_Waiting(call, done, self._loop.time() + self._limits.patience))
        if self._free:
            self._free.pop().rouse()
        return done

    async def alone(self, call: Call) -> None:
        """Decide one call here and now, where a lane is free: two turns of the loop less.

        Raises UnavailableError.
        """
        if self._waiting or not self._free or not self._free[-1].opened.is_ready:
            await self.submit(call)
            return
        lane = self._free.pop()  # the one that was used last
        try:
            is_committed = await lane.attempt_in_time(call)
        finally:
            self.free(lane)
        if not is_committed:
            raise UnavailableError

    def free(self, lane: "Lane") -> None:
        """Take a lane back that has nothing to do; what came meanwhile goes to it at once."""
        if self._waiting:
            lane.rouse()
        else:
            self._free.append(lane)

    def take(self) -> list[_Waiting]:
        """Everything that waits, up to the most a batch may hold; who has gone is left out."""
        batch: list[_Waiting] = []
        room = self._limits.batch
        while self._waiting and room > 0:
            one = self._waiting.popleft()
            if not one.done.done():
                batch.append(one)
                room -= len(one.call.items)
        return batch

    async def _watch(self) -> None:
        """Answer whoever has waited too long, whatever the database does. One timer for all."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = self._loop.time()
            for one in (*self._waiting, *chain.from_iterable(lane.running for lane in self.lanes)):
                if now > one.deadline and not one.done.done():
                    one.done.set_exception(UnavailableError())


class Lane:
    """Takes everything that waits in its line, decides it in one transaction, and answers."""

    def __init__(self, line: Line, limits: Limits, newest: Newest) -> None:
        self._line = line
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._roused: Done = self._loop.create_future()
        self.opened = Opened(limits, newest)
        self.running: list[_Waiting] = []
        self.task = self._loop.create_task(self._live())

    def rouse(self) -> None:
        """Have it look at its line."""
        if not self._roused.done():
            self._roused.set_result(None)

    async def attempt_in_time(self, call: Call) -> bool:
        """Decide one call, which the watch knows nothing of; False where it is not committed."""
        try:
            async with asyncio.timeout(self._limits.patience):
                return await self._attempt([call], is_alone=True)
        except TimeoutError:
            self.opened.close()
            return False
        except asyncio.CancelledError:
            self.opened.close()
            raise

    async def _live(self) -> None:
        while True:
            while batch := self._line.take():
                self.running = batch
                _settle(batch, await self._attempt([one.call for one in batch]))
                self.running = []
            self._roused = self._loop.create_future()
            self._line.free(self)
            await self._roused

    async def _attempt(self, calls: list[Call], *, is_alone: bool = False) -> bool:
        try:
            decider = await self.opened.decider()
            await decider.run(calls, is_alone=is_alone)
        except Exception as error:  # whatever it is, nobody in the batch is answered (P4)
            log.error("batch_failed", error=type(error).__name__, calls=len(calls))
            self.opened.close()
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        return True


def _settle(batch: list[_Waiting], is_committed: bool) -> None:
    for one in batch:
        if one.done.done():
            continue
        if is_committed:
            one.done.set_result(None)
        else:
            one.done.set_exception(UnavailableError())
