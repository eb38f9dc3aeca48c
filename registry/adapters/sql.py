"""Asking a PostgreSQL database: one query that reads one row, within one read-only transaction.

What is common to it and MySQL: where one may connect to, and what a row says.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

import psycopg
from django.conf import settings as django_settings
from psycopg.rows import dict_row

from registry.adapters.answers import Answer, moment
from registry.adapters.http import NAME_LOOKUPS
from registry.adapters.settings import SqlSettings
from registry.errors_systems import SystemUnavailableError
from work.webhooks.addresses import address_of
from work.webhooks.errors import AddressRefusedError

OBSERVED: Final = "observed_at"
_PLAIN = (str, int, float, bool, dict)


@dataclass(frozen=True, slots=True)
class SqlAdapter:
    """Asks by the settings; `secret` is the password and shows nowhere."""

    settings: SqlSettings
    secret: str = field(repr=False)
    timeout_ms: int

    @property
    def schemes(self) -> tuple[str, ...]:
        return tuple(self.settings.identify_by)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset()

    async def read(self, wanted: Mapping[str, str], codes: Collection[str]) -> Answer:
        if not set(self.schemes) <= wanted.keys():
            return Answer()
        try:
            row = await self._row(wanted)
        except psycopg.Error:  # its words may quote what was asked
            raise SystemUnavailableError("unreachable") from None
        return answered(row, codes)

    async def _row(self, wanted: Mapping[str, str]) -> dict[str, Any]:
        opened = await psycopg.AsyncConnection.connect(
            **await self._address(), dbname=self.settings.database, user=self.settings.user,
            password=self.secret, sslmode=self.settings.tls, port=self.settings.port,
            options=f"-c default_transaction_read_only=on -c statement_timeout={self.timeout_ms}",
            row_factory=dict_row, prepare_threshold=None,
        )  # fmt: skip
        async with opened, opened.cursor() as cursor:
            await opened.set_read_only(True)
            await cursor.execute(self.settings.query.encode(), dict(wanted))
            found = await cursor.fetchmany(2)
        if len(found) > 1:
            raise SystemUnavailableError("ambiguous")
        return found[0] if found else {}

    async def _address(self) -> dict[str, Any]:
        """Where to connect: the name for the certificate, the address that was looked at."""
        host = self.settings.host
        found = await looked_up(host, self.settings.port)
        return {"host": host} if found == host else {"host": host, "hostaddr": found}


async def looked_up(host: str, port: int) -> str:
    """The address of a host; of a path, the path. Raises SystemUnavailableError."""
    inner = list(django_settings.SYSTEM_NETWORKS)
    if host.startswith("/"):  # a socket is this very machine
        return host if _is_inner(inner) else _refuse()
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(NAME_LOOKUPS, lambda: address_of(host, port, inner=inner))
    except AddressRefusedError:
        return _refuse()
    except OSError:
        raise SystemUnavailableError("unreachable") from None


def answered(row: Mapping[str, Any], codes: Collection[str]) -> Answer:
    """What a row says. Raises SystemUnavailableError where it says no time as of when."""
    values = {name: said(row[name]) for name in codes if row.get(name) is not None}
    if OBSERVED in row and values and moment(row[OBSERVED]) is None:
        raise SystemUnavailableError("time_unknown")
    return Answer(values, moment(row.get(OBSERVED)))


def said(value: Any) -> Any:
    """A column's value as JSON would say it; what has no such form is a value of no kind."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, _PLAIN) else [type(value).__name__]


def _is_inner(inner: list[str]) -> bool:
    try:
        address_of("127.0.0.1", 5432, inner=inner)
    except AddressRefusedError:
        return False
    return True


def _refuse() -> NoReturn:
    raise SystemUnavailableError("address_refused")
