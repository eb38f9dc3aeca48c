"""The decision point as an ASGI application: AuthZEN 1.0 over HTTP, nothing else.

Deny is always 200. What cannot be read is 400, an unknown key 401, trouble of ours 503: a caller
that treats anything but an explicit permit as a denial is right every time (P4).
"""

import asyncio
import gc
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

import msgspec
import structlog
from django.conf import settings

from policies.pdp import wire
from policies.pdp.batch import Call
from policies.pdp.idempotency import HEADER, KeyFormError, Once
from policies.pdp.idempotency import once as idempotent
from policies.pdp.lanes import Lane, Limits, UnavailableError
from policies.pdp.record import Made
from policies.pdp.search import UnauthenticatedError
from policies.pdp.search_lane import SearchLane
from policies.pdp.tokens import TokenError
from policies.pdp.wire import Batch, WireError
from policies.pdp.wire_search import KINDS, Kind, Search, parse_search

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

MAX_SINGLE = 64 * 1024
MAX_BODY = 16 * 1024 * 1024
CHUNK = 500
# While one lane waits for the disk another computes.
SINGLE_LANES, BULK_LANES, SEARCH_LANES = 2, 4, 2
BULK_ROUNDS = 3  # how many times the longest round trip a bulk request may take
BULK = 20  # requests of more items take the bulk lane
BACKLOG = 10_000

STOPS = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
SEARCHES: dict[str, Kind] = {f"/access/v1/search/{kind}": kind for kind in KINDS}
ENDPOINTS = frozenset((EVALUATION, EVALUATIONS, *SEARCHES))
METADATA = "/.well-known/authzen-configuration"
_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", b"application/problem+json")


@dataclass(frozen=True)
class HttpError(Exception):
    """An answer that is not a decision: AuthZEN's status and its error message string."""

    status: int
    message: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


UNAUTHENTICATED = HttpError(
    401,
    "The service key is missing, unknown, expired or revoked.",
    ((b"www-authenticate", b'Bearer realm="sammati"'),),
)
UNAVAILABLE = HttpError(
    503, "No decision can be made and recorded now; treat this as a denial.",
    ((b"retry-after", b"1"),),
)  # fmt: skip


class DecisionPoint:
    """The application. Its lanes start with the first request, in the process that serves it."""

    _singles: list[Lane]
    _bulk: list[Lane]
    _searches: list[SearchLane]

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        extra = _echo(headers)
        try:
            status, body, kind = 200, await self._answer(scope, headers, receive), _JSON
        except HttpError as error:
            status, body, kind = _error(error, headers)
            extra += error.headers
        except Exception as error:
            log.error("decision_point_failed", error=type(error).__name__)
            status, body, kind = _error(HttpError(500, "The decision failed."), headers)
        await _send(send, status, body, (kind, *extra))

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        path, method = scope["path"].removesuffix("/"), scope["method"]
        if path == METADATA:
            return _metadata(method)
        if path not in ENDPOINTS:
            raise HttpError(404, "There is no such endpoint.")
        if method != "POST":
            raise HttpError(405, "Use POST.", ((b"allow", b"POST"),))
        key = _key(headers)
        body = await _body(headers, receive, MAX_BODY if path == EVALUATIONS else MAX_SINGLE)
        _content_type(headers)
        try:
            if path in SEARCHES:
                return await self._search(key, parse_search(body, SEARCHES[path]))
            return await self._decide(key, _batch(path, body), _once(headers, path, body))
        except WireError as error:
            raise HttpError(400, str(error)) from None

    async def _search(self, key: bytes, search: Search) -> bytes:
        self._start()
        try:
            return await min(self._searches, key=lambda lane: lane.load).find(key, search)
        except UnavailableError:
            raise UNAVAILABLE from None
        except UnauthenticatedError:
            raise UNAUTHENTICATED from None
        except TokenError:
            raise HttpError(400, "The page token is not of this search, or has ended.") from None

    async def _decide(self, key: bytes, batch: Batch, once: Once | None) -> bytes:
        if batch.is_single:
            return _written((await self._run(Call(key, batch.items, once=once)))[0])
        parts = [batch.items[i : i + CHUNK] for i in range(0, len(batch.items), CHUNK)]
        calls = [
            Call(key, part, STOPS[batch.semantic], once and replace(once, part=number))
            for number, part in enumerate(parts)
        ]
        if batch.semantic != "execute_all":
            made = await self._until_settled(calls)
        else:
            # The first part tells whether the key is another request's, before anything counts.
            alone = 0 if once is None else 1
            made = [one for call in calls[:alone] for one in await self._run(call)]
            rest = await asyncio.gather(*map(self._run, calls[alone:]))
            made += chain.from_iterable(rest)
        return wire.answers([_written(one) for one in made])

    async def _until_settled(self, calls: list[Call]) -> list[Made]:
        made: list[Made] = []
        for call in calls:
            made += await self._run(call)
            if call.is_settled:
                break
        return made

    async def _run(self, call: Call) -> list[Made]:
        try:
            await self._lane(len(call.items)).submit(call)
        except UnavailableError:
            raise UNAVAILABLE from None
        if call.is_unauthenticated:
            raise UNAUTHENTICATED
        if call.is_other:
            raise HttpError(409, "The idempotency key came with another request before.")
        return call.made

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            _spare_the_collector()
            self._loop = loop
            self._singles = [Lane(_limits()) for _ in range(SINGLE_LANES)]
            patient = _limits(rounds=BULK_ROUNDS)
            self._bulk = [Lane(patient) for _ in range(BULK_LANES)]
            self._searches = [SearchLane(patient) for _ in range(SEARCH_LANES)]

    def _lane(self, items: int) -> Lane:
        self._start()
        lanes = self._singles if items <= BULK else self._bulk
        return min(lanes, key=lambda lane: lane.load)


application = DecisionPoint()


def _spare_the_collector() -> None:
    """What the process has loaded stays; a batch's thousands of objects die with the batch.

    Looking through all of them again and again would take a tenth of the processor.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _limits(rounds: int = 1) -> Limits:
    seconds = float(settings.DECISION_TIMEOUT_SECONDS)
    return Limits(
        batch=CHUNK, backlog=BACKLOG, valid_seconds=int(settings.DECISION_VALID_SECONDS),
        seconds=seconds, patience=seconds * rounds,
    )  # fmt: skip


def _batch(path: str, body: bytes) -> Batch:
    if path == EVALUATION:
        return Batch((wire.parse_evaluation(body),), is_single=True)
    return wire.parse_evaluations(body)


def _once(headers: dict[bytes, bytes], path: str, body: bytes) -> Once | None:
    key = headers.get(HEADER)
    if key is None:
        return None
    try:
        return idempotent(key, path, body)
    except KeyFormError:
        raise HttpError(400, "An idempotency key has 1 to 128 visible ASCII characters.") from None


def _written(made: Made) -> bytes:
    return wire.answer(made.decision, made.id, made.facts, cure_url=_cure_url(), error=made.error)


@cache
def _cure_url() -> str:
    """Where a person can act. Settings are read once: they cost more than an answer."""
    return f"{settings.BASE_URL}/privacy/"


def _key(headers: dict[bytes, bytes]) -> bytes:
    scheme, _, secret = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not secret:
        raise UNAUTHENTICATED
    return hashlib.sha256(secret.strip()).digest()


def _content_type(headers: dict[bytes, bytes]) -> None:
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise HttpError(400, "The content type must be application/json.")


async def _body(headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpError(400, "The request ended early.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise HttpError(400, f"The request is larger than {most} bytes.")
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else parts[0]


def _echo(headers: dict[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """The caller's X-Request-ID, on every answer, where it is a plain token."""
    wanted = headers.get(b"x-request-id", b"")
    if wanted and len(wanted) <= 256 and all(33 <= byte < 127 for byte in wanted):
        return ((b"x-request-id", wanted),)
    return ()


def _error(error: HttpError, headers: dict[bytes, bytes]) -> tuple[int, bytes, tuple[bytes, bytes]]:
    """AuthZEN's error message string; a problem document only for who asks for one."""
    if b"application/problem+json" not in headers.get(b"accept", b""):
        return error.status, msgspec.json.encode(error.message), _JSON
    problem = {"type": "about:blank", "status": error.status, "detail": error.message}
    return error.status, msgspec.json.encode(problem), _PROBLEM


def _metadata(method: str) -> bytes:
    if method not in {"GET", "HEAD"}:
        raise HttpError(405, "Use GET.", ((b"allow", b"GET, HEAD"),))
    base = settings.BASE_URL
    return msgspec.json.encode(
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}{EVALUATION}",
            "access_evaluations_endpoint": f"{base}{EVALUATIONS}",
            **{f"search_{kind}_endpoint": base + path for path, kind in SEARCHES.items()},
        }
    )


async def _send(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> None:
    fixed = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *fixed]})
    await send({"type": "http.response.body", "body": body})
