"""Asking a system over HTTP: one POST to the address that was looked at, bounded in size."""

import asyncio
import base64
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import httpx
import msgspec
from django.conf import settings as django_settings

from registry.adapters.answers import Answer, moment
from registry.adapters.settings import HttpSettings
from registry.errors_systems import SystemUnavailableError
from work.webhooks import addresses
from work.webhooks.errors import AddressRefusedError

MOST_BYTES: Final = 256 * 1024
LONGEST_SECONDS: Final = 10.0
"""For any step; the system's own timeout is over the whole of it."""
NAME_LOOKUPS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="system-names")
"""Looking a name up cannot be stopped: a slow name server must hold nothing else."""


@dataclass(frozen=True, slots=True)
class HttpAdapter:
    """Asks by the settings; `secret` never shows in a log or an error."""

    settings: HttpSettings
    secret: str = field(default="", repr=False)

    @property
    def schemes(self) -> tuple[str, ...]:
        return tuple(self.settings.identify_by)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.settings.fields)

    async def read(self, wanted: Mapping[str, str], codes: Collection[str]) -> Answer:
        asked = sorted(self.codes.intersection(codes))
        place = await _looked_up(self.settings.url)
        content = msgspec.json.encode(self._body(wanted, asked))
        said = await _posted(place, self._headers(place), content)
        if said is None:
            return Answer()
        values = {code: found(said, self.settings.fields[code]) for code in asked}
        known = {code: value for code, value in values.items() if value is not None}
        at = found(said, self.settings.observed_at) if self.settings.observed_at else None
        if self.settings.observed_at and known and moment(at) is None:
            raise SystemUnavailableError("time_unknown")
        return Answer(known, moment(at))

    def _body(self, wanted: Mapping[str, str], asked: list[str]) -> Any:
        if self.settings.body is None:
            return {"identifiers": dict(wanted), "attributes": asked}
        return _filled(self.settings.body, {f"{{{name}}}": text for name, text in wanted.items()})

    def _headers(self, place: addresses.Place) -> dict[str, str]:
        default = 443 if place.is_secure else 80
        host = f"[{place.host}]" if ":" in place.host else place.host
        headers = {
            "Host": host if place.port == default else f"{host}:{place.port}",
            "Content-Type": "application/json", "Accept": "application/json",
            "Accept-Encoding": "identity", "User-Agent": "Sammati",
        }  # fmt: skip
        return headers | self._proof()

    def _proof(self) -> dict[str, str]:
        match self.settings.auth:
            case "bearer":
                return {"Authorization": f"Bearer {self.secret}"}
            case "basic":
                return {"Authorization": f"Basic {base64.b64encode(self.secret.encode()).decode()}"}
            case "header":
                return {self.settings.header: self.secret}
        return {}


async def _looked_up(url: str) -> addresses.Place:
    loop = asyncio.get_running_loop()
    inner = django_settings.SYSTEM_NETWORKS
    try:
        return await loop.run_in_executor(NAME_LOOKUPS, lambda: addresses.resolve(url, inner=inner))
    except AddressRefusedError:
        raise SystemUnavailableError("address_refused") from None
    except OSError:
        raise SystemUnavailableError("unreachable") from None


async def _posted(place: addresses.Place, headers: Mapping[str, str], content: bytes) -> Any:
    """What the system says; None where it knows nobody of these identifiers."""
    literal = f"[{place.address}]" if ":" in place.address else place.address
    url = httpx.URL(place.url).copy_with(host=literal)
    try:
        async with (
            httpx.AsyncClient(verify=_trust(), trust_env=False, timeout=LONGEST_SECONDS) as client,
            client.stream(
                "POST", url, headers=headers, content=content,
                extensions={"sni_hostname": place.host},
            ) as response,
        ):  # fmt: skip
            return await _said(response)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise SystemUnavailableError("unreachable") from None


async def _said(response: httpx.Response) -> Any:
    if response.status_code == HTTPStatus.NOT_FOUND:
        return None
    if response.status_code != HTTPStatus.OK:
        raise SystemUnavailableError(f"status_{response.status_code}")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise SystemUnavailableError("too_long")
    try:
        said = msgspec.json.decode(bytes(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise SystemUnavailableError("malformed") from None
    if not isinstance(said, dict | None):
        raise SystemUnavailableError("malformed")
    return said


@cache
def _trust() -> Any:
    """Made once: reading the certificates takes longer than most answers."""
    return httpx.create_ssl_context(trust_env=False)


def found(said: Any, pointer: str) -> Any:
    """The value at an RFC 6901 pointer, None where there is none."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(said, dict):
            said = said.get(name)
        elif isinstance(said, list) and name.isascii() and name.isdigit() and len(name) < 5:
            said = said[int(name)] if int(name) < len(said) else None
        else:
            return None
    return said


def _filled(template: Any, identifiers: Mapping[str, str]) -> Any:
    """Only a text that is the place-holder and nothing else becomes an identifier."""
    if isinstance(template, dict):
        return {name: _filled(one, identifiers) for name, one in template.items()}
    if isinstance(template, list):
        return [_filled(one, identifiers) for one in template]
    return identifiers.get(template, template) if isinstance(template, str) else template
