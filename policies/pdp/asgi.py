"""The decision point as an ASGI application: AuthZEN 1.0 over HTTP, nothing else.

Deny is always 200. What cannot be read is 400, an unknown key 401, trouble of ours 503: a caller
that treats anything but an explicit permit as a denial is right every time (P4).
"""

import asyncio
import gc
import math
import time
from dataclasses import replace
from functools import cache
from itertools import chain

import structlog
from django.conf import settings

from policies.pdp import http, metadata, wire
from policies.pdp.batch import Call
from policies.pdp.catalogue import Newest
from policies.pdp.http import (
    NOT_KEPT,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Answer,
    Headers,
    HttpError,
    Read,
    Receive,
    Scope,
    Send,
)
from policies.pdp.idempotency import HEADER, KeyFormError, Once
from policies.pdp.idempotency import once as idempotent
from policies.pdp.lanes import Limits, Line, UnavailableError
from policies.pdp.limits import Buckets
from policies.pdp.record import Made
from policies.pdp.search import UnauthenticatedError
from policies.pdp.search_lane import SearchLane
from policies.pdp.tokens import TokenError
from policies.pdp.watch import Watch
from policies.pdp.wire import Batch, WireError
from policies.pdp.wire_search import KINDS, Kind, Search, parse_search

log = structlog.get_logger(__name__)

MAX_SINGLE = 64 * 1024
MAX_BODY = 16 * 1024 * 1024
CHUNK = 500
# While one lane waits for the disk another computes. Parts of one bulk request start in step, so
# that PostgreSQL and we would wait for each other in turns: eight took 0.9 of the time of four.
SINGLE_LANES, BULK_LANES, SEARCH_LANES = 2, 8, 2
BULK_ROUNDS = 3  # how many times the longest round trip a bulk request may take
BULK = 20  # requests of more items take the bulk lane
BACKLOG = 10_000

STOPS = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
SEARCHES: dict[str, Kind] = {f"/access/v1/search/{kind}": kind for kind in KINDS}
ENDPOINTS = frozenset((EVALUATION, EVALUATIONS, *SEARCHES))
METADATA = {
    "access_evaluation_endpoint": EVALUATION,
    "access_evaluations_endpoint": EVALUATIONS,
    **{f"search_{kind}_endpoint": path for path, kind in SEARCHES.items()},
}


class DecisionPoint:
    """The application. Its lanes start with the first request, in the process that serves it."""

    _singles: Line
    _bulk: Line
    _searches: list[SearchLane]
    _newest: Newest
    _buckets: Buckets
    _watch: Watch

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inside = 0  # requests that are being answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])

        async def read(most: int) -> bytes:
            return await http.body(headers, receive, most)

        answer = await self._respond(scope["path"], scope["method"], headers, read)
        await http.send_whole(send, answer)

    async def answer(self, path: str, headers: Headers, body: bytes) -> Answer:
        """The answer to a POST whose body is here, and no larger than a single check's."""

        async def read(_most: int) -> bytes:
            return body

        return await self._respond(path, "POST", headers, read)

    async def _respond(self, path: str, method: str, headers: Headers, read: Read) -> Answer:
        extra = http.echo(headers)
        self._inside += 1
        try:
            status, body, kind = 200, await self._answer(path, method, headers, read), http.JSON
        except HttpError as error:
            status, body, kind = http.written(error, headers)
            extra += error.headers
        except Exception as error:
            log.error("decision_point_failed", error=type(error).__name__)
            failure = HttpError(500, "The decision failed.")
            status, body, kind = http.written(failure, headers)
        finally:
            self._inside -= 1
        return Answer(status, body, (kind, NOT_KEPT, *extra))

    async def _answer(self, path: str, method: str, headers: Headers, read: Read) -> bytes:
        if metadata.is_served(path):
            return _metadata(path, method)
        if path not in ENDPOINTS:
            raise HttpError(404, "There is no such endpoint.")
        if method != "POST":
            raise HttpError(405, "Use POST.", ((b"allow", b"POST"),))
        key = http.key_digest(headers)
        self._start()
        await self._watch.require()
        self._admit(key)
        body = await read(MAX_BODY if path == EVALUATIONS else MAX_SINGLE)
        http.require_json(headers)
        try:
            if path in SEARCHES:
                search = parse_search(body, SEARCHES[path], http.request_id(headers))
                return await self._search(key, search)
            once, request = _once(headers, path, body), http.request_id(headers)
            return await self._decide(key, _batch(path, body), once, request)
        except WireError as error:
            raise HttpError(400, str(error)) from None

    def _admit(self, key: bytes) -> None:
        """Refuse a service that has asked for more than its pace. Raises HttpError."""
        caller = self._newest.catalogue.callers.get(key)
        if caller is None:
            return  # unknown, or nobody has asked yet: the batch tells
        wait = self._buckets.wait(caller.id, caller.items_per_second, time.monotonic())
        if wait:
            after = str(math.ceil(wait)).encode()
            raise HttpError(429, "The service has asked too much.", ((b"retry-after", after),))

    def _charge(self, key: bytes, items: int) -> None:
        caller = self._newest.catalogue.callers.get(key)
        if caller is not None:
            self._buckets.take(caller.id, items)

    async def _search(self, key: bytes, search: Search) -> bytes:
        lane = min(self._searches, key=lambda lane: lane.load)
        try:
            found = await lane.find(key, search)
        except UnavailableError:
            raise UNAVAILABLE from None
        except UnauthenticatedError:
            raise UNAUTHENTICATED from None
        except TokenError:
            raise HttpError(400, "The page token is not of this search, or has ended.") from None
        self._charge(key, found.considered)
        return found.answer

    async def _decide(self, key: bytes, batch: Batch, once: Once | None, request: str) -> bytes:
        self._charge(key, len(batch.items))
        if batch.is_single:
            call = Call(key, batch.items, _written, once=once, request=request)
            return (await self._answers(call))[0]
        parts = [batch.items[i : i + CHUNK] for i in range(0, len(batch.items), CHUNK)]
        calls = [
            Call(
                key, part, _written, STOPS[batch.semantic], once and replace(once, part=number),
                request,
            )
            for number, part in enumerate(parts)
        ]  # fmt: skip
        if batch.semantic != "execute_all":
            return wire.answers(await self._until_settled(calls))
        # The first part tells whether the key is another request's, before anything counts.
        alone = 0 if once is None else 1
        found = [one for call in calls[:alone] for one in await self._answers(call)]
        rest = await asyncio.gather(*map(self._answers, calls[alone:]))
        return wire.answers([*found, *chain.from_iterable(rest)])

    async def _until_settled(self, calls: list[Call]) -> list[bytes]:
        found: list[bytes] = []
        for call in calls:
            found += await self._answers(call)
            if call.is_settled:
                break
        return found

    async def _answers(self, call: Call) -> list[bytes]:
        """The answers to a part, once it is committed. Raises HttpError."""
        is_bulk = len(call.items) > BULK
        line = self._bulk if is_bulk else self._singles
        try:
            await (line.alone(call) if self._inside == 1 and not is_bulk else line.submit(call))
        except UnavailableError:
            raise UNAVAILABLE from None
        if call.is_unauthenticated:
            raise UNAUTHENTICATED
        if call.is_other:
            raise HttpError(409, "The idempotency key came with another request before.")
        if call.bug is not None:
            raise call.bug
        return call.answers

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            _spare_the_collector()
            self._loop = loop
            self._watch = Watch()
            self._newest = newest = Newest()
            self._buckets = Buckets(int(settings.DECISION_ITEMS_PER_SECOND))
            self._singles = Line(_limits(), newest, SINGLE_LANES)
            patient = _limits(rounds=BULK_ROUNDS)
            self._bulk = Line(patient, newest, BULK_LANES)
            self._searches = [SearchLane(patient, newest) for _ in range(SEARCH_LANES)]


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


def _once(headers: Headers, path: str, body: bytes) -> Once | None:
    key = headers.get(HEADER)
    if key is None:
        return None
    try:
        return idempotent(key, path, body)
    except KeyFormError:
        raise HttpError(400, "An idempotency key has 1 to 128 visible ASCII characters.") from None


def _metadata(path: str, method: str) -> bytes:
    if method not in {"GET", "HEAD"}:
        raise HttpError(405, "Use GET.", ((b"allow", b"GET, HEAD"),))
    return metadata.document(path, settings.BASE_URL, METADATA)


def _written(made: Made) -> bytes:
    return wire.answer(
        made.decision, made.id, made.facts, cure_url=_cure_url(), error=made.error,
        words=made.words,
    )  # fmt: skip


@cache
def _cure_url() -> str:
    """Where a person can act. Settings are read once: they cost more than an answer."""
    return f"{settings.BASE_URL}/privacy/"
