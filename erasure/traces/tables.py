"""Every table of the database, every column of it, binary ones too."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from erasure.traces.spelled import patterns

__all__ = ["fate_of", "look", "tables"]

_TABLES: Final = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')
  AND NOT c.relispartition
ORDER BY c.relname
"""
_FOUND: Final = "SELECT EXISTS (SELECT FROM {table} t WHERE t::text ILIKE ANY(%s))"


def tables() -> list[str]:
    """All of them, without the partitions of those that have some."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [row[0] for row in cursor.fetchall()]


def look(words: Mapping[str, set[str]]) -> Iterator[tuple[str, str | None]]:
    """Each table with what was found in it; None where this login may not read it."""
    for table in tables():
        for kind, spelled in words.items():
            try:
                if _found(table, spelled):
                    yield table, kind
            except DatabaseError:
                yield table, None
                break


@cache
def fate_of(table: str) -> str:
    """What erasure does to the rows of a table, as its model says; empty: no model of ours."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table and "Privacy" in vars(model):
            return str(vars(model)["Privacy"].on_erasure)
    return ""


def _found(table: str, spelled: set[str]) -> bool:
    query = sql.SQL(_FOUND).format(table=sql.Identifier(table))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, [patterns(spelled)])
        return bool(cursor.fetchone()[0])
