"""What caps counted for an audience that ended before anybody took it is given back.

Its permits never left the building, so nobody was contacted by them. A chunk at a time, by a job:
a million counters would be locked for as long as all of it takes. Once an audience was taken,
nobody can tell how much of it arrived, and everything stays counted.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import msgspec

from audit import members
from audit import selectors as log
from audit import services as audit
from audit.actors import Actor, Target
from audit.classes import RetentionClass
from policies.audiences.deciding import cut
from policies.audiences.models import Audience, AudiencePart
from policies.caps.returning import Given, take_back
from policies.pdp.model import Question
from policies.rehearsal.selectors import policy_of
from work import services as work
from work.handlers import JobView, Outcome, again, finished, handler

KIND: Final = "policies.audience_back"
BY: Final = Actor("system", "audiences")
CLASSES: Final = (RetentionClass.PROCESSING.value, "held")


class _Facts(msgspec.Struct, frozen=True):
    now: Any
    counts: dict[str, int] = {}


class _Decision(msgspec.Struct, frozen=True):
    policy_version: str


class _Group(msgspec.Struct, frozen=True):
    facts: _Facts
    decision: _Decision


class _Data(msgspec.Struct, frozen=True):
    groups: tuple[_Group, ...]


class _Body(msgspec.Struct, frozen=True):
    data: _Data


def begin(audience: Audience) -> None:
    """Have it given back, in the transaction that ends the audience; nothing where it was taken."""
    if not audience.taken and audience.parts.exists():
        work.enqueue(
            kind=KIND, controller_id=audience.controller_id,
            payload={"audience": str(audience.id)}, dedupe_key=str(audience.id),
        )  # fmt: skip


@handler(KIND)
def give_back(job: JobView) -> Outcome:
    """The counts of the next chunk; its entry in the log commits with them."""
    audience = Audience.objects.get(id=UUID(job.payload["audience"]))
    later = audience.parts.filter(number__gte=job.cursor.get("number", 0))
    part = later.order_by("number").first()
    if part is None:
        return finished()
    people = [raw for _, ids in members.of(part.controller_id, [part.id]) for raw in cut(ids)]
    question = msgspec.convert(audience.question, Question)
    given = list(_given(part, question))
    if count := take_back(part.controller_id, people, given, question):
        audit.record(
            event="audience:returned", by=BY, controller_id=part.controller_id,
            target=Target("audience", str(audience.id)), purpose=audience.purpose[:100],
            data={"part": part.number, "entry": str(part.id), "counts": count},
        )  # fmt: skip
    return again(cursor={"number": part.number + 1})


def _given(part: AudiencePart, question: Question) -> Iterator[Given]:
    """Which caps counted the permits of a chunk, and when: its own record tells."""
    seen = {
        (group.decision.policy_version, group.facts.now, code)
        for group in _groups(part.id)
        for code in group.facts.counts
    }
    for label in {version for version, _, _ in seen}:
        policy = policy_of(part.controller_id, label)
        needs = policy.needs(question) if policy is not None else None
        for cap in needs.caps if needs is not None else ():
            yield from (Given(cap, at) for version, at, code in seen
                        if (version, code) == (label, cap.code))  # fmt: skip


def _groups(entry_id: UUID) -> tuple[_Group, ...]:
    """Of a record that is gone nothing is known any more: then its permits stay counted."""
    body = log.payloads([entry_id], CLASSES).get(entry_id)
    return msgspec.json.decode(body, type=_Body).data.groups if body is not None else ()
