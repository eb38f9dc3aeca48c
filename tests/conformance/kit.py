"""What any connector must do. Synchronous from outside: a test reads as a story."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid5

from registry.connectors.contract import (
    ERASURES,
    Act,
    Connector,
    ConnectorError,
    Finding,
    LocalConnector,
    Person,
    Probed,
    Said,
    Verb,
)

SPACE = UUID("4f0a2f7e-2d35-4a53-9d6c-6f2f0c2a7b11")
TROUBLES = ("expired", "redirected", "error_body", "garbled", "dead")
"""What may go wrong. Credentials that have expired are never tried again by themselves."""
INSIDE = (
    "10.0.0.7", "169.254.169.254", "127.0.0.1", "0.0.0.0", "2130706433", "[::ffff:10.0.0.7]",
    "[::1]", "[fd00::1]", "inside.example",
)  # fmt: skip
"""Hosts that must not be called: private in every spelling, and a name that leads to one."""
GONE = frozenset({Finding.ABSENT, Finding.ANONYMISED})


class World(Protocol):
    """A system of the case, seen from outside. People are numbered; `identifiers` name them."""

    def connector(self) -> Connector | LocalConnector:
        """A new connector of this system, as production would open it."""

    def put(self, numbers: Sequence[int]) -> None:
        """Put these people in."""

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        """What the suite knows of a person; for people who were never put in, too."""

    def left(self) -> set[int]:
        """Who is still there, in whatever state."""

    def effects(self) -> dict[int, int] | None:
        """How often something was really done to each; None where the system cannot tell."""

    def wait(self) -> None:
        """Until what was accepted has been done, and the system's own delay has passed."""

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        """Make every call go wrong so; what is said of it, and by which code. None: it cannot."""

    def at(self, host: str) -> Connector | None:
        """A connector with the same settings at another host; None: it calls none."""

    def fail(self) -> str | None:
        """Make the next call fail for a time; the code that has to be named, None: it cannot."""

    def mend(self) -> None:
        """Undo `fail`."""


def person(world: World, number: int, *, reference: str = "", round_: int = 1) -> Person:
    step = uuid5(SPACE, f"step {number}")
    return Person(
        step=step, subject=uuid5(SPACE, f"subject {number}"), key=f"{step.hex}-{round_}",
        identifiers=world.identifiers(number), reference=reference,
    )  # fmt: skip


def asked(connector: Any, name: str, *arguments: Any) -> Any:
    """Of one whose effects stand in our own database: in the caller's transaction."""
    if not hasattr(connector, "__aenter__"):
        return getattr(connector, name)(*arguments)
    return asyncio.run(_within(connector, name, *arguments))


async def _within(connector: Any, name: str, *arguments: Any) -> Any:
    async with connector as it:
        return await getattr(it, name)(*arguments)


def tell(world: World, people: Sequence[Person], verb: Verb = Verb.ERASE) -> list[Said]:
    return asked(world.connector(), "tell", verb, people)


def well(world: World) -> set[Act]:
    """What is said of somebody who is erased; what people do by hand is never done by itself."""
    return {Act.ACCEPTED} if world.connector().declaration.needs_person else {Act.DONE}


def outcome(world: World, one: Person, verb: Verb = Verb.ERASE) -> tuple[Act, str]:
    """As `tell` of one; a failure of the whole batch counts for them, as whoever calls takes it."""
    try:
        [said] = tell(world, [one], verb)
    except ConnectorError as error:
        return (Act.RETRY if error.retry else Act.REFUSED), error.code
    return said.act, said.code


def status(world: World, people: Sequence[Person]) -> list[Said]:
    return asked(world.connector(), "status", people)


def probe(world: World, people: Sequence[Person], verb: Verb = Verb.ERASE) -> list[Probed]:
    return asked(world.connector(), "probe", verb, people)


def check(world: World) -> list[str]:
    connector = world.connector()
    return asked(connector, "check") if hasattr(connector, "check") else []


def settled(world: World, numbers: Sequence[int], told: Sequence[Said]) -> list[Said]:
    """What became of people after the system had its time, asked by reference where it gave one."""
    world.wait()
    waiting = [
        (number, one) for number, one in zip(numbers, told, strict=True) if one.act is Act.ACCEPTED
    ]
    asked = [person(world, number, reference=one.reference) for number, one in waiting]
    later = {one.step: one for one in (status(world, asked) if asked else [])}
    return [later.get(one.step, one) for one in told]


@dataclass
class Spoken:
    """Everything a connector said that is kept: codes, references and evidence, never a person."""

    texts: list[str] = field(default_factory=list)

    def add(self, some: Sequence[Said | Probed]) -> None:
        for one in some:
            reference = one.reference if isinstance(one, Said) else ""
            self.texts.append(json.dumps([one.code, reference, dict(one.evidence)]))

    def names(self, world: World, numbers: Sequence[int]) -> list[str]:
        """Identifiers that stand in what was said."""
        known = [
            text for number in numbers for texts in world.identifiers(number).values()
            for text in texts
        ]  # fmt: skip
        said = "\n".join(self.texts).casefold()
        return [text for text in known if text.casefold() in said]


def is_whole_erasure(world: World) -> bool:
    """Whether what it declares is an erasure at all."""
    return world.connector().declaration.effect in ERASURES
