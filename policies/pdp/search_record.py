"""What a page of a search leaves behind: one audit entry, from which every result replays (P1, P3).

Only who is in the page is on record, by pseudonym and with the facts that permitted it. Who was
looked at and left out is a number.
"""

import os

import msgspec
from msgspec.structs import replace

from audit import arrays
from audit.canonical import canonical_struct, commitment
from audit.classes import CLASS_BYTES, RetentionClass
from audit.door import Door
from policies.pdp.channel import Parameters, Statement
from policies.pdp.model import Facts, Question, ServiceFacts
from policies.pdp.record import INDEXED, Made

OF_PEOPLE, OF_ONE = "search:made", "permissions:searched"
"""A page of people; and what may be done about the one person a search names."""

CLASS = RetentionClass.PROCESSING.value
_CLASS_BYTE = bytes([CLASS_BYTES[CLASS]])

APPEND = Statement(
    "append_search",
    f"""
WITH pending AS (
  INSERT INTO audit_pending (controller_id, ids, entries, classes) VALUES ($2, $3, $4, $5)
), payload AS (
  INSERT INTO audit_payload (id, retention_class, salt, body) VALUES ($1, '{CLASS}', $6, $7)
), members AS (
  INSERT INTO audit_members (id, controller_id, lowest, highest, ids)
  SELECT $1, $2, $12, $13, $14 WHERE $14 <> ''
)
INSERT INTO audit_entryindex (id, retention_class, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code)
VALUES ($1, '{CLASS}', $2, now(), $11, 'service', $8, 'search', $1::text, $9, $10, '', '')
""",  # noqa: S608 (the constants above)
    (
        arrays.UUID,
        arrays.UUID,
        *[arrays.BYTEA] * 5,
        arrays.TEXT,
        arrays.UUID,
        arrays.TEXT,
        arrays.TEXT,
        arrays.UUID,
        arrays.UUID,
        arrays.BYTEA,
    ),
)


class Kept(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """One result: the person, and those of its facts that `common` does not have."""

    facts: Facts
    subject: str = ""


class Data(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """A page: what was searched, how many were looked at, and the results."""

    kind: str
    question: Question
    considered: int
    results: tuple[Kept, ...] = ()
    common: Facts | None = None
    policy_version: str = ""
    valid_until: int = 0  # of all results together


class _Named(msgspec.Struct, gc=False, frozen=True):
    type: str
    id: str


class _Body(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    id: str
    at: int
    event: str
    actor: _Named
    target: _Named
    data: Data
    purpose: str = ""
    subject: str = ""
    door: Door | None = None


class Entry(msgspec.Struct, frozen=True):
    """A page, ready to be recorded.

    `subject_id` is the one person it is about; `people` are those it found, ascending.
    """

    id: str
    raw_id: bytes
    controller: bytes
    service_id: str
    data: Data
    at: int
    event: str = OF_PEOPLE
    people: tuple[bytes, ...] = ()
    subject_id: bytes | None = None
    pseudonym: str = ""
    request: str = ""  # the caller's id of it


def data(kind: str, question: Question, considered: int, results: list[Made]) -> Data:
    """The page as it is kept: what all results have in common is written once."""
    kept = [(made.facts, made.pseudonym) for made in results if made.facts is not None]
    if not kept:
        return Data(kind, question, considered)
    first = kept[0][0]
    common = Facts(now=first.now, question=question, service=first.service, purpose=first.purpose)
    ends = [made.decision.valid_until for made in results if made.decision.valid_until]
    return Data(
        kind, question, considered, tuple(Kept(_less(one, common), who) for one, who in kept),
        common, results[0].decision.policy_version, min(ends, default=0),
    )  # fmt: skip


def _less(facts: Facts, common: Facts) -> Facts:
    if facts.question != common.question:
        return facts
    return replace(facts, now=0, question=Question(), service=ServiceFacts(), purpose=None)


def restored(page: Data) -> list[Facts]:
    """The whole facts of each result of a page on record."""
    return [
        one.facts if page.common is None or one.facts.now else _more(one.facts, page.common)
        for one in page.results
    ]


def _more(facts: Facts, common: Facts) -> Facts:
    return replace(
        facts, now=common.now, question=common.question, service=common.service,
        purpose=common.purpose,
    )  # fmt: skip


def body(entry: Entry) -> bytes:
    """The canonical bytes of a page's entry."""
    return canonical_struct(
        _Body(
            id=entry.id, at=entry.at, event=entry.event, actor=_Named("service", entry.service_id),
            target=_Named("search", entry.id), data=entry.data,
            purpose=entry.data.question.purpose, subject=entry.pseudonym,
            door=Door(entry.request) if entry.request else None,
        )
    )  # fmt: skip


def append(entry: Entry) -> tuple[Statement, Parameters]:
    """The append of one page: a fresh salt, one commitment, one body."""
    salt, written = os.urandom(16), body(entry)
    purpose = entry.data.question.purpose[:INDEXED].encode()
    people = entry.people or (None,)
    person = entry.subject_id if entry.pseudonym else None  # who is erased is in no new line (P6)
    return APPEND, [
        entry.raw_id, entry.controller, entry.raw_id, commitment(salt, written), _CLASS_BYTE,
        salt, written, entry.service_id.encode(), person, purpose,
        entry.event.encode(), people[0], people[-1], b"".join(entry.people),
    ]  # fmt: skip
