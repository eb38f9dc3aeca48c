"""Parts of audiences made again: the whole entry, or the decision about one of its people (P3).

An entry holds the facts and the decision of each group of people, and who is in it by pseudonym.
Where facts differ within a group it holds their bounds, and the decision is one that follows from
these bounds for everybody; what was each one's own within them it does not hold.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from audit import selectors as log
from audit.canonical import canonical
from policies.audiences import chunks
from policies.audiences.deciding import ID, cut
from policies.audiences.permits import EVENT
from policies.audiences.spans import UndecidedError
from policies.pdp.model import Decision
from policies.pdp.policy import Guardrails
from policies.rehearsal.recorded import Recorded
from policies.rehearsal.replaying import Finding, Replay, label_parts, replay
from policies.rehearsal.selectors import Replayed, policy_of
from policies.rules.version import POLICY_VERSION
from subjects import selectors as subjects

GRAVEST: Final = (
    Finding.UNREADABLE, Finding.DIFFERENT, Finding.POLICY_GONE, Finding.OTHER_RULES, Finding.SAME,
)  # fmt: skip


class _Group(msgspec.Struct, frozen=True):
    facts: msgspec.Raw
    decision: msgspec.Raw
    people: str


class _Data(msgspec.Struct, frozen=True):
    groups: tuple[_Group, ...]


class _Body(msgspec.Struct, frozen=True):
    data: _Data


class OfGroup(Recorded):
    """What an entry says of a group. Its facts may be bounds, which have bytes of their own."""

    @property
    def is_whole(self) -> bool:
        told = chunks.told(self.facts) if self.facts is not None else None
        return canonical(told) == self.facts_bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an audience made again, each group once; `finding` is the gravest of theirs."""

    id: UUID
    controller_id: UUID
    at: datetime
    service_id: str
    purpose: str
    people: int
    groups: int
    finding: Finding
    others: int
    """How many groups did not come out the same."""


def part(controller_ids: Iterable[UUID], entry_id: UUID) -> Part | None:
    """The part of an audience in one of these controllers' logs, made again; None for none."""
    row = _row(controller_ids, entry_id)
    if row is None:
        return None
    groups = _groups(row)
    found = [made.finding for made in _Replaying(row.controller_id).all(groups)] if groups else []
    gone = Finding.GONE if groups is None else Finding.UNREADABLE
    return Part(
        row.id, row.controller_id, row.at, row.actor_id, row.purpose,
        people=sum(len(_people(group)) // ID for group in groups or ()), groups=len(found),
        finding=min(found, key=GRAVEST.index, default=gone),
        others=sum(one != Finding.SAME for one in found),
    )  # fmt: skip


def replayed(controller_ids: Iterable[UUID], entry_id: UUID, person_id: UUID) -> Replayed | None:
    """The decision about one of its people, made again; None where the entry names them not.

    Nor does it name anybody who is gone: a pseudonym leads back to nobody then.
    """
    row = _row(controller_ids, entry_id)
    known = subjects.in_bulk(row.controller_id, [person_id]).get(person_id) if row else None
    if row is None or known is None or known.pseudonym is None:
        return None
    wanted = known.pseudonym.bytes
    for group in _groups(row) or ():
        people = cut(_people(group))
        if wanted in people:
            (made,) = _Replaying(row.controller_id).all((group,))
            return Replayed(
                row.id, row.controller_id, row.at, row.actor_id, person_id, row.purpose,
                row.outcome, row.reason_code, made, alike=len(people) - 1,
            )  # fmt: skip
    return None


class _Replaying:
    """Makes groups of one entry again; each policy is looked up once."""

    def __init__(self, controller_id: UUID) -> None:
        self._controller_id = controller_id
        self._policies: dict[str, Guardrails | None] = {}

    def all(self, groups: Iterable[_Group]) -> list[Replay]:
        return [self._one(group) for group in groups]

    def _one(self, group: _Group) -> Replay:
        try:
            recorded = _recorded(group)
        except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
            return Replay(Finding.UNREADABLE)
        label = recorded.decision.policy_version
        if label not in self._policies:
            self._policies[label] = policy_of(self._controller_id, label)
        try:
            return replay(recorded, self._policies[label])
        except (UndecidedError, TypeError):  # these bounds leave an answer, or its end, open now
            is_other = label_parts(label)[0] != POLICY_VERSION
            return Replay(Finding.OTHER_RULES if is_other else Finding.DIFFERENT, recorded)


def _recorded(group: _Group) -> Recorded:
    facts = chunks.facts(msgspec.json.decode(group.facts))
    decision = msgspec.json.decode(group.decision, type=Decision)
    return OfGroup(facts, decision, bytes(group.facts), bytes(group.decision), "", "")


def _row(controller_ids: Iterable[UUID], entry_id: UUID) -> Any:
    """The line of the log's index of a part; None for none."""
    return log.entries(list(controller_ids)).filter(id=entry_id, event=EVENT).first()


def _groups(row: Any) -> tuple[_Group, ...] | None:
    """None where the payload has reached its end; none at all where it cannot be read."""
    body = log.payloads([row.id], {row.retention_class}).get(row.id)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=_Body).data.groups
    except msgspec.MsgspecError:
        return ()


def _people(group: _Group) -> bytes:
    return base64.b64decode(group.people)
