"""Statements written out, at the least cost: their values are sent beside them, not spelled out.

Django's own cursors write each value into the text, which takes several times as long as sending
it. Transactions, errors and whoever listens to queries are as with Django's.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection

Rows = list[tuple[Any, ...]]


def rows(statement: str, given: Sequence[Any]) -> Rows:
    """What a statement answers. It has no sign of per cent but in its placeholders, %s."""
    connection.ensure_connection()
    return _run(statement, given)


def first_rows(statement: str, given: Sequence[Any]) -> Rows:
    """As `rows`, for the question that a request begins with, which may be asked twice.

    Where the connection kept from earlier requests has died, it is asked again on a new one. So
    whether that connection lives needs no question of its own (CONN_HEALTH_CHECKS).
    """
    connection.ensure_connection()
    if connection.in_atomic_block:
        return _run(statement, given)
    try:
        found = _run(statement, given)
    except (InterfaceError, OperationalError):
        if connection.is_usable():
            raise
        connection.close()
        return rows(statement, given)
    connection.health_check_done = True  # type: ignore[attr-defined] # Django's own name for it
    return found


def array(values: Iterable[UUID | bytes | str]) -> str:
    """Values without quotes or backslashes as PostgreSQL writes an array, to be cast.

    Element by element psycopg takes longer for it than PostgreSQL for the query.
    """
    return "{" + ",".join([_ELEMENTS[type(value)](value) for value in values]) + "}"


_ELEMENTS: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: "%032x" % value.int,  # noqa: UP031 (the quickest way)
    bytes: lambda value: f'"\\\\x{value.hex()}"',
    str: lambda value: f'"{value}"',
}


def _run(statement: str, given: Sequence[Any]) -> Rows:
    bare: Any = psycopg.RawCursor(connection.connection)
    is_heard = connection.queries_logged
    with connection.make_debug_cursor(bare) if is_heard else connection.make_cursor(bare) as cursor:
        cursor.execute(_numbered(statement), given)
        return list(bare.fetchall())


@cache
def _numbered(statement: str) -> str:
    """With PostgreSQL's own placeholders, so that nobody has to look for ours each time."""
    first, *others = statement.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
