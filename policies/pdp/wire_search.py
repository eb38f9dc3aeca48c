"""The messages of AuthZEN 1.0's searches: who, whom, or what would be permitted.

A search is an evaluation with one member left open, and is read as one: what is sent for the open
member's id (or for the action of an action search) is ignored, as the standard says.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from policies.pdp import wire
from policies.pdp.model import Decision
from policies.pdp.wire import Item, WireError
from policies.pdp.wire_duties import Duty, duties

Kind = Literal["subject", "resource", "action"]
KINDS: tuple[Kind, ...] = ("subject", "resource", "action")
LIMIT = 100
MOST = 1_000
"""The most results of one page; who asks for more gets so many."""

_STAND_IN = "-"
_ANY = {"name": _STAND_IN}
_BOUND = ("subject", "action", "resource", "context")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER = msgspec.json.Encoder(order="sorted")


class Search(msgspec.Struct, frozen=True):
    """One page of a search as asked; `item` has a stand-in where the results go.

    `asked` is a digest of everything that has to stay the same from page to page; `request` is the
    caller's id of this one.
    """

    kind: Kind
    item: Item
    limit: int
    token: str
    asked: bytes
    request: str = ""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One result: a subject or resource has a type and an id, an action a name."""

    type: str = ""
    id: str = ""
    name: str = ""
    properties: dict[str, Any] = {}


class _Page(msgspec.Struct, frozen=True):
    token: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1)] = LIMIT


class _Envelope(msgspec.Struct, frozen=True):
    page: _Page = _Page()


def parse_search(body: bytes, kind: Kind, request: str = "") -> Search:
    """Read one AuthZEN search request. Raises WireError."""
    message = wire.read(body)
    try:
        page = msgspec.convert(message, _Envelope).page
    except msgspec.ValidationError as error:
        raise WireError(str(error)) from None
    whole = _completed(message, kind)
    item = wire.evaluation(whole)
    asked = [kind, {name: whole[name] for name in _BOUND if name in whole}]
    digest = hashlib.sha256(_ENCODER.encode(asked)).digest()
    return Search(kind, item, min(page.limit, MOST), page.token, digest, request)


def _completed(message: dict[str, Any], kind: Kind) -> dict[str, Any]:
    if kind == "action":
        return {**message, "action": _ANY}
    entity = message.get(kind)
    if not isinstance(entity, dict):
        return message  # reading it as an evaluation says what is wrong
    return {**message, kind: {**entity, "id": _STAND_IN}}


class _PageOut(msgspec.Struct):
    next_token: str
    count: int


class _Duties(Duty, omit_defaults=True):
    """An obligation, and the places of the results that it goes with."""

    results: list[int] = []


class _Context(msgspec.Struct, omit_defaults=True):
    search_id: str
    policy_version: str = ""
    valid_until: datetime | None = None
    obligations: list[_Duties] = []


class _Found(msgspec.Struct):
    results: list[Entity]
    page: _PageOut
    context: _Context


def answer(results: list[tuple[Entity, Decision]], *, search_id: str, next_token: str) -> bytes:
    """Write one page. `next_token` is empty on the last one.

    The context says under which id the page is on record, until when all of it holds, and which
    obligations go with which results: a caller that cannot meet one drops that result.
    """
    decisions = [decision for _, decision in results]
    context = _Context(search_id, obligations=_duties(decisions))
    ends = [one.valid_until for one in decisions if one.valid_until is not None]
    if ends:
        context.valid_until = _EPOCH + timedelta(microseconds=min(ends))
        context.policy_version = decisions[0].policy_version
    found = [entity for entity, _ in results]
    return _ENCODER.encode(_Found(found, _PageOut(next_token, len(found)), context))


def _duties(decisions: list[Decision]) -> list[_Duties]:
    made: dict[bytes, _Duties] = {}
    for place, decision in enumerate(decisions):
        for duty in duties(decision.obligations):
            fresh = _Duties(duty.id, duty.type, duty.properties, duty.mandatory)
            made.setdefault(_ENCODER.encode(duty), fresh).results.append(place)
    return list(made.values())
