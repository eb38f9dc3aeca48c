"""A part's permits cut into chunks, each one entry of the log. Pure.

The payload names the people by pseudonym, ascending, so that after an erasure neither the name nor
the place tells who was meant. With each group stand the facts it was decided from, bounds where
they differ, so that the decision can be made again (`again`).
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from policies.audiences.deciding import ID, Group, cut
from policies.audiences.spans import Span
from policies.pdp.engine import decide
from policies.pdp.model import Decision, Facts, Obligation
from policies.pdp.policy import NONE, Guardrails

SIZE: Final = 10_000
BOUNDS: Final = {"from", "to"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """At most ten thousand permits: the ids ascending, the entry's data, and when they end."""

    ids: bytes
    data: dict[str, Any]
    valid_until: int
    reason_code: str
    obligations: tuple[Obligation, ...]

    def __len__(self) -> int:
        return len(self.ids) // ID


def chunks(groups: Iterable[Group]) -> Iterator[Chunk]:
    """The permits of these groups. Those that end at the same time stand together.

    One chunk's permits have the same obligations: it hands them on for all.
    """
    permits: dict[bytes, list[Group]] = {}
    for group in groups:
        if group.decision.permit:
            key = msgspec.json.encode(group.decision.obligations, order="sorted")
            permits.setdefault(key, []).append(group)
    for alike in permits.values():
        yield from _filled(sorted(alike, key=lambda one: (-_end(one), one.ids[:ID])))


def _filled(groups: Iterable[Group]) -> Iterator[Chunk]:
    waiting: list[Group] = []
    room = SIZE
    for group in groups:
        rest = group
        while len(rest):
            head, rest = _split(rest, room)
            waiting.append(head)
            room -= len(head)
            if not room:
                yield _chunk(waiting)
                waiting, room = [], SIZE
    if waiting:
        yield _chunk(waiting)


def again(group: dict[str, Any], policy: Guardrails = NONE) -> Decision:
    """The decision made again from what a chunk's payload says of a group (P3)."""
    return decide(facts(group["facts"]), policy)


def told(facts: Facts) -> dict[str, Any]:
    """Facts as a group's payload tells them, spans as bounds."""
    return dict(msgspec.to_builtins(facts, enc_hook=_bounds))


def facts(told: dict[str, Any]) -> Facts:
    """The facts of a group as its payload tells them; where they differ, spans."""
    spans = {
        (part, name): value
        for part, members in told.items() if isinstance(members, dict)
        for name, value in members.items() if isinstance(value, dict) and value.keys() == BOUNDS
    }  # fmt: skip
    plain = {
        part: {name: value["from"] if (part, name) in spans else value
               for name, value in members.items()} if isinstance(members, dict) else members
        for part, members in told.items()
    }  # fmt: skip
    found = msgspec.convert(plain, Facts)
    for (part, name), value in spans.items():
        whole = replace(getattr(found, part), **{name: Span(value["from"], value["to"])})
        found = replace(found, **{part: whole})
    return found


def _end(group: Group) -> int:
    return group.decision.valid_until or 0


def _split(group: Group, count: int) -> tuple[Group, Group]:
    at = count * ID
    return (
        Group(group.facts, group.decision, group.ids[:at], group.pseudonyms[:at]),
        Group(group.facts, group.decision, group.ids[at:], group.pseudonyms[at:]),
    )


def _chunk(groups: list[Group]) -> Chunk:
    ids = b"".join(sorted(one for group in groups for one in cut(group.ids)))
    data = {
        "count": len(ids) // ID,
        "sha256": hashlib.sha256(ids).hexdigest(),
        "groups": [_told(group) for group in groups],
    }
    first = groups[0].decision
    return Chunk(ids, data, min(map(_end, groups)), first.reason_code, first.obligations)


def _told(group: Group) -> dict[str, Any]:
    people = b"".join(sorted(cut(group.pseudonyms)))
    return {
        "facts": told(group.facts) if group.facts is not None else None,
        "decision": msgspec.to_builtins(group.decision),
        "people": base64.b64encode(people).decode(),
    }


def _bounds(value: Any) -> Any:
    if isinstance(value, Span):
        return {"from": value.low, "to": value.high}
    raise NotImplementedError
