"""Replaying the logs: whatever was edited, removed, inserted or moved is named by its position.

Signed checkpoints hold the tree; the tree holds the commitments; a commitment holds its payload.
Whom the index means is beyond it: payloads name a person by pseudonym only (P6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from audit.canonical import commitment
from audit.models import Checkpoint, Pending, Tree
from audit.sealing import log_keys
from audit.tiles import LogReader, NoSuchTileError, Part
from audit.tlog import merkle, notes
from audit.tlog.merkle import HASH, WIDTH, Frontier

ID = 16
_INDEXED = (
    "at", "event", "actor.type", "actor.id", "target.type", "target.id", "outcome", "reason_code",
    "purpose",
)  # fmt: skip
"""What the index repeats from the payload."""
_PURPOSE_CHARACTERS = 100
"""A decision's payload keeps a longer one as it was asked; the index has its beginning."""

_PAYLOADS = """
SELECT p.id, p.salt, p.body, i.controller_id,
       (extract(epoch FROM i.at) * 1000000)::bigint, i.event, i.actor_type, i.actor_id,
       i.target_type, i.target_id, i.outcome, i.reason_code, i.purpose
FROM audit_payload p
LEFT JOIN audit_entryindex i ON i.id = p.id AND i.retention_class = p.retention_class
WHERE p.id BETWEEN %s AND %s AND p.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not verify: in which log, where, which entry if one, and why."""

    controller_id: UUID
    position: int | None
    entry_id: UUID | None
    problem: str


def verify() -> Iterator[Finding | None]:
    """Replay every log; yields None for an entry that verifies. One snapshot sees them all."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for tree in Tree.objects.order_by("controller_id"):
            yield from verify_log(LogReader(tree))
        for waiting in Pending.objects.order_by("id").iterator():
            part = Part(bytes(waiting.entries), bytes(waiting.ids), bytes(waiting.classes))
            yield from _entries(waiting.controller_id, None, part)


def verify_log(reader: LogReader) -> Iterator[Finding | None]:
    """Replay one log: every entry, every stored hash, every checkpoint's root and signature."""
    log, frontier = reader.tree.controller_id, Frontier()
    checkpoints = _Checkpoints(reader)
    for number in range(-(-reader.size // WIDTH)):
        start = number * WIDTH
        try:
            part = reader.part(number)
        except NoSuchTileError:
            yield Finding(log, start, None, "bundle_missing")
            return
        if (number + 1) * WIDTH <= reader.size and part.width != WIDTH:
            yield Finding(log, start, None, "bundle_torn")
            return
        hashes = merkle.leaf_hashes(part.entries)
        yield from checkpoints.between(frontier, hashes)
        frontier = frontier.extend(hashes)
        yield from _entries(log, start, part)
    yield from checkpoints.rest()


class _Checkpoints:
    """A log's checkpoints, compared with the roots the replay finds."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._log = reader.tree.controller_id
        self._keys = log_keys(reader.tree.origin)
        rows = Checkpoint.objects.filter(controller_id=self._log).order_by("size")
        self._rows = rows.iterator(chunk_size=1000)
        self._next = next(self._rows, None)
        self._last = 0

    def between(self, frontier: Frontier, hashes: list[bytes]) -> Iterator[Finding]:
        """Check those whose size lies within the bundle that comes next."""
        while self._next and self._next.size <= frontier.size + len(hashes):
            more = hashes[: self._next.size - frontier.size]
            problem = self._problem(self._next, frontier.extend(more).root)
            if problem:
                yield Finding(self._log, self._next.size - 1, None, problem)
            self._last = self._next.size
            self._next = next(self._rows, None)

    def rest(self) -> Iterator[Finding]:
        """Nothing may be signed that is not there, nor be there unsigned."""
        if self._next:
            yield Finding(self._log, self._reader.size, None, "truncated")
        elif self._last != self._reader.size:
            yield Finding(self._log, self._last, None, "unsigned")

    def _problem(self, found: Checkpoint, root: bytes) -> str:
        try:
            note = notes.parse_note(found.note)
            said = notes.Checkpoint.parse(note.body)
            if not any(note.by(key) for key in self._keys):
                return "signature_wrong"
        except notes.NoteError:
            return "signature_wrong"
        expected = notes.Checkpoint(self._reader.tree.origin, found.size, root)
        return "" if said == expected and bytes(found.root) == root else "root_differs"


def _entries(log: UUID, start: int | None, part: Part) -> Iterator[Finding | None]:
    """Check each entry of a part against its payload and what the index says of it."""
    ids = [UUID(bytes=part.ids[i : i + ID]) for i in range(0, len(part.ids), ID)]
    with connection.cursor() as cursor:
        cursor.execute(_PAYLOADS, [min(ids), max(ids), ids])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    for place, entry_id in enumerate(ids):
        committed = part.entries[place * HASH : (place + 1) * HASH]
        problem = _problem(log, entry_id, committed, found.get(entry_id))
        position = None if start is None else start + place
        yield Finding(log, position, entry_id, problem) if problem else None


def _problem(log: UUID, entry_id: UUID, committed: bytes, row: tuple[Any, ...] | None) -> str:
    """What is wrong with an entry, if anything is."""
    if row is None:
        return "payload_missing"
    salt, body, shown_log, *shown = row
    if commitment(bytes(salt), bytes(body)) != committed:
        return "edited"
    said = msgspec.json.decode(bytes(body))
    if said["id"] != str(entry_id):
        return "id_differs"
    if shown_log is None:  # the index may be deleted with the person
        return ""
    return "" if shown_log == log and _agrees(said, shown) else "index_disagrees"


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
