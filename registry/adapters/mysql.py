"""Asking MySQL or MariaDB: one query that reads one row, within one read-only transaction."""

import asyncio
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from registry import mysql
from registry.adapters.answers import Answer
from registry.adapters.settings import SqlSettings
from registry.adapters.sql import answered, looked_up
from registry.errors_systems import SystemUnavailableError

THREADS: Final = ThreadPoolExecutor(8, thread_name_prefix="mysql-live")
"""The driver blocks: one that hangs holds one of these no longer than its own timeout."""


@dataclass(frozen=True, slots=True)
class MySqlAdapter:
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
        if not mysql.is_installed():
            raise SystemUnavailableError("driver_missing")
        address = await looked_up(self.settings.host, self.settings.port)
        running = asyncio.get_running_loop().run_in_executor(
            THREADS, self._row, address, dict(wanted)
        )
        try:
            row = await running
        except SystemUnavailableError:
            raise
        except Exception:  # noqa: BLE001 (the driver's words may quote what was asked)
            raise SystemUnavailableError("unreachable") from None
        return answered(row, codes)

    def _row(self, address: str, wanted: dict[str, str]) -> dict[str, Any]:
        seconds = self.timeout_ms / 1000
        opened = mysql.connected(mysql.Login(
            address=address, host=self.settings.host, port=self.settings.port,
            database=self.settings.database, user=self.settings.user, secret=self.secret,
            tls=self.settings.tls, seconds=seconds,
        ))  # fmt: skip
        try:
            return self._asked(opened, wanted, seconds)
        finally:
            opened.close()

    def _asked(self, opened: Any, wanted: dict[str, str], seconds: float) -> dict[str, Any]:
        with opened.cursor() as cursor:
            cursor.execute(mysql.bounds(opened.get_server_info(), seconds))
            cursor.execute("SET SESSION time_zone = '+00:00'")
            cursor.execute("START TRANSACTION READ ONLY")
            cursor.execute(self.settings.query, wanted)
            names = [one[0] for one in cursor.description]
            found = cursor.fetchmany(2)
        if len(found) > 1:
            raise SystemUnavailableError("ambiguous")
        return dict(zip(names, map(_in_zone, found[0]), strict=True)) if found else {}


def _in_zone(value: Any) -> Any:
    is_bare = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if is_bare else value
