"""A sync HTTP transport that keeps one deadline for the whole exchange.

httpx bounds every single read and write, so a peer that sends a byte now and then is never
too late. Here each read and write gets what is left until the deadline. The look-up of the host
name is the operating system's and keeps the resolver's own limits.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

EXTENSION = "sammati_deadline"
SLICE = 65_536
IDLE_SECONDS = 4.0  # shorter than common servers' five, so a reused connection is rarely a dead one

Instant = float | None


def _left(instant: Instant, error: type[Exception]) -> float | None:
    if instant is None:
        return None
    left = instant - time.monotonic()
    if left <= 0:
        raise error
    return left


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose `timeout` arguments are instants of the monotonic clock."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: Instant = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: Instant = None) -> None:
        for start in range(0, len(buffer), SLICE):
            left = _left(timeout, httpcore.WriteTimeout)
            self._inner.write(buffer[start : start + SLICE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: Instant = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections whose timeouts are instants."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Instant = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(
            self._inner.connect_tcp(host, port, left, local_address, socket_options)
        )

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner.iter_stream()

    def close(self) -> None:
        self._inner.close()


class DeadlineTransport(httpx.BaseTransport):
    """HTTP/1.1 over a pool of connections; the extension `sammati_deadline` bounds a request."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=DeadlineBackend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.read(),
                extensions={"timeout": _instants(request)},
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


def _instants(request: httpx.Request) -> dict[str, Instant]:
    deadline: float = request.extensions[EXTENSION]
    now = time.monotonic()
    patience = request.extensions["timeout"]["connect"]
    return {
        "connect": min(deadline, now + patience),
        "read": deadline,
        "write": deadline,
        "pool": max(0.0, deadline - now),
    }
