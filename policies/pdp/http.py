"""What every message over HTTP has: a key, a body of bounded size, an error form."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from audit.door import trace

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[bytes, bytes]
Read = Callable[[int], Awaitable[bytes]]
"""Gives the whole body, of at most so many bytes; raises HttpError."""
Pairs = tuple[tuple[bytes, bytes], ...]

BODY_SECONDS = 30.0
JSON = (b"content-type", b"application/json")
NOT_KEPT = (b"cache-control", b"no-store")
"""No answer of ours may be kept by anybody between."""
_PROBLEM = (b"content-type", b"application/problem+json")


class Answer(NamedTuple):
    """Everything of an answer but its length."""

    status: int
    body: bytes
    headers: Pairs


@dataclass(frozen=True)
class HttpError(Exception):
    """An answer that is not a decision: AuthZEN's status and its error message string."""

    status: int
    message: str
    headers: Pairs = ()


UNAUTHENTICATED = HttpError(
    401,
    "The service key is missing, unknown, expired or revoked.",
    ((b"www-authenticate", b'Bearer realm="sammati"'),),
)
UNAVAILABLE = HttpError(
    503, "No decision can be made and recorded now; treat this as a denial.",
    ((b"retry-after", b"1"),),
)  # fmt: skip


def key_digest(headers: Headers) -> bytes:
    """The digest of the service key. Raises HttpError where there is none."""
    scheme, _, secret = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not secret:
        raise UNAUTHENTICATED
    return hashlib.sha256(secret.strip()).digest()


def require_json(headers: Headers) -> None:
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise HttpError(400, "The content type must be application/json.")
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise HttpError(400, "The body must come as it is: send no Content-Encoding.")


async def body(headers: Headers, receive: Receive, most: int) -> bytes:
    """The whole body, of at most `most` bytes. Raises HttpError.

    One that says it is larger is not read, and one that does not end is not waited for.
    """
    told = headers.get(b"content-length", b"")
    if told.isdigit() and int(told[:20]) > most:
        raise _too_large(most)
    first, is_whole = await _part(receive)
    if is_whole and len(first) <= most:
        return first
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _rest(first, receive, most, is_whole=is_whole)
    except TimeoutError:
        raise HttpError(408, "The request did not end in time.") from None


async def _rest(first: bytes, receive: Receive, most: int, *, is_whole: bool) -> bytes:
    parts, size = [first], len(first)
    while size <= most:
        if is_whole:
            return b"".join(parts)
        part, is_whole = await _part(receive)
        parts.append(part)
        size += len(part)
    raise _too_large(most)


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise HttpError(400, "The request ended early.")
    return message.get("body", b""), not message.get("more_body")


def _too_large(most: int) -> HttpError:
    return HttpError(400, f"The request is larger than {most} bytes.")


def echo(headers: Headers) -> Pairs:
    """The caller's X-Request-ID, on every answer, where it is a plain token."""
    wanted = headers.get(b"x-request-id", b"")
    if wanted and len(wanted) <= 256 and all(33 <= byte < 127 for byte in wanted):
        return ((b"x-request-id", wanted),)
    return ()


def request_id(headers: Headers) -> str:
    """The caller's X-Request-ID, as the record keeps it; mostly there is none."""
    wanted = headers.get(b"x-request-id")
    return "" if wanted is None else trace(wanted.decode("latin-1"))


def written(error: HttpError, headers: Headers) -> tuple[int, bytes, tuple[bytes, bytes]]:
    """AuthZEN's error message string; a problem document only for who asks for one."""
    if b"application/problem+json" not in headers.get(b"accept", b""):
        return error.status, msgspec.json.encode(error.message), JSON
    problem = {"type": "about:blank", "status": error.status, "detail": error.message}
    return error.status, msgspec.json.encode(problem), _PROBLEM


async def send_whole(send: Send, answer: Answer) -> None:
    """Send one answer through ASGI."""
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.headers, length]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
