"""Statements about the rows of people in one table: counting, deleting, changing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.connectors.contract import Person
from registry.connectors.sql.acts import Act, identifiers
from registry.connectors.sql.database import Database, wanted
from registry.connectors.sql.settings import Change, Match, SqlSettings
from registry.connectors.sql.shape import Shape

__all__ = ["Rows", "rows_of"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an act is about, of some people, found by identifiers of one scheme.

    `whose` leads from what the rows say of their person to the persons of the batch.
    """

    database: Database
    act: Act
    tables: tuple[str, ...]
    ways: tuple[str, ...]
    key: str
    where: str
    values: tuple[Any, ...]
    whose: dict[str, list[int]]

    async def counted(self) -> dict[int, int]:
        """How many rows each person has."""
        return await self._counts("", ())

    async def left(self) -> dict[int, int]:
        """How many of them are not yet as the act would have them."""
        if not self.act.changes:
            return await self.counted()
        conditions, values = [], []
        for column, change in self.act.changes:
            text, more = self._undone(column, change)
            conditions.append(text)
            values += more
        return await self._counts(f" AND ({' OR '.join(conditions)})", values)

    async def done(self) -> None:
        database, sets, values = self.database, [], []
        if not self.act.changes:
            await database.run(database.delete(self.tables, self.ways, self.where), self.values)
            return
        for column, change in self.act.changes:
            new = database.unknowable() if change.unique else "%s"
            sets.append(f"{database.name(column)} = {new}")
            values.append(change.unique or database.scalar(change.to))
        text = database.update(self.tables, sets, self.ways, self.where)
        await database.run(text, [*values, *self.values])

    def _undone(self, column: str, change: Change) -> tuple[str, list[Any]]:
        name = f"t0.{self.database.name(column)}"
        if change.unique:
            return self.database.begins_otherwise(name), [len(change.unique), change.unique]
        return self.database.differs(name), [self.database.scalar(change.to)]

    async def _counts(self, more: str, values: Sequence[Any]) -> dict[int, int]:
        held = " AND ".join([*self.ways, self.where])
        text = (
            f"SELECT {self.key}, count(*) FROM {', '.join(self.tables)}"  # noqa: S608 (quoted)
            f" WHERE {held}{more} GROUP BY 1"
        )
        found: dict[int, int] = {}
        for key, number in await self.database.rows(text, [*self.values, *values]):
            for one in self.whose.get(_said(key), []):
                found[one] = found.get(one, 0) + number
        return found


def rows_of(
    settings: SqlSettings, database: Database, shape: Shape, act: Act, people: Sequence[Person]
) -> list[Rows]:
    """One for each scheme by which the act's table, or the one it leads to, finds people."""
    path = settings.root(act.table)
    tables = tuple(f"{database.table(name)} AS t{n}" for n, name in enumerate(path))
    ways = tuple(
        f"t{n}.{database.name(way.column)} = t{n + 1}.{database.name(way.to)}"
        for n, name in enumerate(path)
        if (way := settings.tables[name].through) is not None
    )
    found = []
    for scheme, match in settings.tables[path[-1]].matches().items():
        column = f"t{len(path) - 1}.{database.name(match.column)}"
        kind = shape.tables[path[-1]].columns[match.column]
        whose = _whose(people, scheme, match, lambda v, m=match, k=kind: wanted(v, m, k))
        if not whose:
            continue
        where, often = database.holds(column, match, kind)
        values = (database.among(list(whose)),) * often
        named = {_said(value): some for value, some in whose.items()}
        key = database.key(column, match, kind)
        found.append(Rows(database, act, tables, ways, key, where, values, named))
    return found


def _whose(people: Sequence[Person], scheme: str, match: Match, form: Any) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for number, person in enumerate(people):
        for value in dict.fromkeys(form(identifiers(person).get(scheme, ()))):
            found.setdefault(value, []).append(number)
    return found


def _said(key: Any) -> str:
    """Some databases fill or ignore spaces at the end of a text."""
    return str(key).rstrip(" ")
