"""Searches: whom a service may reach, as whom it may ask, and what it may do about a person.

What is found holds as long as its page says, and tells whom to ask about: `check` before the use
gives the permit. A page that cannot be read whole is none at all: the search then fails, and
nobody else is found.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack
from uuid import uuid4

import msgspec

from sammati_client.answers import Obligation, clock
from sammati_client.errors import SearchFailed
from sammati_client.questions import Asker, Call, Subject, Use, is_askable
from sammati_client.replies import (
    BadAnswerError,
    Outcome,
    Reply,
    is_unknown,
    lease_of,
    parsed,
    readable,
)

Kind = Literal["resource", "subject", "action"]
MOST = 1_000
"""So many results the server gives at once."""
PAGE_BYTES = 65_536
RESULT_BYTES = 2_048
BAD_ANSWER = "CLIENT_BAD_ANSWER"
_SOUGHT: dict[Kind, str] = {"resource": "customer", "subject": "service", "action": ""}


class Signals(TypedDict, total=False):
    """`context` as a question says it; `limit`: how many results a page holds, 1 to 1,000."""

    context: Mapping[str, Any]
    limit: int


class Wanted(Signals, total=False):
    """What a search for people or callers may say beyond the purpose, as a question says it."""

    operations: Sequence[str]
    channel: str | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result, true until `valid_until`. Of a person or a service `id`, of an action `name`.

    `obligations` are those that a use would have; `search_id` names the page on record.
    """

    id: str = field(default="", repr=False)
    type: str = ""
    name: str = ""
    purpose: str = ""
    obligations: tuple[Obligation, ...] = ()
    search_id: str
    valid_until: datetime
    lease_ends: float = field(repr=False, compare=False)

    def __bool__(self) -> bool:
        return clock() < self.lease_ends


class _Entity(msgspec.Struct, frozen=True):
    type: str = ""
    id: str = ""
    name: str = ""
    properties: dict[str, Any] = {}


class _Paging(msgspec.Struct, frozen=True):
    next_token: str


class _Duty(msgspec.Struct, frozen=True):
    type: str
    results: tuple[int, ...]
    id: str | None = None
    properties: dict[str, Any] = {}
    mandatory: bool = True


class _Context(msgspec.Struct, frozen=True):
    search_id: str
    valid_until: str | None = None
    obligations: tuple[_Duty, ...] = ()


class _Page(msgspec.Struct, frozen=True):
    results: tuple[_Entity, ...]
    page: _Paging
    context: _Context


class Pages:
    """Hands out the request for one page after another and takes what came back."""

    def __init__(self, kind: Kind, body: Mapping[str, Any], asker: Asker, limit: int) -> None:
        if not 1 <= limit <= MOST:
            raise ValueError(f"A page holds between 1 and {MOST} results.")
        self._kind = kind
        self._body = body
        self._supported = asker.supported_obligations
        self._limit = limit
        self._token: str | None = ""

    def next_call(self) -> Call | None:
        """The request for the next page; None after the last. Raises TypeError."""
        if self._token is None:
            return None
        page = {"limit": self._limit, **({"token": self._token} if self._token else {})}
        body = msgspec.json.encode({**self._body, "page": page})
        size = PAGE_BYTES + RESULT_BYTES * self._limit
        return Call(f"/access/v1/search/{self._kind}", body, size, uuid4().hex)

    def take(self, outcome: Outcome) -> list[Found]:
        """What a page holds for this caller. Raises SearchFailed; then there is no next page."""
        before, self._token = self._token, None
        reply = readable(outcome)
        if not isinstance(reply, Reply):
            raise SearchFailed(reply.reason_code, status=reply.http_status)
        try:
            page = self._page(reply)
            found = self._found(page, reply)
        except (BadAnswerError, msgspec.ValidationError, RecursionError):
            raise SearchFailed(BAD_ANSWER, status=reply.status) from None
        if page.page.next_token and page.page.next_token == before:
            raise SearchFailed(BAD_ANSWER, status=reply.status)  # it would never end
        self._token = page.page.next_token or None
        return found

    def _page(self, reply: Reply) -> _Page:
        page = msgspec.convert(parsed(reply.body), _Page)
        places = range(len(page.results))
        if len(page.results) > self._limit or not page.context.search_id:
            raise BadAnswerError("The page is not one of this search.")
        if not all(map(self._is_sought, page.results)):
            raise BadAnswerError("A result is of another kind than was searched for.")
        if any(place not in places for duty in page.context.obligations for place in duty.results):
            raise BadAnswerError("An obligation belongs to no result.")
        return page

    def _is_sought(self, entity: _Entity) -> bool:
        if self._kind == "action":
            return bool(entity.name) and isinstance(entity.properties.get("purpose"), str)
        return entity.type == _SOUGHT[self._kind] and is_askable(entity.id)

    def _found(self, page: _Page, reply: Reply) -> list[Found]:
        """The results without those that have an obligation nobody here knows."""
        if not page.results:
            return []
        valid_until, lease_ends = lease_of(page.context.valid_until, reply)
        found = []
        for place, entity in enumerate(page.results):
            duties = _duties(page.context.obligations, place)
            if any(is_unknown(duty, self._supported) for duty in duties):
                continue
            made = Found(
                id=entity.id, type=entity.type, name=entity.name,
                purpose=entity.properties.get("purpose", ""), obligations=duties,
                search_id=page.context.search_id, valid_until=valid_until, lease_ends=lease_ends,
            )  # fmt: skip
            found += [made] if made else []
        return found


def _duties(said: tuple[_Duty, ...], place: int) -> tuple[Obligation, ...]:
    return tuple(
        Obligation(one.type, one.id, one.properties, one.mandatory)
        for one in said
        if place in one.results
    )


class _Searching:
    """How both clients put their searches."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def _people(self, purpose: str, wanted: Wanted) -> Pages:
        body = {**self._question(purpose, wanted), "resource": {"type": "customer"}}
        return self._pages("resource", body, wanted)

    def _callers(self, subject: Subject, purpose: str, scheme: str | None, wanted: Wanted) -> Pages:
        body = self._question(purpose, wanted)
        body |= {"subject": {"type": "service"}, "resource": _person(subject, scheme)}
        return self._pages("subject", body, wanted)

    def _actions(self, subject: Subject, scheme: str | None, said: Signals) -> Pages:
        body = self._asker.common(Use("", context=said.get("context", {})))
        del body["action"]
        body["resource"] = _person(subject, scheme)
        return self._pages("action", body, said)

    def _question(self, purpose: str, wanted: Wanted) -> dict[str, Any]:
        said: dict[str, Any] = {name: one for name, one in wanted.items() if name != "limit"}
        return self._asker.common(Use(purpose, **said))

    def _pages(self, kind: Kind, body: Mapping[str, Any], wanted: Signals) -> Pages:
        return Pages(kind, body, self._asker, wanted.get("limit", 100))


def _person(subject: Subject, scheme: str | None) -> dict[str, Any]:
    if not is_askable(subject):
        raise ValueError("This can be nobody's id.")
    found: dict[str, Any] = {"type": "customer", "id": str(subject)}
    return {**found, "properties": {"scheme": scheme}} if scheme is not None else found


class Searches(_Searching):
    """`client.searches`: each goes through its pages as it is iterated; raises SearchFailed.

    A withdrawal counts from the next page on.
    """

    def __init__(self, exchange: Callable[[Call], Outcome], asker: Asker) -> None:
        super().__init__(asker)
        self._exchange = exchange

    def people(self, purpose: str, **wanted: Unpack[Wanted]) -> Iterator[Found]:
        """The people this service may reach for the purpose. Raises ValueError, SearchFailed."""
        return self._all(self._people(purpose, wanted))

    def callers(
        self, subject: Subject, purpose: str, *, scheme: str | None = None,
        **wanted: Unpack[Wanted],
    ) -> Iterator[Found]:  # fmt: skip
        """As whom this service may use the person's data: itself, or nobody."""
        return self._all(self._callers(subject, purpose, scheme, wanted))

    def actions(
        self, subject: Subject, *, scheme: str | None = None, **said: Unpack[Signals]
    ) -> Iterator[Found]:
        """What this service may do about the person: each result has a `name` and a `purpose`."""
        return self._all(self._actions(subject, scheme, said))

    def _all(self, pages: Pages) -> Iterator[Found]:
        while call := pages.next_call():
            yield from pages.take(self._exchange(call))


class AsyncSearches(_Searching):
    """The same with `async for`."""

    def __init__(self, exchange: Callable[[Call], Awaitable[Outcome]], asker: Asker) -> None:
        super().__init__(asker)
        self._exchange = exchange

    def people(self, purpose: str, **wanted: Unpack[Wanted]) -> AsyncIterator[Found]:
        """The people this service may reach for the purpose. Raises ValueError, SearchFailed."""
        return self._all(self._people(purpose, wanted))

    def callers(
        self, subject: Subject, purpose: str, *, scheme: str | None = None,
        **wanted: Unpack[Wanted],
    ) -> AsyncIterator[Found]:  # fmt: skip
        """As whom this service may use the person's data: itself, or nobody."""
        return self._all(self._callers(subject, purpose, scheme, wanted))

    def actions(
        self, subject: Subject, *, scheme: str | None = None, **said: Unpack[Signals]
    ) -> AsyncIterator[Found]:
        """What this service may do about the person: each result has a `name` and a `purpose`."""
        return self._all(self._actions(subject, scheme, said))

    async def _all(self, pages: Pages) -> AsyncIterator[Found]:
        while call := pages.next_call():
            for one in pages.take(await self._exchange(call)):
                yield one
