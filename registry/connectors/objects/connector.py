"""Telling a bucket to let go of people, and looking for them in it."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final, Self, TypeVar
from uuid import UUID

from registry.connectors import ConnectorRow, register
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.objects import rows as files
from registry.connectors.objects.settings import Named, ObjectsSettings, Rows, key_of, read
from registry.connectors.objects.store import Bucket, Found
from registry.connectors.objects.walking import Target, walk
from registry.connectors.objects.wanted import Met, Wanted, folded

__all__ = ["KIND", "ObjectsConnector", "made"]

KIND: Final = "objects"
IN_MEMORY: Final = 8 * 1024 * 1024
T = TypeVar("T")


@dataclass(slots=True)
class Seen:
    """What there is, or was, of each person: how many objects, and how many rows in files."""

    objects: Counter[UUID] = field(default_factory=Counter)
    rows: Counter[UUID] = field(default_factory=Counter)
    left: set[UUID] = field(default_factory=set)


class ObjectsConnector:
    """Everything it does can be repeated: what is gone stays gone."""

    def __init__(self, settings: ObjectsSettings, secret: str) -> None:
        self._settings, self._secret = settings, secret
        self._bucket: Bucket | None = None

    @property
    def declaration(self) -> Declaration:
        return self._settings.declaration()

    async def __aenter__(self) -> Self:
        self._bucket = await asyncio.to_thread(Bucket, self._settings, self._secret)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._bucket = None

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        seen = await self._on_thread(verb, people, Work.erase)
        return [self._said(one, seen) for one in people]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        raise ConnectorError("no_status", retry=False)

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        seen = await self._on_thread(verb, people, Work.look)
        return [self._probed(one, seen) for one in people]

    async def check(self) -> list[str]:
        """Whether the bucket can be read, and keeps nothing that is not looked at."""
        try:
            return await self._on_thread(Verb.ERASE, (), lambda work: work.bucket.check())
        except ConnectorError as error:
            return [error.code]

    async def _on_thread(
        self, verb: Verb, people: Sequence[Person], do: "Callable[[Work], T]"
    ) -> T:
        if verb is not Verb.ERASE:
            raise ConnectorError("verb_unknown", retry=False)
        if self._bucket is None:
            raise RuntimeError("A connector is used within `async with`.")
        work = Work(self._settings, self._bucket, people)
        return await asyncio.to_thread(do, work)

    def _said(self, person: Person, seen: Seen) -> Said:
        if fault := self._fault(person):
            return Said(step=person.step, act=Act.REFUSED, code=fault)
        if person.step in seen.left:
            return Said(step=person.step, act=Act.RETRY, code="object_not_deleted")
        count = _count(seen, person.step)
        act = Act.DONE if any(count.values()) else Act.UNKNOWN_PERSON
        return Said(step=person.step, act=act, evidence=count)

    def _probed(self, person: Person, seen: Seen) -> Probed:
        if fault := self._fault(person):
            return Probed(step=person.step, finding=Finding.UNSURE, code=fault)
        count = _count(seen, person.step)
        finding = Finding.PRESENT if any(count.values()) else Finding.ABSENT
        return Probed(step=person.step, finding=finding, evidence=count)

    def _fault(self, person: Person) -> str:
        """Why nothing can be said of somebody: no identifier, or one that no name may hold."""
        if not any(person.identifiers.get(scheme) for scheme in self._settings.schemes):
            return "no_identifier"
        named = [one for one in self._settings.delete if _is_asked(one, person)]
        unsafe = any(
            key_of(one, text) is None
            for one in named
            for text in person.identifiers.get(one.schemes[0], ())
        )
        return "identifier_unsafe" if unsafe else ""


class Work:
    """One batch, on one thread."""

    def __init__(self, settings: ObjectsSettings, bucket: Bucket, people: Sequence[Person]) -> None:
        self._settings, self.bucket, self._people = settings, bucket, people

    def erase(self) -> Seen:
        if self.bucket.check():
            raise ConnectorError("versions_kept", retry=False)
        seen, found, owners = Seen(), set[Found](), dict[str, set[UUID]]()
        for one, steps in self._named():
            seen.objects.update(steps)
            found.add(one)
            owners.setdefault(one.key, set()).update(steps)
        for key in self.bucket.delete(found):
            seen.left |= owners[key]
        for rows in self._settings.rewrite:
            self._in_files(rows, seen, is_erasing=True)
        return seen

    def look(self) -> Seen:
        seen = Seen()
        for _, steps in self._named():
            seen.objects.update(steps)
        for rows in self._settings.rewrite:
            self._in_files(rows, seen, is_erasing=False)
        return seen

    def _named(self) -> Iterator[tuple[Found, set[UUID]]]:
        """Each object whose name says whose it is, and whose that is."""
        for named in self._settings.delete:
            owners: dict[Target, set[UUID]] = {}
            for person in self._people:
                for target in _targets(named, person):
                    owners.setdefault(target, set()).add(person.step)
            for target, one in self._there(named, owners):
                yield one, owners[target]

    def _there(self, named: Named, owners: Iterable[Target]) -> Iterator[tuple[Target, Found]]:
        """Versions are looked for one name at a time; without them one walk is for everybody."""
        if not self.bucket.keeps_versions:
            yield from walk(self.bucket.page, named.beginning, owners)
            return
        for target in owners:
            yield from (
                (target, one) for one in self.bucket.all(target.name) if target.holds(one.key)
            )

    def _in_files(self, rows: Rows, seen: Seen, *, is_erasing: bool) -> None:
        owners: dict[tuple[str, str], set[UUID]] = {}
        for person in (one for one in self._people if _is_asked(rows, one)):
            for scheme in rows.match:
                for text in filter(None, map(folded, person.identifiers.get(scheme, ()))):
                    owners.setdefault((scheme, text), set()).add(person.step)
        if not owners:
            return
        wanted: Wanted = {
            scheme: frozenset(text for one, text in owners if one == scheme)
            for scheme in rows.match
        }
        do = self._rewrite if is_erasing else self._count
        for one in self._files(rows):
            for who, number in do(rows, wanted, one).items():
                seen.rows.update(dict.fromkeys(owners[who], number))

    def _files(self, rows: Rows) -> list[Found]:
        """Listed before any is written anew, or the new ones would be listed, too."""
        found = [
            one
            for one in self.bucket.all(rows.prefix)
            if not one.is_marker and one.key.endswith(rows.suffix) and not one.key.endswith("/")
        ]
        if any(one.size > self._settings.most_bytes for one in found):
            raise ConnectorError("object_too_big", retry=False)
        return found

    def _count(self, rows: Rows, wanted: Wanted, one: Found) -> Met:
        with _scratch() as content:
            if self.bucket.fetch(one, content) is None:
                return Counter()
            return files.rewrite(rows, wanted, content, None)

    def _rewrite(self, rows: Rows, wanted: Wanted, one: Found) -> Met:
        """A former version with somebody in it goes as a whole; the present one is written anew."""
        with _scratch() as content, _scratch() as fresh:
            kept = self.bucket.fetch(one, content)
            if kept is None:
                return Counter()
            met = files.rewrite(rows, wanted, content, fresh if one.is_latest else None)
            if not met:
                return met
            if one.is_latest:
                self.bucket.replace(one.key, fresh, kept)
            if one.version and self.bucket.delete([one]):
                raise ConnectorError("version_not_deleted", retry=True)
            return met


def _targets(named: Named, person: Person) -> Iterator[Target]:
    if not _is_asked(named, person):
        return
    for text in person.identifiers.get(named.schemes[0], ()):
        if (key := key_of(named, text)) is not None:
            yield Target(key, named.is_prefix)


def _is_asked(way: Named | Rows, person: Person) -> bool:
    """Whether it is among the categories that are to go; of one that names none it always is."""
    return not (person.categories and way.categories) or not person.categories.isdisjoint(
        way.categories
    )


def _count(seen: Seen, step: UUID) -> dict[str, str | int]:
    return {"objects": seen.objects[step], "rows": seen.rows[step]}


@contextmanager
def _scratch() -> Iterator[IO[bytes]]:
    """A file without a name, which is gone with the process that has it open."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as found:
        yield found


def made(row: ConnectorRow, secret: str) -> ObjectsConnector:
    """The secret is `access key:secret key`. Raises ConnectorError for wrong settings."""
    return ObjectsConnector(read(row.settings), secret)


register(KIND, made)
