"""What a decision leaves behind: one audit entry with the facts it was made from (P1, P3)."""

import os

import msgspec

from audit.canonical import canonical_struct, commitment
from audit.classes import CLASS_BYTES, RetentionClass
from audit.door import Door
from policies.pdp.channel import Parameters, Statement
from policies.pdp.model import Decision, Facts
from policies.pdp.policy import Words
from policies.pdp.shapes import Row, Shapes

EVENT = "decision:made"
INDEXED = 100
"""The index takes so many characters of a purpose; no purpose that exists has more. The payload
keeps what was asked: a batch must not fail because of what one caller made up."""

CLASS = RetentionClass.PROCESSING.value


def _append(sources: list[str], is_many: bool) -> str:
    given, logs = sources
    return f"""
WITH given AS {"MATERIALIZED" if is_many else "NOT MATERIALIZED"} (
  SELECT * FROM {given}
    AS t(id, controller_id, salt, body, actor_id, subject_id, purpose, outcome, reason_code)
), pending AS (
  INSERT INTO audit_pending (controller_id, ids, entries, classes) SELECT * FROM {logs} AS l
), payload AS (
  INSERT INTO audit_payload (id, retention_class, salt, body)
  SELECT id, '{CLASS}', salt, body FROM given
)
INSERT INTO audit_entryindex (id, retention_class, controller_id, at, event, actor_type, actor_id,
  target_type, target_id, subject_id, purpose, outcome, reason_code)
SELECT id, '{CLASS}', controller_id, now(), '{EVENT}', 'service', actor_id,
  'decision', id::text, subject_id, purpose, outcome, reason_code FROM given
"""  # noqa: S608 (the constants above)


APPEND = Shapes(
    "append", _append,
    ("uuid", "uuid", "bytea", "bytea", "text", "uuid", "text", "text", "text"),
    ("uuid", "bytea", "bytea", "bytea"),
)  # fmt: skip
_CLASS_BYTE = bytes([CLASS_BYTES[CLASS]])


class _Actor(msgspec.Struct, gc=False, frozen=True):
    type: str
    id: str


class _Data(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    facts: Facts | None
    decision: Decision
    error: str = ""


class _Body(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """The payload of a decision's entry; the same shape as every other entry's."""

    id: str
    at: int
    event: str
    actor: _Actor
    target: _Actor
    data: _Data
    outcome: str
    reason_code: str
    purpose: str = ""
    subject: str = ""
    door: Door | None = None


class Made(msgspec.Struct, gc=False, frozen=True):
    """One decision, ready to be recorded and answered."""

    id: str
    raw_id: bytes
    controller: bytes
    service_id: str
    decision: Decision
    facts: Facts | None
    subject_id: bytes | None
    pseudonym: str
    purpose: str
    error: str = ""
    words: Words | None = None  # of the company's rule that decided
    request: str = ""  # the caller's id of it


def body(made: Made, at: int) -> bytes:
    """The canonical bytes of a decision's entry."""
    decision = made.decision
    return canonical_struct(
        _Body(
            id=made.id, at=at, event=EVENT,
            actor=_Actor("service", made.service_id), target=_Actor("decision", made.id),
            data=_Data(made.facts, decision, made.error),
            outcome="permit" if decision.permit else "deny", reason_code=decision.reason_code,
            purpose=made.purpose, subject=made.pseudonym,
            door=Door(made.request) if made.request else None,
        )
    )  # fmt: skip


def append(batch: list[Made], at: int) -> tuple[Statement, Parameters]:
    """The append: one fresh salt, one commitment, one body a decision."""
    noise = os.urandom(16 * len(batch))
    salts = [noise[i : i + 16] for i in range(0, len(noise), 16)]
    bodies = [body(made, at) for made in batch]
    return APPEND.command(list(map(_row, batch, salts, bodies)), _pending(batch, salts, bodies))


def _row(made: Made, salt: bytes, body: bytes) -> Row:
    decision = made.decision
    person = made.subject_id if made.pseudonym else None  # who is erased is in no new line (P6)
    return (
        made.raw_id, made.controller, salt, body, made.service_id.encode(), person,
        made.purpose[:INDEXED].encode(), b"permit" if decision.permit else b"deny",
        decision.reason_code.encode(),
    )  # fmt: skip


def _pending(batch: list[Made], salts: list[bytes], bodies: list[bytes]) -> list[Row]:
    """What the sequencer is handed: one row for each log."""
    logs: dict[bytes, tuple[list[bytes], list[bytes]]] = {}
    for made, salt, entry in zip(batch, salts, bodies, strict=True):
        ids, entries = logs.setdefault(made.controller, ([], []))
        ids.append(made.raw_id)
        entries.append(commitment(salt, entry))
    return [
        (log, b"".join(ids), b"".join(entries), _CLASS_BYTE * len(ids))
        for log, (ids, entries) in logs.items()
    ]
