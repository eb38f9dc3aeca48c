"""Appending thousands of entries: the same lines as `audit.append` writes, by COPY."""

from audit.append import INDEX, Row, groups, salted
from keys.bulk import copy_in

PENDING = ("controller_id", "ids", "entries", "classes")
PAYLOAD = ("id", "retention_class", "salt", "body")


def append_many(rows: list[Row]) -> None:
    """Store payloads and index lines, and hand the commitments on. Each row has a fresh salt.

    Ids go in as text, made once: each is written twice.
    """
    salts = salted(rows)
    named = [(row.id.hex, salt, row) for salt, row in zip(salts, rows, strict=True)]
    copy_in("audit_pending", PENDING, groups(rows, salts))
    copy_in("audit_payload", PAYLOAD, [(i, r.retention, salt, r.body) for i, salt, r in named])
    copy_in("audit_entryindex", INDEX, [_index(i, r) for i, _, r in named])


def _index(entry: str, row: Row) -> tuple[object, ...]:
    return (
        entry, row.retention, row.controller_id, row.at, row.event, row.actor_type, row.actor_id,
        row.target_type, row.target_id, row.subject_id, row.purpose, row.outcome, row.reason_code,
    )  # fmt: skip
