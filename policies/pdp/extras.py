"""What a batch does only where it is asked for: look-ups of guardrails, and keyed requests.

A batch that asks for neither has no extras and pays nothing.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

from policies.caps.lookups import Lookups, Wanted
from policies.pdp import facts
from policies.pdp.catalogue import Catalogue
from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.engine import decide
from policies.pdp.facts import Asked, Clock
from policies.pdp.idempotency import Answers, Once
from policies.pdp.model import Facts
from policies.pdp.policy import NONE, Guardrails, Needs
from policies.pdp.record import Made

Command = tuple[Statement, Parameters]
Exchange = Callable[..., Awaitable[list[Rows]]]
Complete = Callable[[Facts], Facts]
Decided = Callable[[Asked, tuple[Any, ...], Clock, Complete | None], Made]


class Request(Protocol):
    """One call of a batch, as far as keyed requests need it."""

    once: Once | None
    made: list[Made]


class Looked:
    """The look-ups of some items, by their place; who only looks counts and locks nothing."""

    def __init__(self, catalogue: Catalogue, *, locks: bool) -> None:
        self._catalogue = catalogue
        self._locks = locks
        self._lookups = Lookups(locks=locks)
        self._wanted: dict[int, Wanted] = {}

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def want(self, place: int, asked: Asked, row: tuple[Any, ...], clock: Clock) -> None:
        """Note what the guardrails of an item ask for."""
        policy = asked.caller.policy(clock.now)
        if policy is NONE or not row[0] or asked.item.error:
            return
        needs = policy.needs(asked.item.question)
        if needs is not None and needs.caps and self._locks:
            needs = self._counted(asked, row, clock, policy)
        if needs is not None:
            self._wanted[place] = self._lookups.want(
                asked.caller.controller, row[0], asked.item.question, needs,
                facts.clocks(row, clock.now),
            )  # fmt: skip

    def _counted(
        self, asked: Asked, row: tuple[Any, ...], clock: Clock, policy: Guardrails
    ) -> Needs | None:
        """What exactly concerns the use; nothing where the law denies: no rule is asked then."""
        try:
            found = facts.facts(row, asked, self._catalogue, clock).facts
            return policy.needs(found.question, found) if decide(found).permit else None
        except Exception:  # deciding meets it again, and denies this item alone (P4)
            return None

    def reading(self) -> list[Command]:
        """The commands that look up what is wanted."""
        return self._lookups.reading()

    def take(self, results: list[Rows]) -> None:
        """Take in what they found."""
        self._lookups.take(results)

    def completing(self, place: int, own: Facts | None = None) -> Complete | None:
        """How the facts at a place become whole; None where they are."""
        wanted = self._wanted.get(place)
        return None if wanted is None else partial(self._lookups.facts, wanted=wanted, own=own)

    def count(self, place: int, now: int) -> None:
        """Count a permit."""
        if place in self._wanted:
            self._lookups.count(self._wanted[place], now)

    def writing(self) -> list[Command]:
        """The commands that store what was counted."""
        return self._lookups.writing()


class Extras:
    """The extras of one batch; `answers` where a call has a key."""

    def __init__(self, catalogue: Catalogue, answers: Answers | None) -> None:
        self._looked = Looked(catalogue, locks=True)
        self._answers = answers

    def __bool__(self) -> bool:
        return self._answers is not None or bool(self._looked)

    def want(self, place: int, asked: Asked, row: tuple[Any, ...], clock: Clock) -> None:
        """Note what is to be locked and read for an item."""
        self._looked.want(place, asked, row, clock)

    async def read(self, exchange: Exchange) -> None:
        """Lock and read, in one exchange."""
        if reading := self._looked.reading():
            self._looked.take(await exchange(*reading))

    def is_other(self, call: Request) -> bool:
        """Whether the key of a call came with another request before."""
        answer, once = self._answer(call), call.once
        if self._answers is None or answer is None or once is None:
            return False
        return self._answers.is_other(answer, once)

    def decide(
        self, place: int, call: Request, asked: Asked, row: tuple[Any, ...], clock: Clock,
        decided: Decided,
    ) -> tuple[Made, bool]:  # fmt: skip
        """The decision of an item, and whether it is new: then it is to be recorded."""
        answer = self._answer(call)
        if self._answers is None or answer is None:
            return self._fresh(place, None, asked, row, clock, decided), True
        first = self._answers.first(answer, len(call.made), asked, clock.now)
        made = self._fresh(place, first, asked, row, clock, decided)
        given = first if first is not None and made.decision.permit else made
        self._answers.note(answer, len(call.made), given)
        return given, given is made

    def _answer(self, call: Request) -> bytes | None:
        return None if self._answers is None else self._answers.of(id(call))

    def _fresh(
        self, place: int, first: Made | None, asked: Asked, row: tuple[Any, ...], clock: Clock,
        decided: Decided,
    ) -> Made:  # fmt: skip
        """The decision as facts are now; a permit that repeats the first is not counted again."""
        own = first.facts if first is not None else None
        made = decided(asked, row, clock, self._looked.completing(place, own))
        if made.decision.permit and first is None:
            self._looked.count(place, clock.now)
        return made

    def writing(self) -> list[Command]:
        """The commands that store all of it, in the order in which rows were locked."""
        answers = [] if self._answers is None else self._answers.writing()
        return [*answers, *self._looked.writing()]
