"""Questions to the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from audit.canonical import commitment
from audit.models import Entry, EntryIndex, Payload

_PAGE = 5_000

_PAIRS = """
SELECT e.id, e.controller_id, e.commitment, p.salt, p.body,
       i.event, i.outcome, i.reason_code, i.purpose
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
    are beyond what commitments alone can show.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_PAIRS)
        while rows := cursor.fetchmany(_PAGE):
            for row in rows:
                yield _check(*row)


def _check(  # noqa: PLR0913, PLR0917 (one row of the query above)
    entry_id: UUID, controller_id: UUID, committed: bytes, salt: bytes | None, body: bytes | None,
    event: str | None, outcome: str | None, reason_code: str | None, purpose: str | None,
) -> Finding | None:  # fmt: skip
    if salt is None or body is None:
        return Finding(entry_id, controller_id, "payload_missing")
    if commitment(bytes(salt), bytes(body)) != bytes(committed):
        return Finding(entry_id, controller_id, "edited")
    if event is None:  # the index may be deleted with the person
        return None
    said = msgspec.json.decode(bytes(body), type=dict[str, object])
    shown = {"event": event, "outcome": outcome, "reason_code": reason_code, "purpose": purpose}
    if any(said.get(name, "") != value for name, value in shown.items()):
        return Finding(entry_id, controller_id, "index_disagrees")
    return None
