"""Appending entries: one statement writes payloads and index lines and hands the commitments on.

`STEPS` and `values` are for one entry, `APPEND` and `parameters` for several.
"""

import os
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from audit.canonical import commitment
from audit.classes import CLASS_BYTES
from keys.texts import insertion, together

COLUMNS = (
    ("id", "uuid"), ("controller_id", "uuid"), ("retention", "text"), ("salt", "bytea"),
    ("body", "bytea"), ("at", "timestamptz"), ("event", "text"), ("actor_type", "text"),
    ("actor_id", "text"), ("target_type", "text"), ("target_id", "text"), ("subject_id", "uuid"),
    ("purpose", "text"), ("outcome", "text"), ("reason_code", "text"),
)  # fmt: skip
INDEX = (
    "id", "retention_class", "controller_id", "at", "event", "actor_type", "actor_id",
    "target_type", "target_id", "subject_id", "purpose", "outcome", "reason_code",
)  # fmt: skip

APPEND = f"""
WITH given AS MATERIALIZED (
  SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)})
    AS t({", ".join(name for name, _ in COLUMNS)})
), pending AS (
  INSERT INTO audit_pending (controller_id, ids, entries, classes)
  SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[])
), payload AS (
  INSERT INTO audit_payload (id, retention_class, salt, body)
  SELECT id, retention, salt, body FROM given
)
INSERT INTO audit_entryindex ({", ".join(INDEX)})
SELECT id, retention, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code FROM given
"""  # noqa: S608 (column names are the constants above)

STEPS = {
    "pending": insertion("audit_pending", ("controller_id", "ids", "entries", "classes")),
    "payload": insertion("audit_payload", ("id", "retention_class", "salt", "body")),
    "noted": insertion("audit_entryindex", INDEX),
}
"""What one entry adds, in the order of its `values`: parts of the statement that adds its fact."""

ONE = together(STEPS)


class Row(NamedTuple):
    """One entry, ready to be stored: its canonical bytes and what the index shall find."""

    id: UUID
    controller_id: UUID
    retention: str
    body: bytes
    at: datetime
    event: str
    actor_type: str
    actor_id: str
    target_type: str
    target_id: str
    subject_id: UUID | None = None
    purpose: str = ""
    outcome: str = ""
    reason_code: str = ""


class Group(NamedTuple):
    """What the sequencer is handed of one log: ids, commitments and classes, side by side."""

    controller_id: UUID
    ids: bytes
    entries: bytes
    classes: bytes


def salted(rows: list[Row]) -> list[bytes]:
    """A fresh salt for each row."""
    noise = os.urandom(16 * len(rows))
    return [noise[i : i + 16] for i in range(0, len(noise), 16)]


def groups(rows: list[Row], commitments: list[bytes]) -> list[Group]:
    """The rows' commitments, one group for each log, in the order of the rows."""
    parts: dict[int, tuple[UUID, list[bytes], list[bytes], list[int]]] = {}
    for entry, row in zip(commitments, rows, strict=True):
        own = parts.get(row.controller_id.int)
        if own is None:
            own = parts[row.controller_id.int] = (row.controller_id, [], [], [])
        own[1].append(row.id.int.to_bytes(16, "big"))
        own[2].append(entry)
        own[3].append(CLASS_BYTES[row.retention])
    return [
        Group(log, b"".join(ids), b"".join(entries), bytes(classes))
        for log, ids, entries, classes in parts.values()
    ]


def values(row: Row) -> list[Any]:
    """The values of the `STEPS` for one entry, with a fresh salt."""
    salt = os.urandom(16)
    return [
        row.controller_id, row.id.bytes, commitment(salt, row.body),
        bytes([CLASS_BYTES[row.retention]]),
        row.id, row.retention, salt, row.body,
        row.id, row.retention, row.controller_id, row.at, *row[5:],
    ]  # fmt: skip


def parameters(rows: list[Row]) -> list[list[Any]]:
    """The statement's parameters, one array a column. Each row gets its own fresh salt."""
    salts = salted(rows)
    pending = groups(
        rows, [commitment(salt, row.body) for salt, row in zip(salts, rows, strict=True)]
    )
    return [
        [row.id for row in rows],
        [row.controller_id for row in rows],
        [row.retention for row in rows],
        salts,
        [row.body for row in rows],
        [row.at for row in rows],
        [row.event for row in rows],
        [row.actor_type for row in rows],
        [row.actor_id for row in rows],
        [row.target_type for row in rows],
        [row.target_id for row in rows],
        [row.subject_id for row in rows],
        [row.purpose for row in rows],
        [row.outcome for row in rows],
        [row.reason_code for row in rows],
        *(list(column) for column in zip(*pending, strict=True)),
    ]
