"""Changes of people's choices: heard at an address of yours, or asked for page after page.

An event says what holds now; to act, ask: an event is no permit. The same event may come again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from sammati_client.answers import Written
from sammati_client.core import told, unreadable, written
from sammati_client.questions import Call, write
from sammati_client.replies import Outcome
from sammati_client.webhooks import Verifier, WebhookRefused, believed

EVENTS = "/api/v1/events"
CONFIRMATIONS = "/api/v1/events/confirmations"
PREFIX = "org.sammati."
AT_ONCE = 1_000
EVENT_BYTES = 2_048

_GOES_ON = frozenset({
    "consent.given", "consent.renewed", "consent.requested", "consent.deferred",
    "objection.dismissed", "objection.lifted", "restriction.lifted",
})  # fmt: skip


class EventRefused(WebhookRefused):
    """The message is not an event of ours, or not a fresh one. Answer it with 400."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """One change of where a person stands; `subject` is our id of them.

    `kind` is a code such as consent.withdrawn; `purpose` is empty where it concerns more than one,
    then `about` says what. `record` is the row behind it, `controller` whose person it is.
    `position` grows; drop an `id` that was seen. `at`: since when; `recorded_at`: when it was told.
    """

    id: UUID
    kind: str
    subject: UUID
    controller: UUID
    position: int
    record: UUID
    at: datetime
    recorded_at: datetime
    purpose: str = ""
    about: str = ""

    @property
    def ends_use(self) -> bool:
        """Whether a use must cease now. So does a kind that this client does not know."""
        return self.kind not in _GOES_ON


class _Data(msgspec.Struct, frozen=True):
    subject: UUID
    kind: str
    record: UUID
    recorded_at: datetime
    purpose: str = ""
    about: str = ""


class _Sent(msgspec.Struct, frozen=True):
    specversion: str
    id: UUID
    type: str
    source: str
    time: datetime
    sequence: str
    data: _Data


class _Page(msgspec.Struct, frozen=True):
    events: list[_Sent]
    after: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events after a position. Confirm `after` when all are seen to; it is the next cursor."""

    events: tuple[ChangeEvent, ...]
    after: int
    has_more: bool


def read_event(
    body: bytes, headers: Mapping[str, str], secrets: Verifier, *, now: float | None = None
) -> ChangeEvent:
    """The event in a request's body and headers. Raises EventRefused, which names nothing.

    `secrets` are `Secrets("whsec_...")` or `ed25519.PublicKeys("whpk_...")`; `now` is the wall
    clock, in seconds since 1970.
    """
    message_id = believed(body, headers, secrets, now=now, refused=EventRefused)
    try:
        event = _event(msgspec.json.decode(body, type=_Sent))
    except (ValueError, RecursionError):
        raise EventRefused("The message is not an event.") from None
    if str(event.id) != message_id.lower():
        raise EventRefused("The message is not an event.")
    return event


def _event(sent: _Sent) -> ChangeEvent:
    """Raises ValueError for what is no change event of CloudEvents 1.0."""
    said = sent.data
    is_ours = sent.specversion == "1.0" and sent.type == PREFIX + said.kind
    if not is_ours or not sent.source.startswith("urn:uuid:") or not sent.sequence.isdecimal():
        raise ValueError("This is no change event.")
    return ChangeEvent(
        id=sent.id,
        kind=said.kind,
        subject=said.subject,
        controller=UUID(sent.source.removeprefix("urn:uuid:")),
        position=int(sent.sequence),
        record=said.record,
        at=sent.time,
        recorded_at=said.recorded_at,
        purpose=said.purpose,
        about=said.about,
    )


def asking(after: int | None, limit: int) -> Call:
    """The request for a page. Raises ValueError."""
    if not 1 <= limit <= AT_ONCE:
        raise ValueError(f"Ask for between 1 and {AT_ONCE} events.")
    query = {"limit": limit, **({} if after is None else {"after": after})}
    path = f"{EVENTS}?{urlencode(query)}"
    return Call(path, b"", EVENT_BYTES * (limit + 1), "", method="GET")


def confirming(
    through: int | None, events: Collection[UUID | str], idempotency_key: str | None
) -> Call:
    """The request that confirms. Raises ValueError unless it says exactly one of the two."""
    if (through is None) == (not events):
        raise ValueError("Say `through` or `events`.")
    body = {"through": through, "events": [str(one) for one in events] or None}
    return write(CONFIRMATIONS, body, idempotency_key)


def page(outcome: Outcome) -> EventPage:
    """What was answered. Raises RequestFailed."""
    try:
        found = msgspec.convert(told(outcome), _Page)
        return EventPage(tuple(map(_event, found.events)), found.after, found.has_more)
    except ValueError:
        raise unreadable() from None


class Events:
    """`client.events`: for a service that is a subscriber without an address."""

    def __init__(self, exchange: Callable[[Call], Outcome]) -> None:
        self._exchange = exchange

    def page(self, after: int | None = None, *, limit: int = 100) -> EventPage:
        """The events after a position; without one those that are not confirmed.

        Raises RequestFailed: `events_forgotten` for a cursor older than what is kept, then begin
        anew and ask the decision point about everybody; ValueError.
        """
        return page(self._exchange(asking(after, limit)))

    def pages(self, after: int | None = None, *, limit: int = 100) -> Iterator[EventPage]:
        """One page after the other until there is no more for now. Raises as `page`."""
        has_more = True
        while has_more:
            found = self.page(after, limit=limit)
            after, has_more = found.after, found.has_more
            yield found

    def confirm(
        self,
        *,
        through: int | None = None,
        events: Collection[UUID | str] = (),
        idempotency_key: str | None = None,
    ) -> Written:
        """Says that the service has acted: on all up to a page's `after`, or on these events.

        Raises RequestFailed, ValueError.
        """
        call = confirming(through, events, idempotency_key)
        return written(call, self._exchange(call))


class AsyncEvents:
    """The same with `await`."""

    def __init__(self, exchange: Callable[[Call], Awaitable[Outcome]]) -> None:
        self._exchange = exchange

    async def page(self, after: int | None = None, *, limit: int = 100) -> EventPage:
        """The events after a position; without one those that are not confirmed.

        Raises RequestFailed: `events_forgotten` for a cursor older than what is kept, then begin
        anew and ask the decision point about everybody; ValueError.
        """
        return page(await self._exchange(asking(after, limit)))

    async def pages(
        self, after: int | None = None, *, limit: int = 100
    ) -> AsyncIterator[EventPage]:
        """One page after the other until there is no more for now. Raises as `page`."""
        has_more = True
        while has_more:
            found = await self.page(after, limit=limit)
            after, has_more = found.after, found.has_more
            yield found

    async def confirm(
        self,
        *,
        through: int | None = None,
        events: Collection[UUID | str] = (),
        idempotency_key: str | None = None,
    ) -> Written:
        """Says that the service has acted: on all up to a page's `after`, or on these events.

        Raises RequestFailed, ValueError.
        """
        call = confirming(through, events, idempotency_key)
        return written(call, await self._exchange(call))
