"""What can be taken away from the log and checked elsewhere: proof files and records."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from audit import cosignatures, selectors, services
from audit.actors import Actor, SubjectRef, Target
from audit.errors import EntryMissingError, EntryPendingError, ReadNotRecordedError
from audit.models import Checkpoint, EntryIndex, Payload
from audit.tiles import LogReader, placed
from audit.tlog import notes


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands: its place, and the signed checkpoint that covers it.

    `position` is None while the entry waits for its place, and then nothing else is known.
    """

    position: int | None = None
    size: int = 0
    signed_at: datetime | None = None
    witnesses: int = 0


def standing(controller_id: UUID, entry_id: UUID) -> Standing:
    """How far the log can prove an entry. One it does not have reads as one that waits."""
    found = placed(controller_id, entry_id)
    if found is None:
        return Standing()
    reader, place = found
    checkpoint = best(reader, covering=place + 1)
    if checkpoint is None:
        return Standing()
    witnesses = cosignatures.lines(checkpoint).count("\n")
    return Standing(place, checkpoint.size, checkpoint.at, witnesses)


def best(reader: LogReader, *, covering: int) -> Checkpoint | None:
    """The checkpoint over so many entries that says most: the newest with a witness, else the
    newest. Never a larger one than the reader has seen."""
    cosigned = cosignatures.newest(reader.tree.controller_id, covering=covering)
    if cosigned and cosigned.size <= reader.size:
        return cosigned
    return reader.checkpoint(covering=covering)


def signed_note(checkpoint: Checkpoint) -> str:
    """A checkpoint as it is handed out: signed by the log, and by the witnesses who saw it."""
    return checkpoint.note + cosignatures.lines(checkpoint)


def proof(controller_id: UUID, entry_id: UUID) -> notes.Proof:
    """The proof file of an entry; `extra` is its salt while its payload lives.

    Raises EntryMissingError where this log has no such entry, EntryPendingError while it waits.
    """
    found = placed(controller_id, entry_id)
    if found is None:
        raise _absent(controller_id, entry_id)
    reader, place = found
    kept = Payload.objects.filter(id=entry_id).first()
    return reader.proof(
        place, extra=bytes(kept.salt) if kept else b"", lines=cosignatures.lines,
        checkpoint=best(reader, covering=place + 1),
    )  # fmt: skip


def has_record(entry_id: UUID) -> bool:
    """Whether the entry's payload still lives."""
    return Payload.objects.filter(id=entry_id).exists()


def record(entry_id: UUID) -> bytes:
    """The canonical bytes an entry commits to. Raises EntryMissingError when they are gone.

    Whose entry it is, the caller has checked.
    """
    kept = Payload.objects.filter(id=entry_id).first()
    if kept is None:
        raise EntryMissingError
    return bytes(kept.body)


@transaction.atomic
def show_proof(*, by: Actor, controller_id: UUID, entry_id: UUID) -> notes.Proof:
    """The proof file, recorded as read: with the salt, guesses about the record can be checked.

    Raises as `proof`, and ReadNotRecordedError: then show nothing.
    """
    found = proof(controller_id, entry_id)
    try:
        services.record(
            event="record:read" if by.type == "service" else "record:viewed", by=by,
            controller_id=controller_id, target=Target("entry", str(entry_id)),
            subject=_person(controller_id, entry_id), data={"what": "proof", "shown": 1},
        )  # fmt: skip
    except DatabaseError:
        raise ReadNotRecordedError from None
    return found


def _absent(controller_id: UUID, entry_id: UUID) -> EntryMissingError | EntryPendingError:
    waits = EntryIndex.objects.filter(controller_id=controller_id, id=entry_id).exists()
    return EntryPendingError() if waits else EntryMissingError()


def _person(controller_id: UUID, entry_id: UUID) -> SubjectRef | None:
    """Whom the entry is about, by the pseudonym that its own record uses."""
    entry = EntryIndex.objects.filter(controller_id=controller_id, id=entry_id).first()
    if entry is None or entry.subject_id is None:
        return None
    said = selectors.payload(entry_id) or {}
    pseudonym = said.get("subject")
    return SubjectRef(entry.subject_id, UUID(str(pseudonym)) if pseudonym else None)
