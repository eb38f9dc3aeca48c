"""Systems of the benchmark: tables of our own database, and one that takes calls for ever."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db import connection

from registry.connectors import register
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Effect,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.models import Connector as Row

LOCAL, HANGING, FAILING, SLOW = "bench-local", "bench-hanging", "bench-failing", "bench-slow"
DECLARED = Declaration(effect=Effect.DELETE, batch=1000, honours_key=True)
TABLES = """
CREATE TABLE IF NOT EXISTS bench_person (system int, id uuid, PRIMARY KEY (system, id));
CREATE TABLE IF NOT EXISTS bench_peer (id bigint PRIMARY KEY, system int NOT NULL,
  person uuid NOT NULL, state text NOT NULL DEFAULT 'planned', done_at timestamptz)
"""
GONE = "DELETE FROM bench_person WHERE system = %s AND id = ANY(%s) RETURNING id"
LEFT = "SELECT id FROM bench_person WHERE system = %s AND id = ANY(%s)"


@dataclass
class Table:
    """The people of one system are rows."""

    number: int
    declaration: Declaration = DECLARED

    @classmethod
    def of(cls, row: Row, _secret: str) -> "Table":
        return cls(row.settings["number"])

    def _among(self, statement: str, people: Sequence[Person]) -> set[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.number, [one.subject for one in people]])
            return {row[0] for row in cursor.fetchall()}

    def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        gone = self._among(GONE, people)
        return [
            Said(step=one.step, act=Act.DONE if one.subject in gone else Act.UNKNOWN_PERSON)
            for one in people
        ]

    def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        left = self._among(LEFT, people)
        return [
            Probed(
                step=one.step, finding=Finding.PRESENT if one.subject in left else Finding.ABSENT
            )
            for one in people
        ]


class Failing:
    """Nobody can reach it."""

    declaration = DECLARED

    async def __aenter__(self) -> Self:
        raise ConnectorError("unreachable", retry=True)

    async def __aexit__(self, *error: object) -> None:
        return None


@dataclass
class Hanging:
    """Takes every call and answers none for so many seconds; then it says that all is done."""

    seconds: float = 3600.0
    declaration: Declaration = DECLARED

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        await asyncio.sleep(self.seconds)
        return [Said(step=one.step, act=Act.DONE) for one in people]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        return await self.tell(Verb.ERASE, people)

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        await asyncio.sleep(self.seconds)
        return [Probed(step=one.step, finding=Finding.ABSENT) for one in people]

    async def check(self) -> list[str]:
        return []


register(LOCAL, Table.of)
register(HANGING, lambda row, secret: Hanging(row.settings.get("seconds", 3600.0)))
register(FAILING, lambda row, secret: Failing())  # type: ignore[arg-type, return-value]
register(SLOW, lambda row, secret: Hanging(0.5, replace(DECLARED, batch=1)))
