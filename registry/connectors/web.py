"""Calls of connectors over HTTP: to the address that was looked at, bounded, and never elsewhere.

No redirect is followed, no proxy of the environment is used, and what an answer says is bounded in
size and time. `async with Web() as web:` keeps its connections for as long as a batch lasts.
"""

import asyncio
import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import httpx
import msgspec
from django.conf import settings
from django.utils import timezone

from registry.adapters.http import NAME_LOOKUPS
from registry.connectors.contract import ConnectorError
from work.webhooks import addresses
from work.webhooks.addresses import Place
from work.webhooks.errors import AddressRefusedError

__all__ = ["Place", "Reply", "Web", "at", "checked", "look_up", "proof"]

MOST_BYTES: Final = 1024 * 1024
LONGEST_SECONDS: Final = 30.0
LONGEST_WAIT_SECONDS: Final = 7 * 86_400.0
"""A system that asks us to come back later than in a week has told us nothing useful."""
CREDENTIALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.LOCKED})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `headers` by lower-case names; `said` is the JSON, None where there is none.

    `malformed`: there was a body, and it was no JSON. None of it is ever logged or shown.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    said: Any = field(default=None, repr=False)
    body: bytes = field(default=b"", repr=False)
    malformed: bool = False

    @property
    def is_fine(self) -> bool:
        return 200 <= self.status < 300

    @property
    def wait_seconds(self) -> float:
        """What Retry-After says, in seconds; 0.0 where it says nothing."""
        return _wait(self.headers.get("retry-after", ""))


class Web:
    """A few kept connections, used by one batch. Raises ConnectorError only."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._has_reached = False

    async def __aenter__(self) -> Self:
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=8)
        self._client = httpx.AsyncClient(
            verify=trust(), trust_env=False, limits=limits, timeout=LONGEST_SECONDS
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def get(
        self, place: Place, headers: Mapping[str, str], timeout: float = LONGEST_SECONDS
    ) -> Reply:
        return await self.call("GET", place, headers, None, timeout)

    async def post(
        self, place: Place, headers: Mapping[str, str], json: Any, timeout: float = LONGEST_SECONDS
    ) -> Reply:
        return await self.call("POST", place, headers, json, timeout)

    async def delete(
        self, place: Place, headers: Mapping[str, str], json: Any = None,
        timeout: float = LONGEST_SECONDS,
    ) -> Reply:  # fmt: skip
        return await self.call("DELETE", place, headers, json, timeout)

    async def call(
        self, method: str, place: Place, headers: Mapping[str, str], json: Any = None,
        timeout: float = LONGEST_SECONDS,
    ) -> Reply:  # fmt: skip
        """One call; `json` None: no body; bytes: as they are. `timeout` is over the whole of it.

        Raises ConnectorError `too_slow`, `unreachable`, `answer_too_long`. Whether the call had an
        effect is then unknown, unless neither it nor any before it came to be connected.
        """
        content = json if isinstance(json, bytes) or json is None else msgspec.json.encode(json)
        try:
            async with asyncio.timeout(timeout):
                return await self._called(method, place, headers, content)
        except httpx.ConnectError:
            raise ConnectorError("unreachable", retry=True, reached=self._has_reached) from None
        except TimeoutError:
            self._has_reached = True
            raise ConnectorError("too_slow", retry=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            self._has_reached = True
            raise ConnectorError("unreachable", retry=True) from None

    async def _called(
        self, method: str, place: Place, headers: Mapping[str, str], content: bytes | None
    ) -> Reply:
        if self._client is None:
            raise RuntimeError("Calls are made within `async with`.")
        literal = f"[{place.address}]" if ":" in place.address else place.address
        async with self._client.stream(
            method, httpx.URL(place.url).copy_with(host=literal), content=content,
            headers=_headers(place, content) | {str(k): str(v) for k, v in headers.items()},
            follow_redirects=False, extensions={"sni_hostname": place.host},
        ) as response:  # fmt: skip
            self._has_reached = True
            return await _read(response)


async def look_up(url: str) -> Place:
    """Where a URL leads, if it may be called at all (https; networks the operator named).

    Raises ConnectorError `address_refused`, `unreachable`.
    """
    loop = asyncio.get_running_loop()
    inner = settings.SYSTEM_NETWORKS
    try:
        return await loop.run_in_executor(NAME_LOOKUPS, lambda: addresses.resolve(url, inner=inner))
    except AddressRefusedError:
        raise ConnectorError("address_refused", retry=False) from None
    except OSError:
        raise ConnectorError("unreachable", retry=True) from None


def at(place: Place, *segments: str, query: Mapping[str, str] | None = None) -> Place:
    """The same host at another path. Each segment stays one: nothing in it leads elsewhere.

    Raises ConnectorError `path_refused` for an empty segment, `.` and `..`.
    """
    if any(one in {"", ".", ".."} or not one.isprintable() for one in segments):
        raise ConnectorError("path_refused", retry=False)
    parts = urlsplit(place.url)
    path = "/".join([parts.path.rstrip("/"), *(quote(one, safe="") for one in segments)])
    asked = urlencode(query) if query else parts.query
    return replace(place, url=urlunsplit((parts.scheme, parts.netloc, path, asked, "")))


def checked(reply: Reply, *, fine: frozenset[int] = frozenset()) -> Reply:
    """The reply, if it is 2xx (or `fine`) and its body is none or JSON. Raises ConnectorError.

    `credentials_refused`, `redirected` and `status_4xx` wait for an officer; `answer_malformed`,
    `too_many_requests`, `not_now` and `status_5xx` for a better time.
    """
    if reply.status in fine:
        return reply
    if reply.is_fine:
        if reply.malformed:
            raise ConnectorError("answer_malformed", retry=True)
        return reply
    raise _failed(reply)


def _failed(reply: Reply) -> ConnectorError:
    status, wait = reply.status, reply.wait_seconds
    if status in CREDENTIALS:
        return ConnectorError("credentials_refused", retry=False)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ConnectorError("too_many_requests", retry=True, wait_seconds=wait)
    if status in LATER:
        return ConnectorError("not_now", retry=True, wait_seconds=wait)
    if 300 <= status < 400:
        return ConnectorError("redirected", retry=False)
    return ConnectorError(f"status_{status}", retry=status >= 500, wait_seconds=wait)


def proof(auth: str, secret: str, header: str = "") -> dict[str, str]:
    """The header that tells the secret: `bearer`, `basic` (name:password), `header`, or none."""
    match auth:
        case "bearer":
            return {"Authorization": f"Bearer {secret}"}
        case "basic":
            return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
        case "header":
            return {header: secret}
    return {}


async def _read(response: httpx.Response) -> Reply:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ConnectorError("answer_too_long", retry=False)
    said, malformed = _decoded(bytes(body))
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, said, bytes(body), malformed)


def _decoded(body: bytes) -> tuple[Any, bool]:
    if not body.strip():
        return None, False
    try:
        return msgspec.json.decode(body), False
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None, True


def _headers(place: Place, content: bytes | None) -> dict[str, str]:
    default = 443 if place.is_secure else 80
    host = f"[{place.host}]" if ":" in place.host else place.host
    headers = {
        "Host": host if place.port == default else f"{host}:{place.port}",
        "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Sammati",
    }  # fmt: skip
    return headers | ({} if content is None else {"Content-Type": "application/json"})


def _wait(text: str) -> float:
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max((moment - timezone.now()).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)


@cache
def trust() -> Any:
    """Made once: reading the certificates takes longer than most answers."""
    return httpx.create_ssl_context(trust_env=False)
