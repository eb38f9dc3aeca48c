"""Questions about recorded decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit import selectors as log
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.record import EVENT
from policies.rehearsal.recorded import UnreadableDecisionError, read
from policies.rehearsal.replaying import Finding, Replay, label_parts, replay


@dataclass(frozen=True, slots=True)
class Replayed:
    """A line of the log's index about a decision, and what computing it again came to."""

    id: UUID
    controller_id: UUID
    at: datetime
    service_id: str
    subject_id: UUID | None
    purpose: str
    outcome: str
    reason_code: str
    replay: Replay


def replayed(controller_ids: Iterable[UUID], decision_id: UUID) -> Replayed | None:
    """The decision in one of these controllers' logs, made again; None where there is none.

    Three queries at most. Raises nothing for what is gone or cannot be read: the finding says so.
    """
    rows = log.entries(list(controller_ids)).filter(id=decision_id, event=EVENT)
    row = rows.first()
    if row is None:
        return None
    body = log.payloads([row.id], {row.retention_class}).get(row.id)
    return Replayed(
        row.id, row.controller_id, row.at, row.actor_id, row.subject_id, row.purpose, row.outcome,
        row.reason_code, _replay(row.controller_id, body),
    )  # fmt: skip


def _replay(controller_id: UUID, body: bytes | None) -> Replay:
    if body is None:
        return Replay(Finding.GONE)
    try:
        recorded = read(body)
    except UnreadableDecisionError:
        return Replay(Finding.UNREADABLE)
    return replay(recorded, policy_of(controller_id, recorded.decision.policy_version))


def policy_of(controller_id: UUID, label: str) -> Guardrails | None:
    """The controller's policy that a decision names; NONE where it names none, None where it is
    not to be found.
    """
    _, number = label_parts(label)
    return None if number else NONE
