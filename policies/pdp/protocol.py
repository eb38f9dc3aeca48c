"""A short way from the socket to a decision, inside uvicorn's own protocol.

A single check is one small message whose answer is one small message. Handing it through ASGI's
calls, each of which may come in parts, took 74 of 633 microseconds. So a small POST to the two
evaluation endpoints that arrives in one piece is answered in one piece; whatever is in any way
different goes uvicorn's usual way, from its first byte (docs/adr/0024).
"""

import asyncio
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from policies.pdp.asgi import EVALUATION, EVALUATIONS, MAX_SINGLE, application
from policies.pdp.http import Answer, Headers

PATHS: Final = {one.encode(): one for one in (EVALUATION, EVALUATIONS)}
_CONNECTION: Final = frozenset((b"connection", b"expect", b"transfer-encoding", b"upgrade"))
"""Headers that say something about the message itself: none of them is for the short way."""


class Short:
    """A request on the short way, as far as uvicorn's protocol asks its cycle."""

    message_event = asyncio.Event()  # nobody waits for more of it

    def __init__(self, path: str, headers: Headers) -> None:
        self.path, self.headers = path, headers
        self.body = b""
        self.keep_alive, self.disconnected, self.response_complete = True, False, False


class DecisionProtocol(HttpToolsProtocol):
    """uvicorn's protocol with the short way. config/protocol.py names it for uvicorn."""

    short: Short | None = None  # while its body is still to come
    _head: tuple[object, bytes] = (None, b"")

    def __init__(self, config: Config, server_state: ServerState, **others: Any) -> None:
        super().__init__(config, server_state, **others)
        self.access_log = config.access_log  # uvicorn asks the logger, which always has a handler

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.short is not None and not self.transport.is_closing():
            self._go_the_usual_way()  # it comes in parts, which may take any time

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        self._tell_the_time()
        self.short = self._shortened()
        if self.short is None:
            self._begin()
        else:
            self.cycle = self.short  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        if self.short is None:
            super().on_body(body)
        else:
            self.short.body += body

    def on_message_complete(self) -> None:
        if self.short is None:
            super().on_message_complete()
            return
        one, self.short = self.short, None
        task = self.loop.create_task(self._answer(one))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def _shortened(self) -> Short | None:
        """The request for the short way; None for every other."""
        path = PATHS.get(self.url)
        if path is None or self.parser.get_method() != b"POST":
            return None
        if self.parser.get_http_version() != "1.1" or self.access_log or self.root_path:
            return None
        if self.cycle is not None and not self.cycle.response_complete:
            return None  # it waits for the answer to the one before
        headers = dict(self.headers)
        size = headers.get(b"content-length", b"")
        is_small = size.isdigit() and 0 < int(size[:9]) <= MAX_SINGLE
        if not is_small or not _CONNECTION.isdisjoint(headers) or self.limit_concurrency:
            return None
        return Short(path, headers)

    def _tell_the_time(self) -> None:
        """A permit's end is counted from the date, and uvicorn's own lags by a second or more."""
        headers, date = self.server_state.default_headers, _date(int(time.time()))
        if date not in headers:
            others = [one for one in headers if one[0] != date[0]]
            self.server_state.default_headers = [date, *others]

    def _begin(self) -> None:
        """What uvicorn does when a message begins and its headers end, with what came so far."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    def _go_the_usual_way(self) -> None:
        one, self.short = self.short, None
        if one is None:
            return
        self.cycle = None  # type: ignore[assignment]
        self._begin()
        if one.body:
            super().on_body(one.body)

    async def _answer(self, one: Short) -> None:
        answer = await application.answer(one.path, one.headers, one.body)
        if self.flow.write_paused:
            await self.flow.drain()
        if not self.transport.is_closing():
            self.transport.write(self._written(answer, one))
            if not one.keep_alive:
                self.transport.close()
        one.response_complete = True
        self.on_response_complete()

    def _written(self, answer: Answer, one: Short) -> bytes:
        lines = b"".join(b"%b: %b\r\n" % pair for pair in answer.headers)
        close = b"" if one.keep_alive else b"connection: close\r\n"
        return b"%b%b%b%bcontent-length: %d\r\n\r\n%b" % (
            STATUS_LINE[answer.status], self._always(), lines, close, len(answer.body), answer.body,
        )  # fmt: skip

    def _always(self) -> bytes:
        """The headers of every answer, written once a second: the date is among them."""
        headers: Any = self.server_state.default_headers
        known, written = self._head
        if known is not headers:
            written = b"".join(b"%b: %b\r\n" % pair for pair in headers)
            self._head = headers, written
        return written


@lru_cache(maxsize=1)
def _date(second: int) -> tuple[bytes, bytes]:
    return b"date", formatdate(second, usegmt=True).encode()
