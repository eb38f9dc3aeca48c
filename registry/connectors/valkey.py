"""Valkey and Redis: what lies under keys that a person's identifiers make is unlinked.

A copy that takes no writes (a replica) is not asked: whom it says to be gone may be there.
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.connection import Connection, ConnectionPool, UnixDomainSocketConnection

from registry.connectors import ConnectorRow, register
from registry.connectors.address import look_up
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.valkey_settings import Key, Member, ValkeySettings, names, read

__all__ = ["ValkeyConnector", "ValkeySettings"]

Names = list[tuple[Key | Member, str]]
TELL: Final = """
if KEYS[1] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
local gone, n = 0, tonumber(ARGV[2])
for i = 1, n do gone = gone + redis.call('UNLINK', KEYS[i + 1]) end
for i = n + 2, #KEYS do
  local at = 2 * (i - n - 1) + 1
  gone = gone + redis.call(ARGV[at], KEYS[i], ARGV[at + 1])
end
if KEYS[1] ~= '' then redis.call('SET', KEYS[1], '1', 'EX', ARGV[1]) end
return gone
"""
NAMED: Final[tuple[tuple[type[Exception], str, bool], ...]] = (
    (exceptions.AuthenticationError, "credentials_refused", False),
    (exceptions.NoPermissionError, "permission_denied", False),
    (exceptions.ReadOnlyError, "read_only", False),
    (exceptions.TimeoutError, "too_slow", True),
    (exceptions.BusyLoadingError, "busy", True),
    (exceptions.OutOfMemoryError, "busy", True),
    (exceptions.ConnectionError, "unreachable", True),
    (OSError, "unreachable", True),
)
REMOVES: Final = {"hash": "HDEL", "set": "SREM", "sorted_set": "ZREM"}


class ValkeyConnector:
    """One connection for a batch."""

    def __init__(self, settings: ValkeySettings, secret: str) -> None:
        self._settings, self._secret = settings, secret
        self._client: Redis | None = None

    @property
    def declaration(self) -> Declaration:
        return self._settings.declaration()

    async def __aenter__(self) -> Self:
        found = await look_up(self._settings.host, self._settings.port)
        self._client = Redis(connection_pool=_pool(self._settings, self._secret, found))
        try:
            async with self._asked() as client:
                await client.ping()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._client is not None:
            await self._client.aclose(close_connection_pool=True)
            await self._client.connection_pool.disconnect()
            self._client = None

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """Each person at once or not at all; the whole batch in one exchange."""
        _must_know(verb)
        named = [names(self._settings, one) for one in people]
        async with self._asked() as client:
            pipeline = client.pipeline(transaction=False)
            for person, some in zip(people, named, strict=True):
                if not isinstance(some, str):
                    self._add(pipeline, person, some)
            counts = iter(await pipeline.execute())
        return [
            _said(person, some if isinstance(some, str) else next(counts))
            for person, some in zip(people, named, strict=True)
        ]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        """Nothing is ever accepted for later."""
        return [Said(step=one.step, act=Act.REFUSED, code="not_accepted") for one in people]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        _must_know(verb)
        named = [names(self._settings, one) for one in people]
        async with self._asked() as client:
            await self._must_be_first(client)
            pipeline = client.pipeline(transaction=False)
            asked = [_look(pipeline, some) for some in named]
            answers = iter(await pipeline.execute())
        return [
            _probed(person, some, [next(answers) for _ in range(number)])
            for person, some, number in zip(people, named, asked, strict=True)
        ]

    async def check(self) -> list[str]:
        async with self._asked() as client:
            await self._must_be_first(client)
            for one in self._settings.members:
                kind: Any = await client.type(one.key)
                if kind.decode() not in {"none", one.kind.replace("sorted_set", "zset")}:
                    return [f"member_kind:{one.key}"]
        return []

    async def _must_be_first(self, client: Any) -> None:
        if (await client.execute_command("ROLE"))[0] != b"master":
            raise ConnectorError("read_only", retry=False)

    def _add(self, pipeline: Any, person: Person, some: Names) -> None:
        keys = [name for one, name in some if isinstance(one, Key)]
        members = [(one, name) for one, name in some if isinstance(one, Member)]
        done = f"{self._settings.done}{person.key}" if self._settings.done else ""
        within = [part for one, name in members for part in (REMOVES[one.kind], name)]
        pipeline.eval(
            TELL, 1 + len(some), done, *keys, *(one.key for one, _ in members),
            self._settings.done_seconds, len(keys), *within,
        )  # fmt: skip

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[Redis]:
        if self._client is None:
            raise ConnectorError("unreachable", retry=True)
        try:
            yield self._client
        except (exceptions.RedisError, OSError, ValueError) as error:  # its words may quote keys
            raise _named(error) from None


def _pool(settings: ValkeySettings, secret: str, found: str) -> ConnectionPool:
    common: dict[str, Any] = {
        "db": settings.database, "username": settings.user or None, "password": secret or None,
        "socket_timeout": settings.timeout_seconds, "retry": None, "max_connections": 1,
        "socket_connect_timeout": settings.timeout_seconds,
    }  # fmt: skip
    if found.startswith("/"):
        return ConnectionPool(connection_class=UnixDomainSocketConnection, path=found, **common)
    return ConnectionPool(
        connection_class=_connection(settings), host=found, port=settings.port, **common
    )


def _connection(settings: ValkeySettings) -> type[Connection]:
    """To the address that was looked at; the certificate is of the name."""
    if settings.tls == "disable":
        return Connection
    context = ssl.create_default_context()
    if settings.tls == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    class Secured(Connection):
        def _connection_arguments(self) -> Any:
            found: Any = super()._connection_arguments()
            return {**found, "ssl": context, "server_hostname": settings.host}

    return Secured


def _must_know(verb: Verb) -> None:
    if verb != Verb.ERASE:
        raise ConnectorError("verb_unknown", retry=False)


def _look(pipeline: Any, some: Names | str) -> int:
    """Ask for each name; how many answers there will be."""
    if isinstance(some, str):
        return 0
    for one, name in some:
        if isinstance(one, Key):
            pipeline.exists(name)
        elif one.kind == "hash":
            pipeline.hexists(one.key, name)
        elif one.kind == "set":
            pipeline.sismember(one.key, name)
        else:
            pipeline.zscore(one.key, name)
    return len(some)


def _said(person: Person, told: str | int) -> Said:
    if isinstance(told, str):
        return Said(step=person.step, act=Act.REFUSED, code=told)
    if told < 0:
        return Said(step=person.step, act=Act.DONE, code="done_before")
    evidence = {"keys": told}
    if not told:
        return Said(step=person.step, act=Act.UNKNOWN_PERSON, code="no_keys", evidence=evidence)
    return Said(step=person.step, act=Act.DONE, evidence=evidence)


def _probed(person: Person, some: Names | str, answers: Sequence[Any]) -> Probed:
    if isinstance(some, str):
        return Probed(step=person.step, finding=Finding.UNSURE, code=some)
    there = sum(isinstance(answer, float) or bool(answer) for answer in answers)  # a score, too
    finding = Finding.PRESENT if there else Finding.ABSENT
    return Probed(step=person.step, finding=finding, evidence={"keys": there})


def _named(error: Exception) -> ConnectorError:
    if isinstance(error, exceptions.ConnectionError | OSError) and _is_about_tls(str(error)):
        return ConnectorError("tls_refused", retry=False)
    within = error.__cause__ or error.__context__
    if isinstance(within, exceptions.AuthenticationError):  # over a socket it is wrapped
        error = within
    for kind, code, retry in NAMED:
        if isinstance(error, kind):
            return ConnectorError(code, retry=retry)
    return ConnectorError("statement_refused", retry=False)


def _is_about_tls(words: str) -> bool:
    return "SSL" in words or "certificate" in words


def valkey(row: ConnectorRow, secret: str) -> ValkeyConnector:
    """Raises ConnectorError for settings that do not fit."""
    return ValkeyConnector(read(row.settings), secret)


register("valkey", valkey)
