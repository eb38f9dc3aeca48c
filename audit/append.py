"""Appending entries: one statement writes the permanent line, the payload and the index of many.

Used by `audit.services` on Django's connection and by the decision point on its own, so that a
batch costs one round trip whoever writes it.
"""

import os
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from audit.canonical import commitment

COLUMNS = (
    ("id", "uuid"), ("controller_id", "uuid"), ("commitment", "bytea"), ("retention", "text"),
    ("salt", "bytea"), ("body", "bytea"), ("at", "timestamptz"), ("event", "text"),
    ("actor_type", "text"), ("actor_id", "text"), ("target_type", "text"), ("target_id", "text"),
    ("subject_id", "uuid"), ("purpose", "text"), ("outcome", "text"), ("reason_code", "text"),
)  # fmt: skip

APPEND = f"""
WITH given AS MATERIALIZED (
  SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)})
    AS t({", ".join(name for name, _ in COLUMNS)})
), entry AS (
  INSERT INTO audit_entry (id, controller_id, commitment)
  SELECT id, controller_id, commitment FROM given
), payload AS (
  INSERT INTO audit_payload (id, retention_class, salt, body)
  SELECT id, retention, salt, body FROM given
)
INSERT INTO audit_entryindex (id, entry_id, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code)
SELECT id, id, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code FROM given
"""  # noqa: S608 (column names are the constants above)


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


def parameters(rows: list[Row]) -> list[list[Any]]:
    """The statement's parameters, one array a column. Each row gets its own fresh salt."""
    noise = os.urandom(16 * len(rows))
    salts = [noise[i : i + 16] for i in range(0, len(noise), 16)]
    commitments = [commitment(salt, row.body) for salt, row in zip(salts, rows, strict=True)]
    return [
        [row.id for row in rows],
        [row.controller_id for row in rows],
        commitments,
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
    ]
