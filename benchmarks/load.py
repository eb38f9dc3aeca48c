"""`python -m benchmarks.load`: asks as fast as it can, or at a constant rate; job and result JSON.

Closed loop (no `rate`): every connection asks again when it is answered, which finds the highest
rate. Open loop: a clock says when to ask, and the time of an answer counts from then, so a stall
is felt by everybody who would have asked meanwhile.
"""

import array
import asyncio
import ctypes
import itertools
import json
import os
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from hdrh.histogram import HdrHistogram

from benchmarks.people import World, requests

TICK_SECONDS = 0.0005
CLOCK_MONOTONIC, NON_BLOCKING = 1, 0o4000
LIBC = ctypes.CDLL(None, use_errno=True)
PERMITS = {"sammati": b'"decision":true', "cerbos": b"EFFECT_ALLOW"}
HIGHEST_US = 600_000_000


@dataclass(frozen=True)
class Job:
    """What to ask, of whom, how long."""

    world: dict[str, Any]
    port: int
    connections: int
    seconds: float
    target: str = "sammati"
    items: int = 1
    warm_seconds: float = 0.0
    rate: float | None = None
    seed: int = 1
    requests: int = 50_000
    journal: str = ""


@dataclass
class Result:
    """What came back. Times in milliseconds, of the answers after the warm-up."""

    answers: int = 0
    rate: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    p99: float = 0.0
    p999: float = 0.0
    longest: float = 0.0
    total: int = 0
    permits: int = 0
    lost: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.buffer = b""
        self.asked_at = 0.0
        self.is_busy = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, asked_at: float) -> None:
        self.asked_at, self.is_busy = asked_at, True
        self.transport.write(next(self.load.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        body = body_of(self.buffer)
        if body is None:
            return
        status, self.buffer, self.is_busy = self.buffer[9:12], b"", False
        self.load.answered(self, status, body)

    def connection_lost(self, error: Exception | None) -> None:
        self.load.lost(self)


def body_of(message: bytes) -> bytes | None:
    """The body of a response, once all of it is there; the chunks as they are if it has some."""
    end = message.find(b"\r\n\r\n")
    if end < 0:
        return None
    place = message.find(b"ontent-", 0, end)
    while place > 0 and message[place + 7 : place + 14].lower() != b"length:":
        place = message.find(b"ontent-", place + 1, end)
    if place < 0:
        return message[end + 4 :] if message.endswith(b"0\r\n\r\n") else None
    size = int(message[place + 14 : message.find(b"\r", place)])
    return message[end + 4 :] if len(message) >= end + 4 + size else None


class Wire:
    """A blocking socket in the place of an event loop's transport."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.write, self.close = self._socket.sendall, self._socket.close

    def feed(self, connection: Connection, load: "Load") -> None:
        """Hand on what arrives, until the connection is closed from either side."""
        while load.open:
            data = self._socket.recv(1 << 18)
            if not data:
                connection.connection_lost(None)
                return
            connection.data_received(data)


class Load:
    """One run: its connections, its clock, and what it has seen."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.requests: Iterator[bytes] = itertools.cycle(made(job))
        self.marker = PERMITS[job.target]
        self.taken = array.array("d")
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.result = Result()
        self.statuses: Counter[bytes] = Counter()
        self.seen: list[bytes] = []
        self.due: deque[float] = deque()
        self.free: deque[Connection] = deque()  # in turn: servers close what stays idle
        self.open: set[Connection] = set()

    async def run(self) -> Result:
        loop = asyncio.get_running_loop()
        if self.job.connections == 1 and not self.job.rate:
            return self._alone()
        for _ in range(self.job.connections):
            _, connection = await loop.create_connection(
                lambda: Connection(self), "127.0.0.1", self.job.port
            )
            self.open.add(connection)
        self._begin()
        await asyncio.wait([self.done], timeout=self.job.warm_seconds + self.job.seconds + 30)
        return self._summed_up()

    def _alone(self) -> Result:
        """One connection waits as the plain insert does: an event loop's own time is not ours."""
        connection, wire = Connection(self), Wire(self.job.port)
        connection.connection_made(wire)
        self.open.add(connection)
        self._begin()
        wire.feed(connection, self)
        return self._summed_up()

    def _begin(self) -> None:
        self.began = time.perf_counter()
        self.counted_from = self.began + self.job.warm_seconds
        self.ends = self.counted_from + self.job.seconds
        if self.job.rate:
            self.free, self.next_due = deque(self.open), self.began
            self.ticker = ticker(TICK_SECONDS)
            asyncio.get_running_loop().add_reader(self.ticker, self._tick)
            return
        for connection in list(self.open):
            connection.ask(time.perf_counter())

    def _tick(self) -> None:
        """Ask what is due by now; what finds no free connection waits, and its time runs."""
        os.read(self.ticker, 8)
        now = time.perf_counter()
        while self.next_due <= min(now, self.ends):
            self.due.append(self.next_due)
            self.next_due += 1 / self.job.rate
        while self.due and self.free:
            self.free.popleft().ask(self.due.popleft())
        if now > self.ends and not self.due and len(self.free) == len(self.open):
            self._finish()

    def answered(self, connection: Connection, status: bytes, body: bytes) -> None:
        now = time.perf_counter()
        self.result.total += 1
        self.statuses[status] += 1
        if status == b"200":
            self.result.permits += body.count(self.marker)
            if self.job.journal:
                self.seen.append(body)
        if connection.asked_at >= self.counted_from:
            self.taken.append(now - connection.asked_at)
        self._go_on(connection, now)

    def _go_on(self, connection: Connection, now: float) -> None:
        if self.job.rate:
            if self.due:
                connection.ask(self.due.popleft())
            else:
                self.free.append(connection)
        elif now < self.ends:
            connection.ask(now)
        else:
            self._close(connection)

    def lost(self, connection: Connection) -> None:
        self.result.lost += connection.is_busy
        self._close(connection)

    def _close(self, connection: Connection) -> None:
        connection.transport.close()
        self.open.discard(connection)
        if connection in self.free:
            self.free.remove(connection)
        if not self.open:
            self._finish()

    def _finish(self) -> None:
        self.finished = time.perf_counter()
        if not self.done.done():
            self.done.set_result(None)

    def _summed_up(self) -> Result:
        result, now = self.result, getattr(self, "finished", time.perf_counter())
        histogram = HdrHistogram(1, HIGHEST_US, 3)
        for seconds in self.taken:
            histogram.record_value(max(1, int(seconds * 1_000_000)))
        at = histogram.get_value_at_percentile
        result.p50, result.p90, result.p99, result.p999 = (
            at(part) / 1000 for part in (50, 90, 99, 99.9)
        )
        result.longest = max(self.taken, default=0.0) * 1000
        result.answers = len(self.taken)
        result.rate = result.answers / max(now - self.counted_from, 1e-9)
        result.statuses = {status.decode(): count for status, count in self.statuses.items()}
        result.cpu_seconds, result.wall_seconds = time.process_time(), now - self.began
        if self.job.journal:
            Path(self.job.journal).write_bytes(b"\n".join(self.seen))
        return result


def made(job: Job) -> list[bytes]:
    return requests(World.of(job.world), job.target, job.items, job.requests, job.seed)


def ticker(seconds: float) -> int:
    """A descriptor that turns readable every so often: event loops count in milliseconds."""
    descriptor = LIBC.timerfd_create(CLOCK_MONOTONIC, NON_BLOCKING)
    nanoseconds = int(seconds * 1e9)
    times = (ctypes.c_long * 4)(0, nanoseconds, 0, nanoseconds)
    if descriptor < 0 or LIBC.timerfd_settime(descriptor, 0, times, None) < 0:
        raise OSError(ctypes.get_errno(), "timerfd")
    os.set_blocking(descriptor, False)
    return descriptor


async def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    load = Load(job)
    before = time.process_time()
    result = await load.run()
    result.cpu_seconds -= before
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    uvloop.run(main())
