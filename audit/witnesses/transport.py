"""One connection to a witness: every request's whole time and every answer's length are bounded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import httpx

from audit.witnesses.errors import Problem, WitnessTroubleError

MOST_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a content type without its parameters, and a body."""

    status: int
    content_type: str
    body: bytes


class Line:
    """Stays open between requests. Redirects are never followed.

    The deadline is over the whole request, so that a witness that answers a byte at a time holds
    nobody longer than one that says nothing: hence an event loop of its own, for one thread's use.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def get(self, url: str) -> Reply:
        """Raises WitnessTroubleError, as `post` does."""
        return self._send("GET", url, b"", {})

    def post(self, url: str, content: bytes, content_type: str) -> Reply:
        """Raises WitnessTroubleError: no answer, none in time, or too long a one."""
        return self._send("POST", url, content, {"Content-Type": content_type})

    def _send(self, method: str, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        plain = {"Accept-Encoding": "identity", **headers}  # a packed answer's length says little
        try:
            return self._runner.run(self._bounded(method, url, content, plain))
        except (TimeoutError, httpx.TimeoutException):
            raise WitnessTroubleError(Problem.SLOW) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise WitnessTroubleError(Problem.UNREACHABLE) from None

    async def _bounded(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str]
    ) -> Reply:
        async with (
            asyncio.timeout(self._timeout),
            self._client.stream(method, url, content=content, headers=headers) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise WitnessTroubleError(Problem.TOO_LONG)
            content_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
            return Reply(response.status_code, content_type, bytes(body))
