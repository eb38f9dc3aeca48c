"""What is done without a system: by people who get a letter, and by this suite itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.core import mail

from erasure.ourselves import erasing
from erasure.ourselves.connector import OwnConnector
from registry.connectors.contract import Act, Connector, Person, Said, Verb
from registry.connectors.manual import ManualConnector, read
from tests.conformance import kit
from tests.erasure import own_world as owned


@dataclass
class Clerk:
    """Somebody with a paper archive, who does what they are written about, and nothing else."""

    archive: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)

    def reads(self) -> None:
        if mail.outbox:
            self.archive -= set(self.asked)


class NotedConnector(ManualConnector):
    """Its people are known to the clerk by the page that the letter's link opens."""

    clerk: Clerk

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        said = await super().tell(verb, people)
        self.clerk.asked += [number_of(one) for one in people]
        return said


def number_of(one: Person) -> int:
    return next(n for n in range(100) if kit.uuid5(kit.SPACE, f"subject {n}") == one.subject)


@dataclass
class ManualWorld:
    """A system of which only people know how to erase in it."""

    settings: Any
    clerk: Clerk = field(default_factory=Clerk)

    def connector(self) -> Connector:
        made = NotedConnector(read({"to": "clerk@vendor.example"}), UUID(int=7), "Paper")
        made.clerk = self.clerk
        return made

    def put(self, numbers: Sequence[int]) -> None:
        self.clerk.archive |= set(numbers)

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"email": (f"person{number}@people.example",)}

    def left(self) -> set[int]:
        return set(self.clerk.archive)

    def effects(self) -> dict[int, int] | None:
        return None

    def wait(self) -> None:
        self.clerk.reads()

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        return (Act.RETRY, self.fail()) if kind == "dead" else None

    def at(self, host: str) -> None:
        return None

    def fail(self) -> str:
        """No post office answers."""
        self.settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        self.settings.EMAIL_HOST, self.settings.EMAIL_PORT = "127.0.0.1", 1
        return "letter_not_sent"

    def mend(self) -> None:
        self.settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def manual_world(settings: Any) -> ManualWorld:
    return ManualWorld(settings)


@dataclass
class OwnWorld:
    """A company's people here; a step of theirs is known by the kit's own number for it."""

    company: Any
    people: dict[int, Any] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)

    def connector(self) -> OwnConnector:
        return owned.connector(self.company)

    def put(self, numbers: Sequence[int]) -> None:
        for n in numbers:
            self.people[n] = self.company.person(self.identifiers_of(n))

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        """Whoever is asked for has a case; of who was never put in, nothing is left already."""
        if number not in self.asked:
            self.asked.add(number)
            is_there = number in self.people
            if not is_there:
                self.put([number])
            self._open(number)
            if not is_there:
                erasing.erase(
                    controller_id=self.company.id, cases={self.people[number].id: self._case.id}
                )
        return {"email": (self.identifiers_of(number),)}

    def left(self) -> set[int]:
        ids = {one.id: n for n, one in self.people.items()}
        return {ids[one] for one in erasing.present(self.company.id, set(ids))}

    def effects(self) -> dict[int, int] | None:
        return None

    def wait(self) -> None:
        """It is done when it says so."""

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        return None

    def at(self, host: str) -> None:
        return None

    def fail(self) -> str | None:
        return None

    def mend(self) -> None:
        """It never failed."""

    def identifiers_of(self, number: int) -> str:
        return f"person{number}@people.example"

    def _open(self, number: int) -> None:
        self._case = owned.case_about(self.company, self.people[number])
        step = kit.uuid5(kit.SPACE, f"step {number}")
        owned.own_step(self.company, self._case, id=step)


@pytest.fixture
def own_world(db: None) -> OwnWorld:
    return OwnWorld(owned.make().company)
