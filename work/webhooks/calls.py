"""One call to an address: bounded in time and size; nothing is followed or believed but a status.

The connection goes to the address that was looked at; the host's name is only said.
"""

import asyncio
from dataclasses import dataclass

import httpx

from work.webhooks.addresses import Place

SECONDS = 10.0
MOST_BYTES = 64 * 1024
"""So much of an answer is read, so that its connection serves again; of more none is awaited."""

Client = httpx.AsyncClient
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call went: a status, or a code of why there was none. `headers` in lower case."""

    status: int = 0
    trouble: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_heard(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """Empty when it was heard; never anything the other side has written."""
        return "" if self.is_heard else self.trouble or f"status_{self.status}"

    def header(self, name: str) -> str:
        """What the answer says under this name, empty without."""
        return next((value for key, value in self.headers if key == name), "")


def client(connections: int = 1) -> Client:
    """Follows nothing, and takes nothing (proxies, passwords) from this machine's surroundings."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(
        timeout=SECONDS, follow_redirects=False, trust_env=False, limits=limits
    )


async def call(
    through: Client,
    place: Place,
    *,
    headers: dict[str, str],
    content: bytes = b"",
    method: str = "POST",
) -> Answer:
    """Make the call. The deadline is over the whole exchange, however slowly it trickles."""
    named = httpx.URL(place.url)
    extensions = {"sni_hostname": place.host} if place.is_secure else {}
    request = through.build_request(
        method, named.copy_with(host=place.address), content=content, extensions=extensions,
        headers={"Host": named.netloc.decode(), **headers},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            return await _exchange(through, request)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(trouble="slow")
    except (httpx.HTTPError, OSError):
        return Answer(trouble="unreachable")


async def _exchange(through: Client, request: httpx.Request) -> Answer:
    response = await through.send(request, stream=True)
    try:
        await _drain(response)
    finally:
        await response.aclose()
    through.cookies.clear()
    return Answer(response.status_code, headers=tuple(response.headers.items()))


async def _drain(response: httpx.Response) -> None:
    """Read what little there is, unpacked by nobody."""
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > MOST_BYTES:
            return
