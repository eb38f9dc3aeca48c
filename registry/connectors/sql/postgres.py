"""PostgreSQL, by psycopg, which quotes every name."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql

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

__all__ = ["PostgreSql"]

T = TypeVar("T")
PORT: Final = 5432
GRACE_SECONDS: Final = 5.0
FAMILIES: Final[dict[str, Family]] = {
    **dict.fromkeys(("text", "varchar", "bpchar", "citext"), "text"),
    **dict.fromkeys(("int2", "int4", "int8"), "integer"), "uuid": "uuid",
}  # fmt: skip
ON_DELETE: Final[dict[str, OnDelete]] = {"c": "cascade", "n": "empty", "d": "empty"}
LATER: Final = ("08", "40", "53", "57")
NAMED: Final = {
    "42501": "permission_denied", "42P01": "table_missing", "42703": "column_missing",
    "25006": "read_only", "55P03": "busy",
}  # fmt: skip
NO_ENTRY: Final = (
    "authentication failed", "does not exist", "no pg_hba.conf entry", "not permitted to log in",
    "no password supplied", "permission denied",
)  # fmt: skip

TABLES: Final = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relhasrules, row_security_active(c.oid),
       ARRAY(SELECT t.tgname || ' ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
             FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY t.tgname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
COLUMNS: Final = """
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), b.typname, NOT a.attnotnull,
       coalesce(o.collname, ''), a.attgenerated::text
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
LEFT JOIN pg_collation o ON o.oid = a.attcollation
WHERE a.attrelid = ANY(%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
"""
KEYS: Final = """
SELECT k.contype::text, k.conrelid, cn.nspname, c.relname, fn.nspname, f.relname,
       k.confdeltype::text, {names}, {targets}
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace cn ON cn.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'f') AND k.conparentid = 0
  AND (k.conrelid = ANY(%s::oid[]) OR k.confrelid = ANY(%s::oid[]))
"""
NAMES: Final = (
    "ARRAY(SELECT a.attname::text FROM unnest(k.{numbers}) WITH ORDINALITY u(num, pos)"
    " JOIN pg_attribute a ON a.attrelid = k.{table} AND a.attnum = u.num ORDER BY u.pos)"
)


class PostgreSql:
    """One connection, with limits of its own on the other side."""

    def __init__(self, settings: SqlSettings, secret: str) -> None:
        self._settings, self._secret = settings, secret
        self._opened: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def open(self) -> None:
        settings, port = self._settings, self._settings.port or PORT
        found = await look_up(settings.host, port)
        is_socket = found == settings.host
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                self._opened = await psycopg.AsyncConnection.connect(
                    host=settings.host, hostaddr=None if is_socket else found, port=port,
                    dbname=settings.database, user=settings.user, password=self._secret,
                    sslmode=settings.tls,
                    options=self._options(), prepare_threshold=None, autocommit=True,
                )  # fmt: skip
        except TimeoutError:
            raise ConnectorError("too_slow", retry=True) from None
        except psycopg.Error as error:  # its words may name what we keep to ourselves
            raise _not_let_in(error) from None

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def begin(self, tables: Sequence[str], *, writes: bool) -> None:
        """Rows that a policy hides make it fail; a table that is locked keeps its shape."""
        await self.run("BEGIN" if writes else "BEGIN READ ONLY", ())
        if tables:
            names = ", ".join(self.table(one) for one in tables)
            mode = "ROW EXCLUSIVE" if writes else "ACCESS SHARE"
            await self.run(f"LOCK TABLE {names} IN {mode} MODE", ())

    async def commit(self) -> None:
        await self.run("COMMIT", ())

    async def rollback(self) -> None:
        await self.run("ROLLBACK", ())

    async def rows(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self._cursor() as cursor:
            await cursor.execute(text.encode(), values)
            return await cursor.fetchall()

    async def run(self, text: str, values: Sequence[Any]) -> None:
        async with self._cursor() as cursor:
            await cursor.execute(text.encode(), values or None)

    async def shape(self, tables: Sequence[str]) -> Shape:
        full = {tuple(self._full(one)): one for one in tables}
        found = await self.rows(TABLES, [[one[0] for one in full], [one[1] for one in full]])
        oids = [row[0] for row in found]
        columns: dict[int, dict[str, ColumnShape]] = {oid: {} for oid in oids}
        for oid, name, kind, base, nullable, collation, generated in await self.rows(
            COLUMNS, [oids]
        ):
            family = "other" if generated else FAMILIES.get(base, "other")
            columns[oid][name] = ColumnShape(kind, family, nullable, collation)
        primary, keys = await self._keys(oids, full)
        there = {
            full[row[1], row[2]]: TableShape(
                columns[row[0]], primary.get(row[0], ()), tuple(row[6]), _hindrance(*row[3:6])
            )
            for row in found
        }
        return Shape(there, keys)

    def name(self, text: str) -> str:
        return sql.Identifier(text).as_string(None)

    def table(self, text: str) -> str:
        return sql.Identifier(*self._full(text)).as_string(None)

    def key(self, column: str, match: Match, shape: ColumnShape) -> str:
        if shape.family != "text" or match.how == "exact":
            return f"{column}::text"
        return f"lower({column}::text)" if match.how == "fold" else _digits(column)

    def holds(self, column: str, match: Match, shape: ColumnShape) -> tuple[str, int]:
        exact = shape.family != "text" or match.how == "exact"
        return f"{column if exact else self.key(column, match, shape)} = ANY(%s)", 1

    def among(self, values: Sequence[Any]) -> Any:
        return list(values)

    def is_among(self, column: str) -> str:
        return f"{column} = ANY(%s)"

    def scalar(self, value: Scalar) -> Any:
        """As text without a type, which becomes the column's."""
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    def differs(self, column: str) -> str:
        return f"{column} IS DISTINCT FROM %s"

    def begins_otherwise(self, column: str) -> str:
        return f"left({column}::text, %s) <> %s"

    def unknowable(self) -> str:
        return "%s || gen_random_uuid()::text"

    def delete(self, tables: Sequence[str], ways: Sequence[str], where: str) -> str:
        using = f" USING {', '.join(tables[1:])}" if ways else ""
        return f"DELETE FROM {tables[0]}{using} WHERE {' AND '.join([*ways, where])}"  # noqa: S608

    def update(
        self, tables: Sequence[str], sets: Sequence[str], ways: Sequence[str], where: str
    ) -> str:
        more = f" FROM {', '.join(tables[1:])}" if ways else ""
        held = " AND ".join([*ways, where])
        return f"UPDATE {tables[0]} SET {', '.join(sets)}{more} WHERE {held}"  # noqa: S608

    async def _keys(
        self, oids: list[int], full: dict[tuple[str, ...], str]
    ) -> tuple[dict[int, tuple[str, ...]], tuple[ForeignKey, ...]]:
        text = KEYS.format(
            names=NAMES.format(numbers="conkey", table="conrelid"),
            targets=NAMES.format(numbers="confkey", table="confrelid"),
        )
        primary: dict[int, tuple[str, ...]] = {}
        keys: list[ForeignKey] = []
        for kind, oid, schema, table, to_schema, to, rule, names, targets in await self.rows(
            text, [oids, oids]
        ):
            if kind == "p":
                primary[oid] = tuple(names)
                continue
            ends = [full.get(end, ".".join(end)) for end in ((schema, table), (to_schema, to))]
            then = ON_DELETE.get(rule, "refuse")
            keys.append(ForeignKey(ends[0], tuple(names), ends[1], tuple(targets), then))
        return primary, tuple(keys)

    def _full(self, text: str) -> list[str]:
        found = parts(text)
        return found if len(found) == 2 else [self._settings.schema or "public", *found]

    def _options(self) -> str:
        limit = int(self._settings.timeout_seconds * 1000)
        return (
            f"-c statement_timeout={limit} -c idle_in_transaction_session_timeout={limit * 2}"
            f" -c lock_timeout={LOCK_SECONDS}s -c search_path=pg_catalog -c row_security=off"
            " -c synchronous_commit=on -c default_transaction_isolation=read\\ committed"
        )

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[psycopg.AsyncCursor[tuple[Any, ...]]]:
        if self._opened is None:
            raise ConnectorError("unreachable", retry=True)
        try:
            async with asyncio.timeout(self._settings.timeout_seconds + GRACE_SECONDS):
                async with self._opened.cursor() as cursor:
                    yield cursor
        except TimeoutError:
            raise ConnectorError("too_slow", retry=True) from None
        except psycopg.Error as error:  # its words may quote what was asked
            raise _named(error) from None


def _digits(column: str) -> str:
    return f"regexp_replace({column}::text, '[^0-9]', '', 'g')"


def _hindrance(kind: str, has_rules: bool, is_filtered: bool) -> str:
    if kind not in ("r", "p"):
        return "not_a_table"
    if has_rules:
        return "rules_there"
    return "row_security" if is_filtered else ""


def _named(error: psycopg.Error) -> ConnectorError:
    code = error.sqlstate or ""
    if code in NAMED:
        return ConnectorError(NAMED[code], retry=NAMED[code] == "busy")
    if not code or code.startswith("08"):
        return ConnectorError("unreachable", retry=True)
    if code == "57014":
        return ConnectorError("too_slow", retry=True)
    if code.startswith(LATER):
        return ConnectorError("busy", retry=True)
    if code.startswith("23"):
        return ConnectorError("integrity", retry=False)
    named = "data_refused" if code.startswith("22") else "statement_refused"
    return ConnectorError(named, retry=False)


def _not_let_in(error: psycopg.Error) -> ConnectorError:
    """Before it is let in, the library tells no state; it tells whether a password was sent."""
    words = str(error)
    asked = error.pgconn is not None and bool(error.pgconn.used_password)
    if ("FATAL" in words and asked) or any(one in words for one in NO_ENTRY):
        return ConnectorError("credentials_refused", retry=False)
    if "SSL" in words or "certificate" in words:
        return ConnectorError("tls_refused", retry=False)
    return ConnectorError("unreachable", retry=True)
