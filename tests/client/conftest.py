"""Every question is put through both clients, so that neither is safer than the other."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sammati_client import AsyncSammati, Options, Sammati

from tests.client.server import Server, serving

KEY = "sk_test_9fK2-not-a-real-key"
SERVICE = "email-activator"


class Asked:
    """One interface over the sync and the async client."""

    def __init__(self, kind: type, url: str) -> None:
        self.kind = kind
        self.url = url
        self.settings: dict[str, Any] = {"options": Options(total_seconds=1.0)}

    def _client(self) -> Any:
        return self.kind(self.url, service=SERVICE, key=KEY, **self.settings)

    def __getattr__(self, name: str) -> Any:
        if self.kind is Sammati:
            return lambda *a, **k: self._sync(name, a, k)
        return lambda *a, **k: asyncio.run(self._async(name, a, k))

    def _sync(self, name: str, args: Any, kwargs: Any) -> Any:
        with self._client() as client:
            return getattr(client, name)(*args, **kwargs)

    async def _async(self, name: str, args: Any, kwargs: Any) -> Any:
        async with self._client() as client:
            return await getattr(client, name)(*args, **kwargs)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(params=[Sammati, AsyncSammati], ids=["sync", "async"])
def asked(request: pytest.FixtureRequest, server: Server) -> Asked:
    return Asked(request.param, server.url)
