"""Just enough HTTP/1.1 to be called by real clients, and to break off as real systems do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class BrokenOffError(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Asked:
    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body; None where it is none."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    status: int = 200
    said: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def encoded(self) -> bytes:
        body = self.raw if self.raw is not None else b""
        if self.raw is None and self.said is not None:
            body = json.dumps(self.said).encode()
        headers = {"Content-Type": "application/json"} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status} x\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


Answers = Callable[[Asked], Awaitable[Reply]]


async def serve(answers: Answers, port: int = 0) -> asyncio.Server:
    """Listen on loopback; `answers` may raise BrokenOffError."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write((await answers(await _asked(reader))).encoded())
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, BrokenOffError):
            writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port, limit=1 << 20)


async def _asked(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":")[::2] for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    path = tuple(unquote(one) for one in parts.path.split("/") if one)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return Asked(method, path, query, headers, body)
