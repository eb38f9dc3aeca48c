"""Appending thousands of entries: the same lines as `audit.append` writes, by COPY."""

import os

from audit.append import Row
from audit.canonical import commitment
from keys.bulk import copy_in

ENTRY = ("id", "controller_id", "commitment")
PAYLOAD = ("id", "retention_class", "salt", "body")
INDEX = (
    "id", "entry_id", "controller_id", "at", "event", "actor_type", "actor_id", "target_type",
    "target_id", "subject_id", "purpose", "outcome", "reason_code",
)  # fmt: skip


def append_many(rows: list[Row]) -> None:
    """Store entries, payloads and index lines. Each entry gets its own fresh salt."""
    noise = os.urandom(16 * len(rows))
    salted = [(row, noise[16 * n : 16 * n + 16]) for n, row in enumerate(rows)]
    entries = ((row.id, row.controller_id, commitment(salt, row.body)) for row, salt in salted)
    copy_in("audit_entry", ENTRY, entries)
    copy_in("audit_payload", PAYLOAD, ((r.id, r.retention, salt, r.body) for r, salt in salted))
    copy_in("audit_entryindex", INDEX, (_index(row) for row in rows))


def _index(row: Row) -> tuple[object, ...]:
    return (
        row.id, row.id, row.controller_id, row.at, row.event, row.actor_type, row.actor_id,
        row.target_type, row.target_id, row.subject_id, row.purpose, row.outcome, row.reason_code,
    )  # fmt: skip
