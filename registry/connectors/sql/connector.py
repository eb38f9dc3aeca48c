"""The connector of a database: a batch is one transaction, and proves itself before it commits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self

from registry.connectors.contract import (
    Act as Told,
)
from registry.connectors.contract import (
    ConnectorError,
    Declaration,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.sql.acts import Act, Refusal, acts_for
from registry.connectors.sql.database import Database
from registry.connectors.sql.rows import rows_of
from registry.connectors.sql.settings import SqlSettings
from registry.connectors.sql.shape import KEY, Shape, faults, order

__all__ = ["SqlConnector"]

ONE_PERSONS: Final = frozenset({"integrity", "data_refused", "still_there"})
"""What may lie in the data of one person of the batch: then each is told alone."""


class SqlConnector:
    """Opened for a batch or several; closed after them."""

    def __init__(self, settings: SqlSettings, database: Database, fingerprint: str) -> None:
        self._settings, self._database = settings, database
        self._fingerprint = fingerprint
        more = [settings.keys] if settings.keys else []
        self._tables = [*settings.tables, *more]

    @property
    def declaration(self) -> Declaration:
        return self._settings.declaration()

    async def __aenter__(self) -> Self:
        try:
            await self._database.open()
        except BaseException:
            await self._database.close()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._database.close()

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """All of them in one transaction. Where the data of one stand in the way, each alone."""
        self._must_know(verb)
        try:
            return await self._told(verb, people)
        except ConnectorError as error:
            if error.code not in ONE_PERSONS:
                raise
            if len(people) == 1:
                act = Told.RETRY if error.code == "still_there" else Told.REFUSED
                return [Said(step=people[0].step, act=act, code=error.code)]
        return [said for person in people for said in await self.tell(verb, [person])]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        """Nothing is ever accepted for later."""
        return [Said(step=one.step, act=Told.REFUSED, code="not_accepted") for one in people]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        self._must_know(verb)
        found: dict[int, Probed] = {}
        async with self._transaction(writes=False) as shape:
            for acts, group in self._groups(verb, people, shape):
                if isinstance(acts, Refusal):
                    for n in group:
                        found[n] = Probed(
                            step=people[n].step, finding=Finding.UNSURE, code=acts.code
                        )
                    continue
                found |= await self._looked(verb, acts, group, people, shape)
        return [found[n] for n in range(len(people))]

    async def check(self) -> list[str]:
        """Faults of the mapping; `shape_changed` where it fits, but is not what was accepted."""
        shape = await self._shape()
        found = faults(self._settings, shape)
        if not self._fingerprint:
            return [*found, "shape_not_accepted"]
        return found if self._fingerprint == shape.fingerprint() else [*found, "shape_changed"]

    async def shape(self) -> str:
        shape = await self._shape()
        self._must_fit(shape)
        return shape.fingerprint()

    def _must_know(self, verb: Verb) -> None:
        if verb not in self.declaration.verbs:
            raise ConnectorError("verb_unknown", retry=False)

    async def _shape(self) -> Shape:
        return await self._database.shape(self._tables)

    def _must_fit(self, shape: Shape) -> None:
        if found := faults(self._settings, shape):
            raise ConnectorError(found[0].partition(":")[0], retry=False)

    @asynccontextmanager
    async def _transaction(self, *, writes: bool) -> AsyncIterator[Shape]:
        """The shape is looked at where it can no longer change before the end."""
        if not self._fingerprint:
            raise ConnectorError("shape_not_accepted", retry=False)
        try:
            await self._database.begin(self._tables, writes=writes)
            shape = await self._shape()
            self._must_fit(shape)
            if shape.fingerprint() != self._fingerprint:
                raise ConnectorError("shape_changed", retry=False)
            yield shape
            await self._database.commit()
        except BaseException:
            with suppress(ConnectorError):
                await self._database.rollback()
            raise

    def _groups(
        self, verb: Verb, people: Sequence[Person], shape: Shape
    ) -> list[tuple[tuple[Act, ...] | Refusal, list[int]]]:
        """The people of whom the same is to be done, by their number in the batch."""
        tables = order(self._settings, shape)
        found: dict[tuple[Act, ...] | Refusal, list[int]] = {}
        for number, person in enumerate(people):
            acts = acts_for(self._settings, tables, verb, person)
            found.setdefault(acts, []).append(number)
        return list(found.items())

    async def _told(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        found: dict[int, Said] = {}
        async with self._transaction(writes=True) as shape:
            before = await self._told_before(people)
            for n, person in enumerate(people):
                if person.key in before:
                    found[n] = Said(step=person.step, act=Told.DONE, code="done_before")
            for acts, numbers in self._groups(verb, people, shape):
                group = [n for n in numbers if n not in found]
                if isinstance(acts, Refusal):
                    for n in group:
                        found[n] = Said(step=people[n].step, act=Told.REFUSED, code=acts.code)
                    continue
                counts = await self._done(acts, [people[n] for n in group], shape)
                for n, rows in zip(group, counts, strict=True):
                    found[n] = _said(verb, people[n], rows)
            done = [n for n, said in found.items() if said.act != Told.REFUSED]
            await self._leave_keys([people[n] for n in done], before)
        return [found[n] for n in range(len(people))]

    async def _done(self, acts: Sequence[Act], people: Sequence[Person], shape: Shape) -> list[int]:
        """How many rows of each were deleted or changed."""
        counts = [0] * len(people)
        for act in acts if people else ():
            for rows in rows_of(self._settings, self._database, shape, act, people):
                left = await rows.left()
                if not left:
                    continue
                for n, number in left.items():
                    counts[n] += number
                await rows.done()
                if await rows.left():
                    raise ConnectorError("still_there", retry=True)
        return counts

    async def _looked(
        self, verb: Verb, acts: Sequence[Act], group: list[int], people: Sequence[Person],
        shape: Shape,
    ) -> dict[int, Probed]:  # fmt: skip
        some = [people[n] for n in group]
        there, left = [0] * len(some), [0] * len(some)
        for act in acts:
            for rows in rows_of(self._settings, self._database, shape, act, some):
                for n, number in (await rows.left()).items():
                    left[n] += number
                for n, number in (await rows.counted()).items():
                    there[n] += number
        return {
            number: _probed(verb, people[number], there[n], left[n])
            for n, number in enumerate(group)
        }

    async def _told_before(self, people: Sequence[Person]) -> set[str]:
        if not self._settings.keys:
            return set()
        database = self._database
        key, table = database.name(KEY), database.table(self._settings.keys)
        text = f"SELECT {key} FROM {table} WHERE {database.is_among(key)} FOR UPDATE"  # noqa: S608
        keys = database.among([one.key for one in people])
        return {row[0] for row in await database.rows(text, [keys])}

    async def _leave_keys(self, people: Sequence[Person], before: set[str]) -> None:
        fresh = [person.key for person in people if person.key not in before]
        if not self._settings.keys or not fresh:
            return
        table, key = self._database.table(self._settings.keys), self._database.name(KEY)
        places = ", ".join(["(%s)"] * len(fresh))
        text = f"INSERT INTO {table} ({key}) VALUES {places}"  # noqa: S608 (quoted)
        try:
            await self._database.run(text, fresh)
        except ConnectorError as error:
            if error.code == "integrity":  # somebody tells the same at this moment
                raise ConnectorError("busy", retry=True) from None
            raise


def _said(verb: Verb, person: Person, rows: int) -> Said:
    evidence: dict[str, Any] = {"rows": rows}
    if not rows and verb is Verb.ERASE:
        return Said(step=person.step, act=Told.UNKNOWN_PERSON, code="no_rows", evidence=evidence)
    return Said(step=person.step, act=Told.DONE, evidence=evidence)


def _probed(verb: Verb, person: Person, there: int, left: int) -> Probed:
    finding = Finding.ABSENT
    if left:
        finding = Finding.PRESENT
    elif there and verb == Verb.ERASE:
        finding = Finding.ANONYMISED
    return Probed(step=person.step, finding=finding, evidence={"rows": there, "left": left})
