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
    """Store entries, payloads and index lines. Each entry gets its own fresh salt.

    Ids go in as text, made once: each is written four times.
    """
    noise = os.urandom(16 * len(rows))
    salted = [
        (row.id.hex, row.controller_id.hex, noise[16 * n : 16 * n + 16], row)
        for n, row in enumerate(rows)
    ]
    copy_in(
        "audit_entry", ENTRY, [(i, log, commitment(salt, r.body)) for i, log, salt, r in salted]
    )
    copy_in("audit_payload", PAYLOAD, [(i, r.retention, salt, r.body) for i, _, salt, r in salted])
    copy_in("audit_entryindex", INDEX, [_index(i, log, r) for i, log, _, r in salted])


def _index(entry: str, log: str, row: Row) -> tuple[object, ...]:
    return (
        entry, entry, log, row.at, row.event, row.actor_type, row.actor_id, row.target_type,
        row.target_id, row.subject_id, row.purpose, row.outcome, row.reason_code,
    )  # fmt: skip
