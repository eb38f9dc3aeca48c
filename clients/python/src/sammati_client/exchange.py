"""The rules of an exchange that both clients keep: headers, limits, repetitions. Pure but for time.

A request is repeated only with its own Idempotency-Key, and only where it was never sent, where
the connection broke before an answer, or where the server said 502, 503 or 504.
"""

import logging
import random
import time
from dataclasses import dataclass

import httpcore
import httpx

from sammati_client.answers import clock
from sammati_client.options import Options
from sammati_client.questions import Call
from sammati_client.replies import Failure, Outcome, Reply

log = logging.getLogger("sammati_client")

AGENT = "sammati-client/0.1.0"
REPEATABLE_STATUS = {502, 503, 504}
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
LEAST_LEFT_SECONDS = 0.02  # less is too short for another attempt

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
)
TOO_LATE = (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError)
BROKEN = (
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpcore.NetworkError,
    httpcore.RemoteProtocolError,
    OSError,
)


class TooLargeError(Exception):
    """The answer is longer than any answer to this question can be."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The time left for one request, repetitions and pauses included."""

    ends: float

    @classmethod
    def of(cls, options: Options) -> "Budget":
        return cls(time.monotonic() + options.total_seconds)

    @property
    def left(self) -> float:
        return max(0.0, self.ends - time.monotonic())


def headers(call: Call, authorization: str) -> dict[str, str]:
    """Everything but the body. Compression is declined: its size is unknown before it is read."""
    found = {
        "Authorization": authorization,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Cache-Control": "no-store",
        "X-Request-ID": call.request_id,
        "User-Agent": AGENT,
    }
    if call.method == "GET":
        return found
    return {
        **found, "Content-Type": "application/json", "Idempotency-Key": call.idempotency_key
    }  # fmt: skip


def timeout(options: Options, left: float) -> httpx.Timeout:
    """For transports that know no deadline: no single step longer than the budget."""
    return httpx.Timeout(left, connect=min(left, options.connect_seconds))


class Collector:
    """Gathers an answer's bytes up to the limit."""

    def __init__(self, call: Call, response: httpx.Response, asked_at: float) -> None:
        self._limit = call.answer_bytes
        self._response = response
        self._asked_at = asked_at
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        """Raises TooLargeError instead of filling the memory."""
        if len(self._body) + len(chunk) > self._limit:
            raise TooLargeError
        self._body += chunk

    def reply(self, call: Call, options: Options) -> Outcome:
        """The answer as it is, or a failure where it cannot be the answer to this question."""
        found = self._response.headers
        echoed = found.get("x-request-id")
        if options.match_request_id and echoed not in {None, call.request_id}:
            return _unusable("The answer carries another request id than the question.")
        if self._response.status_code == httpx.codes.OK and not _is_plain_json(found):
            return _unusable("The answer is not plain JSON.")
        return Reply(
            self._response.status_code, found, bytes(self._body), self._asked_at, call.request_id
        )


def _is_plain_json(found: httpx.Headers) -> bool:
    kind: str = found.get("content-type", "").partition(";")[0].strip().lower()
    coding: str = found.get("content-encoding", "identity")
    return kind == "application/json" and coding == "identity"


def failure(error: Exception) -> Failure:
    """What an exception means. Its own text may hold an address, so it is dropped."""
    if isinstance(error, NEVER_SENT):
        code = "CLIENT_TIMEOUT" if isinstance(error, TOO_LATE) else "CLIENT_UNREACHABLE"
        return Failure(code, "No connection to the server.", was_sent=False, is_repeatable=True)
    if isinstance(error, TOO_LATE):
        return Failure("CLIENT_TIMEOUT", "No answer in time.", was_sent=True, is_repeatable=False)
    if isinstance(error, TooLargeError):
        return _unusable("The answer is too long.")
    if isinstance(error, BROKEN):
        detail = "The connection broke before the answer was complete."
        return Failure("CLIENT_UNREACHABLE", detail, was_sent=True, is_repeatable=True)
    return Failure("CLIENT_FAULT", type(error).__name__, was_sent=True, is_repeatable=False)


def _unusable(detail: str) -> Failure:
    return Failure("CLIENT_BAD_ANSWER", detail, was_sent=True, is_repeatable=False)


def pause_before_repeat(
    outcome: Outcome, attempt: int, budget: Budget, options: Options
) -> float | None:
    """Seconds to wait before attempt number `attempt` + 1; None where there must be none."""
    if attempt >= options.attempts or not _is_repeatable(outcome):
        return None
    ceiling = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    pause = max(random.uniform(ceiling / 2, ceiling), _asked_pause(outcome))  # noqa: S311 (jitter)
    return pause if pause + LEAST_LEFT_SECONDS < budget.left else None


def _is_repeatable(outcome: Outcome) -> bool:
    if isinstance(outcome, Failure):
        return outcome.is_repeatable
    return outcome.status in REPEATABLE_STATUS


def _asked_pause(outcome: Outcome) -> float:
    if isinstance(outcome, Failure):
        return 0.0
    asked = outcome.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() and asked.isascii() else 0.0


def report(call: Call, outcome: Outcome, attempt: int, started: float) -> None:
    """One log line for what went wrong: codes and times, never a body, an id or a key."""
    if isinstance(outcome, Reply) and outcome.status < 400:
        return
    what = outcome.code if isinstance(outcome, Failure) else f"HTTP {outcome.status}"
    log.warning(
        "%s on %s, attempt %d, %.0f ms, request %s",
        *(what, call.name, attempt, (clock() - started) * 1000, call.request_id),
    )
