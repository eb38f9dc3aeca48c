"""Several entries of one log, proved against one checkpoint: what evidence is made of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from audit import cosignatures
from audit.classes import RetentionClass
from audit.errors import EntryPendingError
from audit.models import Checkpoint, EntryIndex, Payload
from audit.proofs import best, signed_note
from audit.sealing import log_keys, log_name
from audit.tiles import LogReader
from audit.tlog.notes import Proof, Vkey
from keys.ids import uuid7_at

SLACK: Final = timedelta(minutes=1)
"""An entry's id is made so long before or after the time of the fact, at most."""

KEPT_AS: Final = (RetentionClass.EVIDENCE.value, "held")


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry of the log with its proof. `salt` and `body` are empty where its payload is gone."""

    id: UUID
    index: int
    commitment: bytes
    salt: bytes
    body: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp token (RFC 3161) over the body of a checkpoint that covers the entries too.

    `consistency` proves that of this checkpoint and the entries' the smaller begins the larger.
    """

    authority: str
    at: datetime
    token: bytes
    checkpoint: Checkpoint
    consistency: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proving:
    """Entries of one log in their order there, and the checkpoint that all their proofs lead to.

    `stamps` are what timestamp authorities said of it or of another one over these entries.
    """

    log: str
    origin: str
    keys: tuple[Vkey, ...]
    checkpoint: Checkpoint
    note: str
    entries: tuple[Proved, ...]
    stamps: tuple[Stamp, ...]

    def file(self, entry: Proved) -> Proof:
        """The entry's own proof file (C2SP tlog-proof)."""
        return Proof(entry.index, entry.hashes, self.note, entry.salt)


def prove(controller_id: UUID, ids: Collection[UUID]) -> Proving:
    """Prove these entries of a controller's log. Raises EntryPendingError while one is not placed.

    Ids that no log has are the caller's mistake and read the same.
    """
    reader = LogReader.of(controller_id)
    places = {one: reader.position(one) if reader else None for one in ids}
    if reader is None or not places or None in places.values():
        raise EntryPendingError
    placed = {one: place for one, place in places.items() if place is not None}
    covering = max(placed.values()) + 1
    checkpoint = best(reader, covering=covering)
    if checkpoint is None:
        raise EntryPendingError
    payloads = Payload.objects.in_bulk(list(placed))
    entries = [
        _proved(reader, checkpoint.size, one, placed[one], payloads.get(one)) for one in placed
    ]
    return Proving(
        log_name(controller_id), reader.tree.origin, tuple(log_keys(reader.tree.origin)),
        checkpoint, signed_note(checkpoint), tuple(sorted(entries, key=lambda one: one.index)),
        tuple(_stamps(reader, checkpoint, covering)),
    )  # fmt: skip


def find(
    controller_id: UUID, target: str, at: datetime, *, event: str, subject_id: UUID | None = None
) -> UUID | None:
    """The entry whose event begins so and whose target this is, recorded at about that time.

    By the index; where its rows are deleted with the person, by the payloads of that minute.
    """
    rows = EntryIndex.objects.filter(
        controller_id=controller_id, target_id=target, event__startswith=event,
        id__gte=uuid7_at(at - SLACK), id__lt=uuid7_at(at + SLACK),
    )  # fmt: skip
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    found = rows.order_by("id").values_list("id", flat=True).first()
    return found or _by_payload(target, at, event)


def _stamps(reader: LogReader, checkpoint: Checkpoint, covering: int) -> Iterator[Stamp]:
    log = reader.tree.controller_id
    for one in cosignatures.stamps(log, covering=covering):
        if one.size > reader.size:
            continue  # signed since the log was read
        stamped = Checkpoint.objects.get(controller_id=log, size=one.size)
        old, new = sorted((one.size, checkpoint.size))
        hashes = tuple(reader.consistency(old, new)) if old < new else ()
        yield Stamp(one.witness, one.at, bytes(one.token), stamped, hashes)


def _proved(
    reader: LogReader, size: int, entry_id: UUID, place: int, payload: Payload | None
) -> Proved:
    return Proved(
        entry_id, place, reader.entry(place),
        bytes(payload.salt) if payload else b"", bytes(payload.body) if payload else b"",
        tuple(reader.inclusion(place, size)),
    )  # fmt: skip


def _by_payload(target: str, at: datetime, event: str) -> UUID | None:
    for entry_id, body in _bodies(at):
        if target.encode() in body:
            said = msgspec.json.decode(body)
            if said["target"]["id"] == target and said["event"].startswith(event):
                return entry_id
    return None


def _bodies(at: datetime) -> Iterator[tuple[UUID, bytes]]:
    """The evidence recorded around that time, of whatever log."""
    low, high = uuid7_at(at - SLACK), uuid7_at(at + SLACK)
    rows = Payload.objects.filter(retention_class__in=KEPT_AS, id__gte=low, id__lt=high)
    for entry_id, body in rows.values_list("id", "body").iterator(chunk_size=500):
        yield entry_id, bytes(body)
