"""A permit of an audience, shown to back a report of what was done with one person's data."""

import base64
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from audit import selectors as log
from audit.actors import SubjectRef
from policies.audiences.deciding import cut
from policies.intake.backing import Made
from policies.pdp.model import Decision

EVENT = "audience:recorded"


class _Group(msgspec.Struct, frozen=True):
    decision: Decision
    people: str


class _Data(msgspec.Struct, frozen=True):
    groups: tuple[_Group, ...]


class _Body(msgspec.Struct, frozen=True):
    at: int
    data: _Data
    purpose: str = ""


def permits(
    controller_id: UUID, claimed: Collection[tuple[UUID, SubjectRef]], classes: Collection[str]
) -> dict[tuple[UUID, UUID], Made]:
    """The permits of audiences that the named entries hold, by entry and person.

    Of a person whom the entry does not name, it is about somebody else: `subject_id` is None. An
    entry that is no chunk of this controller's audiences, or cannot be read, is left out.
    """
    wanted = {entry_id for entry_id, _ in claimed}
    rows = log.entries([controller_id]).filter(
        id__in=wanted, event=EVENT, retention_class__in=classes
    )
    services = {row.id: row.actor_id for row in rows}
    found: dict[tuple[UUID, UUID], Made] = {}
    for entry_id, body in log.payloads(list(services), classes).items():
        try:
            said = msgspec.json.decode(body, type=_Body)
        except msgspec.MsgspecError:
            continue  # what cannot be read backs nothing
        about = _about(said)
        somebody = Made(
            entry_id, said.at, services[entry_id], None, said.purpose, said.data.groups[0].decision
        )
        for claimed_id, who in claimed:
            if claimed_id == entry_id:
                found[entry_id, who.id] = _of(somebody, who, about)
    return found


def _of(somebody: Made, who: SubjectRef, about: dict[bytes, Any]) -> Made:
    decision = about.get(who.pseudonym.bytes) if who.pseudonym else None
    return somebody if decision is None else replace(
        somebody, subject_id=who.id, decision=decision
    )  # fmt: skip


def _about(said: _Body) -> dict[bytes, Decision]:
    """The decision about each pseudonym."""
    return {
        raw: group.decision
        for group in said.data.groups
        for raw in cut(base64.b64decode(group.people))
    }
