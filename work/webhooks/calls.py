"""One call to an address: bounded in time and size; nothing is followed or believed but a status.

The connection goes to the address that was looked at; the host's name is only said. Written here
because events go out by the hundred a second, and all that is wanted of an answer is its status.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Self
from urllib.parse import urlsplit

import httptools
import httpx

from work.webhooks.addresses import Place

SECONDS = 10.0
MOST_BYTES = 64 * 1024
"""So much of an answer is read, so that its connection serves again; of more none is awaited."""

GONE = 410
_READ = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call went: a status, or a code of why there was none. `headers` in lower case."""

    status: int = 0
    trouble: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_heard(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """Empty when it was heard; never anything the other side has written."""
        return "" if self.is_heard else self.trouble or f"status_{self.status}"

    def header(self, name: str) -> str:
        """What the answer says under this name, empty without."""
        return self.headers.get(name, "")


class Reply:
    """What has been read of one answer; httptools calls it while it reads."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.has_head = self.is_whole = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.has_head = self.status >= 200

    def on_message_complete(self) -> None:
        if self.has_head:
            self.is_whole = True
        else:
            self.headers.clear()  # it said that it will answer; the answer follows

    def takes(self, data: bytes) -> bool:
        """Read on; False where something follows an answer that is whole already. Raises
        HttpParserError for what is no HTTP."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if not self.is_whole:
                raise
            return False
        return True

    @property
    def status(self) -> int:
        return int(self.parser.get_status_code())

    @property
    def ends_with_the_connection(self) -> bool:
        """Whether nothing but the connection's end tells where the body ends."""
        return self.headers.keys().isdisjoint({"content-length", "transfer-encoding"})


@dataclass(slots=True)
class Wire:
    """One connection to a place."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def exchange(self, request: bytes) -> tuple[Reply, bool]:
        """The answer, and whether the connection can serve again. Raises OSError, EOFError."""
        self.writer.write(request)
        await self.writer.drain()
        reply, size = Reply(), 0
        while not reply.is_whole:
            data = await self.reader.read(_READ)
            size += len(data)
            if not data or size > MOST_BYTES:
                return _cut(reply, was_closed=not data), False
            if not reply.takes(data):
                return reply, False
        return reply, bool(reply.parser.should_keep_alive())

    def close(self) -> None:
        """At once: whoever is slow to answer is slow to say goodbye."""
        self.writer.transport.abort()


class Client:
    """Keeps connections to one place for as long as it is open. It takes nothing from this
    machine's surroundings: neither proxies nor passwords."""

    def __init__(self) -> None:
        self._idle: list[Wire] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for wire in self._idle:
            wire.close()

    async def exchange(self, place: Place, request: bytes) -> Reply:
        """The answer to a request. A kept connection is replaced that has ended meanwhile, or on
        which something came late that belongs to no answer."""
        while self._idle:
            wire = self._idle.pop()
            try:
                return await self._through(wire, request)
            except (OSError, EOFError, httptools.HttpParserError):
                continue
        return await self._through(await _opened(place), request)

    async def _through(self, wire: Wire, request: bytes) -> Reply:
        keep = False
        try:
            reply, keep = await wire.exchange(request)
        finally:
            if keep:
                self._idle.append(wire)
            else:
                wire.close()
        return reply


def client() -> Client:
    """For calls to one place, side by side or one after the other."""
    return Client()


async def call(
    through: Client,
    place: Place,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    method: str = "POST",
) -> Answer:
    """Make the call. The deadline is over the whole exchange, however slowly it trickles."""
    request = _request(place, method, headers, content)
    try:
        async with asyncio.timeout(SECONDS):
            reply = await through.exchange(place, request)
    except TimeoutError:
        return Answer(trouble="slow")
    except (OSError, EOFError, httptools.HttpParserError, httptools.HttpParserUpgrade):
        return Answer(trouble="unreachable")
    return Answer(reply.status, headers=reply.headers)


async def _opened(place: Place) -> Wire:
    reader, writer = await asyncio.open_connection(
        place.address, place.port, limit=_READ, ssl=_trust() if place.is_secure else None,
        server_hostname=place.host if place.is_secure else None,
    )  # fmt: skip
    return Wire(reader, writer)


@cache
def _trust() -> ssl.SSLContext:
    """Whom the rest of the suite trusts when it calls out."""
    return httpx.create_ssl_context(trust_env=False)


def _request(place: Place, method: str, headers: Mapping[str, str], content: bytes) -> bytes:
    """The bytes of the request. The URL has been checked: it holds neither blanks nor lines."""
    parts = urlsplit(place.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    said = {
        "Host": parts.netloc, "User-Agent": "Sammati", "Accept": "*/*",
        "Content-Length": str(len(content)), **headers,
    }  # fmt: skip
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + content


def _cut(reply: Reply, *, was_closed: bool) -> Reply:
    """An answer that was not read to its end: its status counts if it could be all of it, or if
    there was more than anybody wants to read. Raises EOFError."""
    if not reply.has_head or (was_closed and not reply.ends_with_the_connection):
        raise EOFError
    return reply
