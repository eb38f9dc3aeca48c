"""What a connector promises, tried on a system that holds two invented people. For who adds one.

One of the two is erased, the other must stay. It asks what tests/conformance asks of the suite's
own connectors, as far as a system can be asked that cannot be looked into from outside.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from registry.connectors.contract import (
    Act,
    Connector,
    ConnectorError,
    Finding,
    Identifiers,
    Person,
    Probed,
    Said,
    Verb,
)

__all__ = ["Promise", "Trial"]

GONE: Final = frozenset({Finding.ABSENT, Finding.ANONYMISED})
WELL: Final = frozenset({Act.DONE, Act.UNKNOWN_PERSON})
POLL_SECONDS: Final = 0.5
WRONG: Final = "wrong-secret wrong-secret"


@dataclass(frozen=True, slots=True)
class Promise:
    """Whether one promise was kept; `fault` is a code that says why not, empty where it was."""

    name: str
    fault: str = ""


@dataclass(slots=True)
class Trial:
    """`make` opens the connector with a secret. `told` is erased; `other` must stay.

    `seconds`: how long what was accepted, and what was done, may take to be seen.
    """

    make: Callable[[str], Connector]
    secret: str
    told: Identifiers
    other: Identifiers
    seconds: float = 30.0
    step: UUID = field(default_factory=uuid4)
    heard: list[Said | Probed] = field(default_factory=list)

    def promises(self) -> Iterator[Promise]:
        """One after the other; the first that is broken before anybody is told of ends it."""
        for ask in (self._reached, self._sees, self._needs_name, self._knows_verbs, self._secret):
            promise = self._asked(ask)
            yield promise
            if promise.fault:
                return
        for ask in (self._tells, self._is_gone, self._tells_again, self._names_nobody):
            yield self._asked(ask)

    def _asked(self, ask: Callable[[], Awaitable[str]]) -> Promise:
        name = ask.__name__.strip("_")
        try:
            return Promise(name, asyncio.run(_result(ask)))
        except ConnectorError as error:
            return Promise(name, error.code)

    def _person(self, identifiers: Identifiers, reference: str = "") -> Person:
        key = f"{self.step.hex}-1"
        return Person(
            step=self.step, subject=self.step, key=key, identifiers=identifiers, reference=reference
        )

    async def _reached(self) -> str:
        async with self.make(self.secret) as it:
            return ",".join(await it.check())

    async def _sees(self) -> str:
        if not self.make(self.secret).declaration.probes:
            return "no_probe"
        is_there = [await self._found(one) is Finding.PRESENT for one in (self.told, self.other)]
        return "" if all(is_there) else "person_not_seen"

    async def _needs_name(self) -> str:
        said = await self._said({})
        return "done_without_a_name" if said.act in WELL | {Act.ACCEPTED} else ""

    async def _knows_verbs(self) -> str:
        """A verb that it does not declare is refused by name."""
        unknown = sorted(set(Verb) - self.make(self.secret).declaration.verbs)
        if not unknown:
            return ""
        try:
            await self._said(self.told, unknown[0])
        except ConnectorError as error:
            return "" if not error.retry else error.code
        return "verb_taken"

    async def _secret(self) -> str:
        """Another secret is refused, and that is not tried again."""
        try:
            async with self.make(WRONG) as it:
                [said] = await it.tell(Verb.ERASE, [self._person(self.told)])
        except ConnectorError as error:
            return "" if (error.code, error.retry) == ("credentials_refused", False) else error.code
        return f"wrong_secret_{said.act.value}"

    async def _tells(self) -> str:
        said, ends = await self._said(self.told), time.monotonic() + self.seconds
        while said.act is Act.ACCEPTED and time.monotonic() < ends:
            await asyncio.sleep(POLL_SECONDS)
            async with self.make(self.secret) as it:
                [said] = await it.status([self._person(self.told, said.reference)])
            self.heard.append(said)
        return "" if said.act is Act.DONE else said.code or said.act.value

    async def _is_gone(self) -> str:
        ends, found = time.monotonic() + self.seconds, await self._found(self.told)
        while found not in GONE and time.monotonic() < ends:
            await asyncio.sleep(POLL_SECONDS)
            found = await self._found(self.told)
        if found not in GONE:
            return f"still_{found.value}"
        return "" if await self._found(self.other) is Finding.PRESENT else "somebody_else_gone"

    async def _tells_again(self) -> str:
        said = await self._said(self.told)
        if said.act not in WELL | {Act.ACCEPTED}:
            return said.code or said.act.value
        return "" if await self._found(self.other) is Finding.PRESENT else "somebody_else_gone"

    async def _names_nobody(self) -> str:
        """Neither person stands in what would be kept."""
        kept = [[one.code, getattr(one, "reference", ""), dict(one.evidence)] for one in self.heard]
        text = json.dumps(kept).casefold()
        known = [
            one for some in (self.told, self.other) for texts in some.values() for one in texts
        ]
        return "names_somebody" if any(one.casefold() in text for one in known) else ""

    async def _said(self, identifiers: Identifiers, verb: Verb = Verb.ERASE) -> Said:
        async with self.make(self.secret) as it:
            [said] = await it.tell(verb, [self._person(identifiers)])
        self.heard.append(said)
        return said

    async def _found(self, identifiers: Identifiers) -> Finding:
        async with self.make(self.secret) as it:
            [seen] = await it.probe(Verb.ERASE, [self._person(identifiers)])
        self.heard.append(seen)
        return seen.finding


async def _result(ask: Callable[[], Awaitable[str]]) -> str:
    return await ask()
