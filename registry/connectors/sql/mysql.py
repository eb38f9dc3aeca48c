"""MySQL and MariaDB, by PyMySQL on a thread of the connection's own.

The library quotes no names: those of a mapping hold no quote of any kind (settings.py), are there
in the catalogue letter by letter, and stand between backticks.
"""

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar
from uuid import UUID

from registry import mysql
from registry.connectors.address import look_up
from registry.connectors.contract import ConnectorError
from registry.connectors.sql.database import LOCK_SECONDS
from registry.connectors.sql.settings import Match, Scalar, SqlSettings, parts
from registry.connectors.sql.shape import (
    ColumnShape,
    Family,
    ForeignKey,
    OnDelete,
    Shape,
    TableShape,
)

__all__ = ["MySql"]

T = TypeVar("T")
GRACE_SECONDS: Final = 5.0
FAMILIES: Final[dict[str, Family]] = {
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), "text"
    ),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint"), "integer"),
    "uuid": "uuid",
}  # fmt: skip
ON_DELETE: Final[dict[str, OnDelete]] = {
    "CASCADE": "cascade", "SET NULL": "empty", "SET DEFAULT": "empty",
}  # fmt: skip
NAMED: Final = {
    **dict.fromkeys(
        (1044, 1045, 1049, 1820, 1862, 3118, 4151),  # not to this database, expired, locked
        "credentials_refused",
    ),
    **dict.fromkeys((1142, 1143, 1227), "permission_denied"),
    **dict.fromkeys((1290, 1792), "read_only"), **dict.fromkeys((1040, 1205, 1213), "busy"),
    1146: "table_missing", 1054: "column_missing",
    3159: "tls_refused",
}  # fmt: skip
"""Numbers of the server's errors; the library's own begin at 2000."""
COMPUTED: Final = re.compile(r"\b(VIRTUAL|STORED|PERSISTENT)\b")
"""Columns that the server computes. MySQL says DEFAULT_GENERATED of one with a mere default."""
SESSION: Final = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
    f" foreign_key_checks = 1, sql_safe_updates = 0, innodb_lock_wait_timeout = {LOCK_SECONDS}"
)
ISOLATION: Final = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
TABLES: Final = """
SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES
WHERE (TABLE_SCHEMA, TABLE_NAME) IN %s
"""
COLUMNS: Final = """
SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE,
       COLLATION_NAME, COLUMN_KEY, EXTRA
FROM information_schema.COLUMNS WHERE (TABLE_SCHEMA, TABLE_NAME) IN %s ORDER BY ORDINAL_POSITION
"""
KEYS: Final = """
SELECT u.TABLE_SCHEMA, u.TABLE_NAME, u.COLUMN_NAME, u.REFERENCED_TABLE_SCHEMA,
       u.REFERENCED_TABLE_NAME, u.REFERENCED_COLUMN_NAME, u.CONSTRAINT_NAME, r.DELETE_RULE
FROM information_schema.KEY_COLUMN_USAGE u JOIN information_schema.REFERENTIAL_CONSTRAINTS r
  ON r.CONSTRAINT_SCHEMA = u.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = u.CONSTRAINT_NAME
 AND r.TABLE_NAME = u.TABLE_NAME
WHERE (u.TABLE_SCHEMA, u.TABLE_NAME) IN %s
   OR (u.REFERENCED_TABLE_SCHEMA, u.REFERENCED_TABLE_NAME) IN %s
ORDER BY u.CONSTRAINT_NAME, u.ORDINAL_POSITION
"""
TRIGGERS: Final = """
SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION,
       ACTION_STATEMENT
FROM information_schema.TRIGGERS WHERE (EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE) IN %s
ORDER BY TRIGGER_NAME
"""


class MySql:
    """One connection; a server that hangs holds this thread and nobody else's."""

    def __init__(self, settings: SqlSettings, secret: str) -> None:
        import pymysql  # noqa: PLC0415 (an optional part)

        self._driver = pymysql
        self._settings, self._secret = settings, secret
        self._thread: ThreadPoolExecutor | None = None
        self._opened: Any = None

    async def open(self) -> None:
        found = await look_up(self._settings.host, self._settings.port or mysql.PORT)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mysql")
        self._opened = await self._on_thread(lambda: self._connected(found))
        await self.run(SESSION, ())
        await self.run(ISOLATION, ())

    async def close(self) -> None:
        opened, self._opened = self._opened, None
        thread, self._thread = self._thread, None
        if thread is not None:
            if opened is not None:
                thread.submit(opened.close)
            thread.shutdown(wait=False)

    async def begin(self, tables: Sequence[str], *, writes: bool) -> None:
        """A table that was read in a transaction keeps its shape until its end."""
        await self.run(f"START TRANSACTION {'READ WRITE' if writes else 'READ ONLY'}", ())
        for one in tables:
            await self.rows(f"SELECT 1 FROM {self.table(one)} LIMIT 0", ())  # noqa: S608

    async def commit(self) -> None:
        await self._on_thread(self._opened.commit)

    async def rollback(self) -> None:
        await self._on_thread(self._opened.rollback)

    async def rows(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return await self._on_thread(lambda: self._executed(text, values))

    async def run(self, text: str, values: Sequence[Any]) -> None:
        await self._on_thread(lambda: self._executed(text, values))

    async def shape(self, tables: Sequence[str]) -> Shape:
        full = {tuple(self._full(one)): one for one in tables}
        pairs = tuple(full)
        columns, primary = self._columns(await self.rows(COLUMNS, [pairs]), full)
        triggers: dict[str, list[str]] = {}
        for schema, table, *what in await self.rows(TRIGGERS, [pairs]):
            triggers.setdefault(full[schema, table], []).append(" ".join(what))
        there = {}
        for schema, table, kind, engine in await self.rows(TABLES, [pairs]):
            name = full.get((schema, table), "")
            there[name] = TableShape(
                columns.get(name, {}), tuple(primary.get(name, ())),
                tuple(triggers.get(name, ())), _hindrance(kind, engine),
            )  # fmt: skip
        there.pop("", None)
        return Shape(there, self._keys(await self.rows(KEYS, [pairs, pairs]), full))

    def name(self, text: str) -> str:
        return f"`{text}`"

    def table(self, text: str) -> str:
        return ".".join(map(self.name, self._full(text)))

    def key(self, column: str, match: Match, shape: ColumnShape) -> str:
        if shape.family != "text":
            return column
        text = f"CONVERT({column} USING utf8mb4)"
        if match.how == "digits":
            return f"REGEXP_REPLACE({text}, '[^0-9]', '')"
        return f"LOWER({text})" if match.how == "fold" else text

    def holds(self, column: str, match: Match, shape: ColumnShape) -> tuple[str, int]:
        """Collations take letters with and without accents for the same: people are not. So each
        letter counts; the collation's own comparison comes first, because an index serves it.
        """
        if shape.family != "text":
            return f"{column} IN %s", 1
        letters = f"{self.key(column, match, shape)} COLLATE utf8mb4_bin IN %s"
        is_served = match.how == "exact" or (
            match.how == "fold" and shape.collation.endswith("_ci")
        )
        return (f"{column} IN %s AND {letters}", 2) if is_served else (letters, 1)

    def among(self, values: Sequence[Any]) -> Any:
        return tuple(str(one) if isinstance(one, UUID) else one for one in values)

    def is_among(self, column: str) -> str:
        return f"{column} IN %s"

    def scalar(self, value: Scalar) -> Any:
        return int(value) if isinstance(value, bool) else value

    def differs(self, column: str) -> str:
        return f"NOT ({column} <=> %s)"

    def begins_otherwise(self, column: str) -> str:
        return f"LEFT({column}, %s) <> %s"

    def unknowable(self) -> str:
        """Random, where the server's own identifiers tell its clock and its network card."""
        return "CONCAT(%s, HEX(RANDOM_BYTES(16)))"

    def delete(self, tables: Sequence[str], ways: Sequence[str], where: str) -> str:
        return f"DELETE t0 FROM {_joined(tables, ways)} WHERE {where}"  # noqa: S608

    def update(
        self, tables: Sequence[str], sets: Sequence[str], ways: Sequence[str], where: str
    ) -> str:
        changes = ", ".join(f"t0.{one}" for one in sets)
        return f"UPDATE {_joined(tables, ways)} SET {changes} WHERE {where}"  # noqa: S608

    def _connected(self, found: str) -> Any:
        settings = self._settings
        return mysql.connected(mysql.Login(
            address=found, host=settings.host, port=settings.port or mysql.PORT,
            database=settings.database, user=settings.user, secret=self._secret,
            tls=settings.tls, seconds=settings.timeout_seconds,
        ))  # fmt: skip

    def _executed(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._opened.cursor() as cursor:
            cursor.execute(text, tuple(values) or None)
            return list(cursor.fetchall())

    async def _on_thread(self, call: Callable[[], T]) -> T:
        """The connection's own timeouts end the call; ours ends the waiting."""
        if self._thread is None:
            raise ConnectorError("unreachable", retry=True)
        running = asyncio.get_running_loop().run_in_executor(self._thread, call)
        try:
            async with asyncio.timeout(self._settings.timeout_seconds + GRACE_SECONDS):
                return await running
        except TimeoutError:
            raise ConnectorError("too_slow", retry=True) from None
        except ssl.SSLError:
            raise ConnectorError("tls_refused", retry=False) from None
        except OSError:
            raise ConnectorError("unreachable", retry=True) from None
        except self._driver.Error as error:  # its words may quote what was asked
            raise self._named(error) from None

    def _named(self, error: Any) -> ConnectorError:
        code = error.args[0] if error.args else 0
        if named := NAMED.get(code):
            return ConnectorError(named, retry=named == "busy")
        if isinstance(error, self._driver.IntegrityError):
            return ConnectorError("integrity", retry=False)
        if isinstance(error, self._driver.DataError):
            return ConnectorError("data_refused", retry=False)
        if 2000 <= code < 3000 or isinstance(error, self._driver.InterfaceError):
            is_tls = "SSL" in str(error)
            return ConnectorError("tls_refused" if is_tls else "unreachable", retry=not is_tls)
        return ConnectorError("statement_refused", retry=False)

    def _full(self, text: str) -> list[str]:
        found = parts(text)
        own = self._settings.schema or self._settings.database
        return found if len(found) == 2 else [own, *found]

    def _columns(
        self, rows: list[tuple[Any, ...]], full: dict[tuple[str, ...], str]
    ) -> tuple[dict[str, dict[str, ColumnShape]], dict[str, list[str]]]:
        columns: dict[str, dict[str, ColumnShape]] = {}
        primary: dict[str, list[str]] = {}
        for schema, table, name, kind, base, nullable, collation, key, extra in rows:
            place = full.get((schema, table), "")
            family = "other" if COMPUTED.search(extra) else FAMILIES.get(base.lower(), "other")
            shape = ColumnShape(kind, family, nullable == "YES", collation or "")
            columns.setdefault(place, {})[name] = shape
            if key == "PRI":
                primary.setdefault(place, []).append(name)
        return columns, primary

    def _keys(
        self, rows: list[tuple[Any, ...]], full: dict[tuple[str, ...], str]
    ) -> tuple[ForeignKey, ...]:
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for schema, table, column, to_schema, to, target, name, rule in rows:
            ends = [full.get(end, ".".join(end)) for end in ((schema, table), (to_schema, to))]
            found.setdefault((name, *ends, rule), []).append((column, target))
        return tuple(
            ForeignKey(
                table, tuple(one for one, _ in pairs), to, tuple(other for _, other in pairs),
                ON_DELETE.get(rule, "refuse"),
            )
            for (_, table, to, rule), pairs in found.items()
        )  # fmt: skip


def _joined(tables: Sequence[str], ways: Sequence[str]) -> str:
    more = (f"JOIN {table} ON {way}" for table, way in zip(tables[1:], ways, strict=True))
    return " ".join([tables[0], *more])


def _hindrance(kind: str, engine: str | None) -> str:
    if kind == "SYSTEM VERSIONED":
        return "keeps_history"
    if kind != "BASE TABLE":
        return "not_a_table"
    return "" if engine == "InnoDB" else "not_transactional"
