"""Systems for the tests of the engine: real folders of files, told through a connector of theirs.

A person is a file; what was really done to whom is a line of a journal that is on disk before the
connector answers. `mood.json` in the folder says how the system behaves, and is read at each call.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection

from registry.connectors import factory, register
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Effect,
    Finding,
    Probed,
    Said,
    Verb,
)

KIND, LOCAL = "filing", "filing-local"
EVERY_VERB = frozenset(Verb)


class Cabinet:
    """One system's folder, as its owner sees it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        for name in ("people", "keys"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def put(self, *people):
        for one in people:
            (self.folder / "people" / UUID(str(one)).hex).touch()

    def mood(self, **said):
        """From now on; what was said before is forgotten."""
        text = self.folder / "mood.json.new"
        text.write_text(json.dumps(said))
        text.rename(self.folder / "mood.json")

    def how(self):
        try:
            return json.loads((self.folder / "mood.json").read_text())
        except FileNotFoundError:
            return {}

    @property
    def left(self):
        return {UUID(path.name) for path in (self.folder / "people").iterdir()}

    def journal(self, word="effect"):
        """The steps of each line of this kind, in order; there is a `call` for every one told."""
        try:
            lines = (self.folder / "journal").read_text().split("\n")
        except FileNotFoundError:
            return []
        return [line.split()[1] for line in lines if line.startswith(word)]

    def note(self, *lines):
        place = os.open(self.folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(place, "".join(f"{line}\n" for line in lines).encode())
        os.close(place)

    def erase(self, people, *, honours_key, lies=False):
        """One effect for each key where keys are honoured, and for each call where they are not."""
        lines = []
        for one in people:
            lines.append(f"call {one.step}")
            key = self.folder / "keys" / one.key
            if not (honours_key and key.exists()):
                lines.append(f"effect {one.step} {one.key}")
                key.touch()
                if not lies:
                    (self.folder / "people" / one.subject.hex).unlink(missing_ok=True)
        self.note(*lines)

    def has(self, subject):
        return (self.folder / "people" / subject.hex).exists()


def declared(settings):
    return Declaration(
        effect=Effect(settings.get("effect", "delete")), verbs=EVERY_VERB,
        batch=settings.get("batch", 10), honours_key=settings.get("honours_key", True),
        probes=settings.get("probes", True), per_minute=settings.get("per_minute", 0),
        probe_after_seconds=settings.get("probe_after_seconds", 0), by_category=True,
    )  # fmt: skip


@dataclass
class Filing:
    """Tells a cabinet, as over a wire: it may hang, fail, lie, or take its time."""

    cabinet: Cabinet
    declaration: Declaration
    is_busy: bool = False

    @classmethod
    def of(cls, row, _secret):
        return cls(Cabinet(row.settings["folder"]), declared(row.settings))

    async def __aenter__(self):
        if code := self.cabinet.how().get("closed"):
            raise ConnectorError(code, retry=False)
        return self

    async def __aexit__(self, *error):
        return None

    async def _answers(self):
        how = self.cabinet.how()
        if self.is_busy:
            raise RuntimeError("one connection cannot make two calls at a time")
        self.is_busy = True
        if how.get("hangs"):
            await asyncio.sleep(3600)
        await asyncio.sleep(how.get("seconds", 0))
        self.is_busy = False
        if code := how.get("error"):
            raise ConnectorError(
                code, retry=how.get("retry", True), wait_seconds=how.get("wait", 0),
                reached=how.get("reached", True),
            )  # fmt: skip
        if how.get("breaks"):
            raise RuntimeError("a fault of the connector")
        return how

    async def tell(self, verb, people):
        how = await self._answers()
        act = Act(how.get("act", "done"))
        if act in (Act.DONE, Act.ACCEPTED):
            lies = how.get("lies", False) or verb != Verb.ERASE
            honours = self.declaration.honours_key
            self.cabinet.erase(people, honours_key=honours, lies=lies)
        if how.get("drops"):
            raise ConnectorError("broken_off", retry=True)
        skipped = len(people) - 1 if how.get("forgets") else len(people)
        return [
            Said(
                step=one.step, act=act, code=how.get("code", ""), evidence={"count": 1},
                reference=how.get("reference", ""), wait_seconds=how.get("wait", 0),
            )
            for one in people[:skipped]
        ]  # fmt: skip

    async def status(self, people):
        how = await self._answers()
        act = Act(how.get("status", "done"))
        return [Said(step=one.step, act=act, wait_seconds=how.get("wait", 0)) for one in people]

    async def probe(self, verb, people):
        how = await self._answers()
        return [self._probed(verb, one, how) for one in people]

    def _probed(self, verb, one, how):
        if found := how.get("found"):
            return Probed(step=one.step, finding=Finding(found))
        is_there = verb == Verb.ERASE and self.cabinet.has(one.subject)
        return Probed(step=one.step, finding=Finding.PRESENT if is_there else Finding.ABSENT)

    async def check(self):
        return []


class LocalFiling:
    """People in a table of our own database: told in the transaction that records it."""

    def __init__(self, row, _secret):
        self.declaration = declared({"batch": 500, **row.settings})

    def tell(self, verb, people):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM filing_person WHERE id = ANY(%s) AND NOT is_poison RETURNING id",
                [[one.subject for one in people]],
            )
            gone = {row[0] for row in cursor.fetchall()}
            cursor.execute(
                "INSERT INTO filing_effect SELECT unnest(%s::uuid[])",
                [[one.step for one in people]],
            )
            cursor.execute(
                "SELECT 1 FROM filing_person WHERE id = ANY(%s) AND is_poison",
                [[one.subject for one in people]],
            )
            if cursor.fetchone():
                raise RuntimeError("a person whom this system cannot let go of")
        return [
            Said(step=one.step, act=Act.DONE if one.subject in gone else Act.UNKNOWN_PERSON)
            for one in people
        ]

    def probe(self, verb, people):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM filing_person WHERE id = ANY(%s)", [[one.subject for one in people]]
            )
            there = {row[0] for row in cursor.fetchall()}
        return [
            Probed(
                step=one.step, finding=Finding.PRESENT if one.subject in there else Finding.ABSENT
            )
            for one in people
        ]


TABLES = """
CREATE TABLE filing_person (id uuid PRIMARY KEY, is_poison bool NOT NULL DEFAULT false);
CREATE TABLE filing_effect (step uuid NOT NULL);
GRANT ALL ON filing_person, filing_effect TO sammati_app
"""

if factory(KIND) is None:
    register(KIND, Filing.of)
    register(LOCAL, LocalFiling)
