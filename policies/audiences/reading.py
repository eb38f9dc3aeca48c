"""Reading for an audience: one unchanging view of the database, answers in PostgreSQL's own form.

Groups and the facts of their representatives come from one snapshot. Otherwise a person who gives
consent between two statements would give it for everybody who had the same facts before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection, transaction
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from audit import arrays
from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.connection import PLAN, with_integer_times

ROOM = ("SET LOCAL work_mem = '64MB'", "SET LOCAL enable_sort = off", "SET LOCAL jit = off")
"""Groups are few, which the planner cannot know: to sort by twenty columns takes longest of all."""
_FORCED = tuple(setting.replace("SET ", "SET LOCAL ", 1) for setting in PLAN)
_USUAL = tuple(f"SET LOCAL {setting.split()[1]} TO DEFAULT" for setting in PLAN)
_PREPARED: WeakKeyDictionary[psycopg.Connection[Any], set[str]] = WeakKeyDictionary()
UUID, BYTEA, INT4 = arrays.UUID, arrays.BYTEA, 23


class ReadingError(RuntimeError):
    """PostgreSQL refused. Carries a SQLSTATE, never a value."""


class View:
    """The transaction that is open, of the time `now`; one snapshot where `view` opened it.

    Who knows the transaction's time hands it over.

    Times are microseconds and identifiers sixteen bytes, as the facts want them.
    """

    def __init__(self, now: int | None = None) -> None:
        connection.ensure_connection()
        self._connection = cast(psycopg.Connection[Any], connection.connection)
        context = _Context(self._connection)
        with_integer_times(cast(Any, context))
        self._transformer = Transformer(context)
        self._is_planned = False
        self.now = now if now is not None else int(self._rows("SELECT now()", (), ())[0][0])

    def rows(self, sql: str, parameters: Parameters, oids: Sequence[int]) -> Rows:
        """The rows of a statement over many people; the planner chooses how."""
        self._plan(is_forced=False)
        return self._rows(sql, parameters, oids)

    def look_up(self, command: tuple[Statement, Parameters]) -> Rows:
        """The rows of a statement of the decision point, by the plan that it forces there."""
        statement, parameters = command
        self._plan(is_forced=True)
        self._prepare(statement)
        result = self._connection.pgconn.exec_prepared(
            statement.name.encode(), cast(Any, parameters), [Format.BINARY] * len(parameters),
            Format.BINARY,
        )  # fmt: skip
        return self._loaded(result)

    def names(self, command: tuple[Statement, Parameters]) -> tuple[Rows, list[str]]:
        """As `look_up`, and what the columns are called."""
        rows = self.look_up(command)
        result = self._transformer.pgresult
        count = result.nfields if result else 0
        return rows, [_name(result, n) for n in range(count)]

    def rest(self) -> None:
        """Leave planning to the planner for the rest of the transaction."""
        self._plan(is_forced=False)

    def _rows(self, sql: str, parameters: Parameters, oids: Sequence[int]) -> Rows:
        result = self._connection.pgconn.exec_params(
            sql.encode(), parameters, oids, [Format.BINARY] * len(parameters), Format.BINARY
        )
        return self._loaded(result)

    def _prepare(self, statement: Statement) -> None:
        """Once a connection: planning it takes longer than answering it."""
        prepared = _PREPARED.setdefault(self._connection, set())
        if statement.name not in prepared:
            made = self._connection.pgconn.prepare(
                statement.name.encode(), statement.sql.encode(), statement.oids
            )
            self._loaded(made)
            prepared.add(statement.name)

    def _loaded(self, result: PGresult) -> Rows:
        if result.status == ExecStatus.COMMAND_OK:
            return []
        if result.status != ExecStatus.TUPLES_OK:
            code = result.error_field(ord("C"))
            raise ReadingError(code.decode() if code else "unknown")
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def _plan(self, *, is_forced: bool) -> None:
        if self._is_planned == is_forced:
            return
        with connection.cursor() as cursor:
            cursor.execute("; ".join(_FORCED if is_forced else _USUAL))
        self._is_planned = is_forced


@contextmanager
def view() -> Iterator[View]:
    """A snapshot for as long as the block lasts; nothing can be written in it."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for setting in ROOM:
                cursor.execute(setting)
        yield View()


class _Context:
    """How values are read here; the connection itself keeps reading as Django wants it."""

    def __init__(self, own: psycopg.Connection[Any]) -> None:
        self.connection = own
        self.adapters = AdaptersMap(own.adapters)


def _name(result: Any, number: int) -> str:
    found = result.fname(number)
    return found.decode() if found else ""


def bytes_of(number: int) -> bytes:
    """A whole number as PostgreSQL reads it."""
    return number.to_bytes(4, "big")
