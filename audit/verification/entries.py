"""Entries against their payloads and the index, thousands in one query.

The commitment is what proves: it is computed here. That the index repeats the payload PostgreSQL
compares as text; only what does not compare so is decoded.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from audit.catalogue import EVENTS
from audit.classes import CLASS_BYTES, RetentionClass
from audit.tlog.merkle import HASH
from audit.verification.expiry import Expiry
from audit.verification.findings import Problem
from audit.verification.statements import (
    PAYLOADS_OF_IDS,
    PAYLOADS_OF_TIME,
    SHOWN_ANYWHERE,
    SHOWN_BY_LOG,
    STORED_AS,
    rows,
    streamed,
)

ID = 16
HELD = "held"
FEW = 256
_CLASSES = {byte: name for name, byte in CLASS_BYTES.items()}
_INDEXED = (
    "at", "event", "actor.type", "actor.id", "target.type", "target.id", "outcome", "reason_code",
    "purpose",
)  # fmt: skip
_PURPOSE_CHARACTERS = 100
"""A decision's payload keeps a longer one as it was asked; the index has its beginning."""


class _Named(msgspec.Struct):
    type: str
    id: str


class _Said(msgspec.Struct):
    """What every payload says."""

    id: str
    event: str
    actor: _Named
    target: _Named
    purpose: str = ""


@dataclass
class Entries:
    """The comparison for one log. `is_dense`: most payloads of a time are this log's."""

    log: UUID
    expiry: Expiry
    is_dense: bool
    matched: int = 0
    _found: dict[bytes, bytes] = field(default_factory=dict)
    _doubted: dict[bytes, Problem] = field(default_factory=dict)

    def problems(
        self, ids: bytes, entries: bytes, classes: bytes
    ) -> Iterator[tuple[int, UUID, Problem]]:
        """What is wrong with which of these entries, by its place among them."""
        named = split(ids)
        self._found, self._doubted = {}, {}
        for byte in sorted(set(classes)):
            self._read(byte, [one for one, of in zip(named, classes, strict=True) if of == byte])
        found = self._found
        if not self._doubted and b"".join([found.get(one, b"") for one in named]) == entries:
            self.matched += len(named)
            return
        for place, one in enumerate(named):
            committed = entries[place * HASH : (place + 1) * HASH]
            if problem := self._problem(one, committed, classes[place]):
                yield place, UUID(bytes=one), problem

    def _problem(self, entry: bytes, committed: bytes, byte: int) -> Problem | None:
        """What is wrong with an entry, if anything is."""
        made = self._found.get(entry)
        if made is not None:
            self.matched += 1
            return Problem.EDITED if made != committed else self._doubted.get(entry)
        if self.expiry.is_expired(entry, byte):
            return None
        stored = rows(STORED_AS, [UUID(bytes=entry)])
        return Problem.CLASS_DIFFERS if stored else Problem.PAYLOAD_MISSING

    def _read(self, byte: int, ids: list[bytes]) -> None:
        """Find the payloads of a class, those that are held included."""
        retention = _CLASSES.get(byte, "")
        self._compare(retention, retention, ids)
        missing = [one for one in ids if one not in self._found]
        if missing and self.expiry.has_held:
            self._compare(retention, HELD, missing)

    def _compare(self, retention: str, stored: str, ids: list[bytes]) -> None:
        is_dense = self.is_dense and is_compact(ids)
        wanted, doubts, found = frozenset(ids), [], self._found
        for entry, salt, body, agrees in streamed(
            PAYLOADS_OF_TIME if is_dense else PAYLOADS_OF_IDS,
            {
                "log": self.log, "stored": stored, "strangers": _of_other_classes(retention),
                "first": UUID(bytes=min(ids)), "last": UUID(bytes=max(ids)),
                "ids": [] if is_dense else [UUID(bytes=one) for one in ids],
            },
        ):  # fmt: skip
            if entry not in wanted:  # another log's of the same time
                continue
            found[entry] = sha256(salt + body).digest()
            if not agrees:
                doubts.append((entry, body))
        if doubts:
            self._look_closer(retention, stored, dict(doubts))

    def _look_closer(self, retention: str, stored: str, bodies: dict[bytes, bytes]) -> None:
        """Decode payloads that the index does not repeat to the letter."""
        shown = self._shown(SHOWN_BY_LOG, stored, bodies)
        if missing := bodies.keys() - shown.keys():
            shown |= self._shown(SHOWN_ANYWHERE, stored, missing)
        for entry, body in bodies.items():
            problem = _misdescribed(entry, body, retention) or _disagreement(
                self.log, body, shown.get(entry)
            )
            if problem:
                self._doubted[entry] = problem

    def _shown(
        self, statement: str, stored: str, entries: Collection[bytes]
    ) -> dict[bytes, tuple[Any, ...]]:
        """What the index says of these entries."""
        ids = sorted(UUID(bytes=one) for one in entries)
        asked = {
            "log": self.log, "stored": stored, "first": ids[0], "last": ids[-1], "ids": ids,
        }  # fmt: skip
        return {row[0]: row[1:] for row in rows(statement, asked)}


def split(ids: bytes) -> list[bytes]:
    """Ids that stand one after the other."""
    return [ids[i : i + ID] for i in range(0, len(ids), ID)]


def is_compact(ids: list[bytes]) -> bool:
    """Whether they are many and of one time, so that reading that time reads little else."""
    if len(ids) < FEW:
        return False
    ordered = sorted(ids)
    ends = (ordered[0], ordered[len(ids) // 20], ordered[-len(ids) // 20], ordered[-1])
    first, early, late, last = (int.from_bytes(one[:6]) for one in ends)
    return last - first <= 2 * (late - early) + 1000


@cache
def _of_other_classes(retention: str) -> list[str]:
    """The events whose payloads do not live as long as those of this class."""
    return [code for code, event in EVENTS.items() if event.retention != retention]


def _misdescribed(entry: bytes, body: bytes, retention: str) -> Problem | None:
    """Whether a payload is another entry's, or not of the class that it is kept in."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError):  # nothing of ours ever wrote that
        return Problem.EDITED
    if said.id != str(UUID(bytes=entry)):
        return Problem.ID_DIFFERS
    event = EVENTS.get(said.event)
    return Problem.CLASS_DIFFERS if event and event.retention != retention else None


def _disagreement(log: UUID, body: bytes, row: tuple[Any, ...] | None) -> Problem | None:
    """Whether the index says something else than the payload, or nothing where it must."""
    said = msgspec.json.decode(body, type=dict[str, Any])
    if row is None:
        return None if _may_lack_a_line(said) else Problem.INDEX_MISSING
    shown_log, *shown = row
    return None if shown_log == log.bytes and _agrees(said, shown) else Problem.INDEX_DISAGREES


def _may_lack_a_line(said: dict[str, Any]) -> bool:
    """What is about a person goes with the person; what is not must be found."""
    event = EVENTS.get(said["event"])
    is_evidence = event is not None and event.retention == RetentionClass.EVIDENCE
    return "subject" in said or said["target"]["type"] == "subject" or not is_evidence


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
