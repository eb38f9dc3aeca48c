"""PostgreSQL's wire from the event loop: several prepared statements, one round trip.

A decision costs two round trips (facts; append and commit). With psycopg's threads or its async
cursor each would cost more in Python than in PostgreSQL, so this drives libpq's pipeline mode
through psycopg's own bindings and lets psycopg read the rows.

What is sent up to a synchronisation point is one transaction of its own accord: begun by the first
statement, committed by the point, rolled back by an error. So neither BEGIN nor COMMIT is sent.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format

Rows = list[tuple[Any, ...]]
Parameters = Sequence[bytes | None]
CLOSELY_SECONDS = 0.0005
_FAILURES = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.PIPELINE_ABORTED)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with numbered parameters, prepared under `name` once a connection.

    Parameters are sent in PostgreSQL's binary form.
    """

    name: str
    sql: str
    oids: tuple[int, ...] = ()


class ChannelError(RuntimeError):
    """The exchange failed; the channel is of no more use. Carries a SQLSTATE, never a value."""


class Channel:
    """One connection in pipeline mode. One exchange at a time; closed after any failure."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._transformer = Transformer(connection)
        self._loop = asyncio.get_running_loop()
        self._prepared: set[str] = set()
        self._readable: asyncio.Future[None] | None = None
        self._until = 0.0
        # libpq closes its own when the connection is lost, and the number may be anybody's then.
        self._socket = os.dup(self._pg.socket)
        self._loop.add_reader(self._socket, self._on_readable)

    @property
    def is_lost(self) -> bool:
        """Whether PostgreSQL has hung up."""
        return self._socket < 0

    async def exchange(
        self,
        *commands: tuple[Statement, Parameters],
        seconds: float,
        commits: bool = True,
        closely: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[Rows]:
        """Send the commands together; the rows of each. Raises ChannelError, TimeoutError.

        With `commits` it returns when the transaction is on disk; without, the transaction stays
        open for the next exchange. `closely` looks for the answer before it sleeps until one comes.
        `meanwhile` is done once everything is sent, while PostgreSQL works on it.
        """
        try:
            expected = [self._send(*command) for command in commands]
            if commits:
                self._pg.pipeline_sync()
            else:
                self._pg.send_flush_request()
            self._until = self._loop.time() + seconds
            await self._flush()
            if meanwhile is not None:
                meanwhile()
            if closely:
                self._watch_closely()
            return await self._receive(expected, commits=commits)
        except psycopg.Error as error:
            raise ChannelError(type(error).__name__) from None

    def wake(self) -> None:
        """Wake PostgreSQL's process, which then is there when the exchange comes in a moment.

        A request to flush has no answer and changes nothing. Waking takes a third of a look-up.
        """
        with suppress(psycopg.Error):  # the exchange will say so
            self._pg.send_flush_request()
            self._pg.flush()

    def close(self) -> None:
        """Give the connection up, whatever it is doing."""
        self._stop_listening()
        self._connection.close()

    def _stop_listening(self) -> None:
        if self._socket >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            os.close(self._socket)
            self._socket = -1

    def _send(self, statement: Statement, parameters: Parameters) -> bool:
        """Queue one command; True where a prepare goes before it and has a result of its own."""
        is_new = statement.name not in self._prepared
        name = statement.name.encode()
        if is_new:
            self._pg.send_prepare(name, statement.sql.encode(), list(statement.oids))
            self._prepared.add(statement.name)
        formats = [Format.BINARY] * len(parameters)
        self._pg.send_query_prepared(name, parameters, formats, Format.BINARY)
        return is_new

    async def _flush(self) -> None:
        """Hand everything to the kernel; a batch larger than its buffer waits for room."""
        while self._pg.flush():
            writable = self._loop.create_future()
            self._loop.add_writer(self._socket, _wake, writable)
            try:
                await self._in_time(writable)
            finally:
                if not self.is_lost:
                    self._loop.remove_writer(self._socket)

    async def _receive(self, expected: list[bool], *, commits: bool) -> list[Rows]:
        found: list[Rows] = []
        for has_prepare in expected:
            if has_prepare:
                await self._result()
            found.append(await self._result())
        if commits:
            await self._result()  # the synchronisation point, after the commit
        return found

    async def _result(self) -> Rows:
        """The rows of the next result, after which libpq gives one empty result."""
        rows: Rows = []
        while True:
            while self._pg.is_busy():
                self._readable = self._loop.create_future()
                await self._in_time(self._readable)
            result = self._pg.get_result()
            if result is None:
                return rows
            if result.status == ExecStatus.PIPELINE_SYNC:
                return rows
            if result.status in _FAILURES:
                raise ChannelError(_sqlstate(result))
            if result.status == ExecStatus.TUPLES_OK:
                self._transformer.set_pgresult(result)
                rows = self._transformer.load_rows(0, result.ntuples, tuple)

    async def _in_time(self, ready: asyncio.Future[None]) -> None:
        """Wait, but not longer than the exchange may take. Its clock costs nothing until then."""
        async with asyncio.timeout_at(self._until):
            await ready

    def _watch_closely(self) -> None:
        """Look again and again for a moment, before going to sleep until an answer comes.

        Being woken takes as long as half of what PostgreSQL does for a single decision.
        """
        until = time.perf_counter() + CLOSELY_SECONDS
        while self._pg.is_busy() and time.perf_counter() < until:
            self._pg.consume_input()

    def _on_readable(self) -> None:
        """Take in what PostgreSQL sent, asked for or not; whoever waits for it goes on."""
        waiting, self._readable = self._readable, None
        try:
            self._pg.consume_input()
        except psycopg.Error as error:
            self._stop_listening()
            if waiting is not None and not waiting.done():
                waiting.set_exception(ChannelError(type(error).__name__))
            return
        if waiting is not None:
            _wake(waiting)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _sqlstate(result: Any) -> str:
    code = result.error_field(ord("C"))
    return code.decode() if code else "unknown"
