"""Searches: what an evaluation would permit, found by evaluating (POL-03, POL-19).

Every candidate of a page goes through the same facts and the same engine as an evaluation, in one
transaction with the entry that records the page, so a search cannot disagree with evaluations.
Candidates come in a fixed order, by which the next page goes on. Nothing found counts for a cap.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from audit import arrays
from keys.ids import fresh, text
from policies.pdp import facts, fixture, search_record, tokens, wire_search
from policies.pdp.batch import CLOCK, RELOADS, CatalogueMovesError, Decider
from policies.pdp.catalogue import Caller
from policies.pdp.channel import Rows, Statement
from policies.pdp.facts import Asked, Clock
from policies.pdp.model import Question
from policies.pdp.record import Made
from policies.pdp.search_record import Entry
from policies.pdp.wire import Item
from policies.pdp.wire_search import Entity, Search
from policies.rules.caller import CUSTOMER
from policies.rules.permit import ACTIONS

WINDOW = 500
"""So many candidates at once: other requests are served between two windows."""
SCANNED = 5_000
"""After so many candidates a page ends, however few it has: the next token goes on from there."""
HOPELESS = frozenset(("R01", "R02", "R03"))
"""Rules that refuse whoever the person is: nobody has to be looked at then."""

_START = bytes(16)
_INT8: Final = 20
CANDIDATES = Statement(
    "candidates",
    "SELECT id FROM subjects_subject WHERE controller_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    (arrays.UUID, arrays.UUID, _INT8),
)


class UnauthenticatedError(Exception):
    """The key is nobody's."""


class _MovedError(Exception):
    """The catalogue in hand is not the one in force."""


class Found(msgspec.Struct, frozen=True):
    """The answer to a search, and how many candidates were looked at for it."""

    answer: bytes
    considered: int


class _Candidate(msgspec.Struct, frozen=True):
    """What may become a result, and its place in the order (16 bytes)."""

    position: bytes
    item: Item
    entity: Entity
    caller: Caller | None = None  # None: whoever searches


@dataclass(slots=True)
class _Page:
    """What a page has gathered. `after` is the last candidate it has looked at."""

    after: bytes
    at: int = 0
    considered: int = 0
    is_last: bool = False
    about: Made | None = None  # the one person that the search names
    results: list[tuple[Entity, Made]] = field(default_factory=list)


_Source = Callable[[bytes, int], Awaitable[list[_Candidate]]]


async def find(decider: Decider, key: bytes, search: Search) -> Found:
    """What is found for one search request, after its entry is committed.

    Raises UnauthenticatedError, TokenError, CatalogueMovesError and what the channel raises; then
    nothing is recorded.
    """
    for _ in range(RELOADS):
        try:
            if decider.catalogue.version:
                return await _Finder(decider, search).run(key)
        except _MovedError:
            await decider.exchange(commits=True)
        except (UnauthenticatedError, tokens.TokenError):
            await decider.exchange(commits=True)
            raise
        await decider.renew()
    raise CatalogueMovesError


class _Finder:
    """One attempt at a page, with one version of the catalogue, in one transaction."""

    def __init__(self, decider: Decider, search: Search) -> None:
        self._decider = decider
        self._search = search

    async def run(self, key: bytes) -> Found:
        caller, clock, nobody = await self._caller(key)
        binding = _binding(caller, self._search)
        page = _Page(self._begins_after(caller, binding), at=clock.now)
        if self._is_hopeless(caller, clock, nobody):
            page.is_last = True
        else:
            await self._gather(page, caller, self._source(caller))
        return await self._finish(page, caller, binding)

    async def _caller(self, key: bytes) -> tuple[Caller, Clock, tuple[Any, ...]]:
        """Whose key it is at PostgreSQL's time, and the facts of nobody."""
        known = self._decider.catalogue.callers.get(key)
        asked = [Asked(self._search.item, known)] if known else []
        (nobody,) = await self._rows(asked)
        caller = self._decider.catalogue.caller(key, nobody[-2])
        if caller is None:
            raise UnauthenticatedError
        return caller, Clock(nobody[-2], self._decider.valid_seconds), nobody

    async def _rows(self, asked: list[Asked]) -> Rows:
        reading = facts.look_up(asked) if asked else (CLOCK, ())
        (rows,) = await self._decider.exchange(reading, commits=False)
        at, stamp = rows[0][-2:]
        if not self._decider.catalogue.is_in_force(stamp, at):
            raise _MovedError
        return rows

    def _begins_after(self, caller: Caller, binding: bytes) -> bytes:
        token = self._search.token
        if not token:
            return _START
        return tokens.open_sealed(
            token, controller=caller.controller, binding=binding, now=time.time()
        )

    def _is_hopeless(self, caller: Caller, clock: Clock, nobody: tuple[Any, ...]) -> bool:
        """Whether nobody has to be looked at, because what is asked is refused about everybody."""
        search = self._search
        if search.kind != "resource" or caller.peers is not None:
            return False
        if search.item.question.resource_type != CUSTOMER:
            return True
        made = self._decider.decided(Asked(search.item, caller), nobody, clock)
        return any(reason.rule in HOPELESS for reason in made.decision.reasons)

    async def _gather(self, page: _Page, caller: Caller, source: _Source) -> None:
        """Look at candidates in their order until the page is full, or looked at enough."""
        size = min(self._search.limit, WINDOW)
        while not page.is_last and page.considered < SCANNED:
            window = await source(page.after, size)
            is_end = len(window) < size
            if window and await self._look_at(page, caller, window):
                page.is_last = is_end and page.after == window[-1].position
                return
            page.is_last = is_end
            size = min(size * 2, WINDOW)

    async def _look_at(self, page: _Page, caller: Caller, window: list[_Candidate]) -> bool:
        """Decide about a window; whether that filled the page."""
        asked = [Asked(one.item, one.caller or caller) for one in window]
        rows = await self._rows(asked)
        clock = Clock(rows[0][-2], self._decider.valid_seconds)
        looked = await self._decider.look(asked, rows, clock)
        for place, (candidate, one, row) in enumerate(zip(window, asked, rows, strict=True)):
            made = self._decider.decided(one, row, clock, looked.completing(place))
            page.considered += 1
            page.after = candidate.position
            if self._search.kind != "resource":
                page.about = made
            if made.decision.permit:
                page.results.append((candidate.entity, made))
                if len(page.results) == self._search.limit:
                    return True
        return False

    async def _finish(self, page: _Page, caller: Caller, binding: bytes) -> Found:
        """Record the page, commit, and only then write it (P1)."""
        token = "" if page.is_last else tokens.seal(
            page.after, controller=caller.controller, binding=binding, now=time.time()
        )  # fmt: skip
        entry = self._entry(page, caller)
        await self._decider.exchange(search_record.append(entry), commits=True)
        results = [(entity, made.decision) for entity, made in page.results]
        answer = wire_search.answer(results, search_id=entry.id, next_token=token)
        return Found(answer, page.considered)

    def _entry(self, page: _Page, caller: Caller) -> Entry:
        raw_id, entry_id = fresh()
        made = [made for _, made in page.results]
        search, about = self._search, page.about
        kept = search_record.data(search.kind, search.item.question, page.considered, made)
        entry = Entry(
            entry_id, raw_id, caller.controller, caller.id, kept, page.at, request=search.request
        )
        if search.kind == "resource":
            return replace(entry, people=tuple(one.subject_id for one in made if one.subject_id))
        return replace(
            entry, event=search_record.OF_ONE, subject_id=about.subject_id if about else None,
            pseudonym=about.pseudonym if about else "",
        )  # fmt: skip

    def _source(self, caller: Caller) -> _Source:
        if caller.peers is not None and self._search.item.told:
            return _in_order(_exercised(self._search, caller))
        if self._search.kind == "resource":
            return self._people(caller)
        listed = _callers if self._search.kind == "subject" else _actions
        return _in_order(listed(self._search.item, caller))

    def _people(self, caller: Caller) -> _Source:
        question = self._search.item.question

        async def window(after: bytes, size: int) -> list[_Candidate]:
            reading = (CANDIDATES, (caller.controller, after, size.to_bytes(8)))
            (rows,) = await self._decider.exchange(reading, commits=False)
            return [_person(question, raw_id) for (raw_id,) in rows]

        return window


def _binding(caller: Caller, search: Search) -> bytes:
    """What a token is bound to: the service, whichever of its keys it uses, and the question."""
    return hashlib.sha256(caller.id.encode() + search.asked).digest()


def _person(question: Question, raw_id: bytes) -> _Candidate:
    written = text(raw_id)
    return _Candidate(raw_id, Item(question, written), Entity(type=CUSTOMER, id=written))


def _callers(item: Item, caller: Caller) -> list[_Candidate]:
    """Whom a service may ask as: itself. Whoever else may, only their own key shows."""
    code = caller.stranger.code
    question = replace(item.question, caller=code)
    return [_listed(item, question, Entity(type=question.caller_type, id=code), code)]


def _actions(item: Item, caller: Caller) -> list[_Candidate]:
    """Every action for every purpose the service is registered for."""
    return [
        _listed(
            item, replace(item.question, action=action, purpose=purpose),
            Entity(name=action, properties={"purpose": purpose}), f"{action} {purpose}",
        )
        for action in ACTIONS for purpose in caller.asks
    ]  # fmt: skip


def _exercised(search: Search, caller: Caller) -> list[_Candidate]:
    """What there is to find in the exercise of certification."""
    return [
        _Candidate(_place(entity.id + entity.name), one.item, entity, one.caller)
        for entity, one in fixture.candidates(search, caller)
    ]


def _place(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


def _listed(item: Item, question: Question, entity: Entity, name: str) -> _Candidate:
    """A candidate whose place is drawn from its name: lists may change between two pages."""
    return _Candidate(_place(name), replace(item, question=question), entity)


def _in_order(candidates: list[_Candidate]) -> _Source:
    ordered = sorted(candidates, key=lambda one: one.position)

    async def window(after: bytes, size: int) -> list[_Candidate]:
        return [one for one in ordered if one.position > after][:size]

    return window
