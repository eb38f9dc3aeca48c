"""Questions to the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from audit.canonical import commitment
from audit.models import Entry, EntryIndex, Payload

_PAGE = 5_000
_INDEXED = (
    "at", "event", "actor.type", "actor.id", "target.type", "target.id", "outcome", "reason_code",
    "purpose",
)  # fmt: skip
"""What the index repeats from the payload."""
_PURPOSE_CHARACTERS = 100
"""A decision's payload keeps a longer one as it was asked; the index has its beginning."""

_PAIRS = """
SELECT e.id, e.controller_id, e.commitment, p.salt, p.body, i.controller_id,
       (extract(epoch FROM i.at) * 1000000)::bigint, i.event, i.actor_type, i.actor_id,
       i.target_type, i.target_id, i.outcome, i.reason_code, i.purpose
FROM audit_entry e
LEFT JOIN audit_payload p ON p.id = e.id
LEFT JOIN audit_entryindex i ON i.id = e.id
ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry that does not verify, and why: `edited`, `index_disagrees` or `payload_missing`."""

    entry_id: UUID
    controller_id: UUID
    problem: str


def entries(controller_ids: list[UUID]) -> QuerySet[EntryIndex]:
    """What the log's index holds of these controllers, newest first."""
    return EntryIndex.objects.filter(controller_id__in=controller_ids).order_by("-id")


def entries_about(controller_id: UUID, subject_id: UUID) -> QuerySet[EntryIndex]:
    """Everything recorded about one person of one controller, newest first."""
    return EntryIndex.objects.filter(controller_id=controller_id, subject_id=subject_id).order_by(
        "-id"
    )


def payload(entry_id: UUID) -> dict[str, object] | None:
    """What the entry says, or None where its payload has reached the end of its life."""
    found = Payload.objects.filter(id=entry_id).first()
    return msgspec.json.decode(bytes(found.body), type=dict[str, object]) if found else None


def commitment_of(entry_id: UUID) -> str:
    """The commitment of an entry in hexadecimal, empty where there is no such entry."""
    found = Entry.objects.filter(id=entry_id).first()
    return bytes(found.commitment).hex() if found else ""


def count() -> int:
    """How many entries the log holds."""
    return Entry.objects.count()


def verify() -> Iterator[Finding | None]:
    """Check every entry against its commitment, in order; yields None for one that verifies.

    Detects edits of a payload, a salt, a commitment and of the index. Deletions of whole entries
    are beyond what commitments alone can show, and so is whom the index means: payloads name a
    person by pseudonym only (P6).
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_PAIRS)
        while rows := cursor.fetchmany(_PAGE):
            for entry_id, controller_id, committed, salt, body, *index in rows:
                problem = _problem(controller_id, committed, salt, body, index)
                yield Finding(entry_id, controller_id, problem) if problem else None


def _problem(
    controller_id: UUID, committed: bytes, salt: bytes | None, body: bytes | None, index: list[Any]
) -> str:
    """What is wrong with an entry, if anything is."""
    if salt is None or body is None:
        return "payload_missing"
    if commitment(bytes(salt), bytes(body)) != bytes(committed):
        return "edited"
    log, *shown = index
    if log is None:  # the index may be deleted with the person
        return ""
    agrees = log == controller_id and _agrees(msgspec.json.decode(bytes(body)), shown)
    return "" if agrees else "index_disagrees"


def _agrees(said: dict[str, Any], shown: list[Any]) -> bool:
    """Whether the index repeats what the payload says, but for the person's own id."""
    told = {**said, "purpose": said.get("purpose", "")[:_PURPOSE_CHARACTERS]}
    for part in ("actor", "target"):
        told |= {f"{part}.{name}": value for name, value in said[part].items()}
    pairs = dict(zip(_INDEXED, shown, strict=True))
    by_pseudonym = {f"{part}.id" for part in ("actor", "target") if said[part]["type"] == "subject"}
    return all(
        told.get(name, "") == value for name, value in pairs.items() if name not in by_pseudonym
    )
