"""Storing many new rows at once by COPY: what `bulk_create` does, ten times as fast.

Rows are plain tuples, because making thousands of model instances costs more than storing them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection
from psycopg import sql


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, given in the order of `columns`; a JSON column takes its text.

    Errors are Django's (IntegrityError for a duplicate), without PostgreSQL's words, which quote
    the row; `constraint_name` says what was violated. Then the transaction is to be rolled back.
    """
    waiting = list(rows)
    if not waiting:
        return
    try:
        with connection.wrap_database_errors:
            _copy(_statement(table, columns), waiting)
    except DatabaseError as error:
        cause = error.__cause__
        state = getattr(cause, "sqlstate", None)
        met = getattr(getattr(cause, "diag", None), "constraint_name", None)
        refused = type(error)(
            f"COPY into {table} failed (SQLSTATE {', '.join(filter(None, (state, met)))})."
        )
        refused.constraint_name = met  # type: ignore[attr-defined]
        raise refused from None


def _copy(statement: sql.Composed, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _statement(table: str, columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
