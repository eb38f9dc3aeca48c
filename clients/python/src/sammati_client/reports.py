"""What is reported after use: what was done, or decided by a model, and which permit allowed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sammati_client import questions
from sammati_client.answers import Permit
from sammati_client.questions import ANSWER_BYTES, Call, Subject

PROCESSING = "/api/v1/processing"
AI_DECISIONS = "/api/v1/ai-decisions"
MOST = 1_000
ITEM_BYTES = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One use of a person's data.

    `permit` is what allowed it, or the id of that decision; a report without one is recorded as
    unbacked. `scheme`: the subject is the company's own identifier. `details` are further members
    of the operation (ended_at, data, operations, recipients, values ...); fractions as Decimal or
    text, never as float. Raises ValueError for a time without its offset.
    """

    subject: Subject = field(repr=False)
    purpose: str
    started_at: datetime
    permit: Permit | UUID | str | None = None
    scheme: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.started_at.utcoffset() is None:
            raise ValueError("started_at must have its offset from UTC.")

    def body(self) -> dict[str, Any]:
        """The members of the report, without those that were not given."""
        permit = self.permit.decision_id if isinstance(self.permit, Permit) else self.permit
        known = {
            "subject": self.subject, "scheme": self.scheme, "purpose": self.purpose,
            "started_at": self.started_at, "decision_id": permit,
        }  # fmt: skip
        return {**self.details, **{name: value for name, value in known.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class AIDecision(Processing):
    """One decision about a person that a model made or helped to make.

    `output` is a code, `automation_level` a term such as full_automation. Further members: score,
    threshold, factors, reviewer, notified, data_as_of.
    """

    model: str
    model_version: str
    output: str
    automation_level: str

    def body(self) -> dict[str, Any]:
        names = ("model", "model_version", "output", "automation_level")
        return {**Processing.body(self), **{name: getattr(self, name) for name in names}}


def call(
    path: str, reports: Processing | Sequence[Processing], idempotency_key: str | None
) -> Call:
    """The request that records one report, or up to 1,000 at once. Raises ValueError."""
    if isinstance(reports, Processing):
        return questions.write(path, reports.body(), idempotency_key)
    if not 1 <= len(reports) <= MOST:
        raise ValueError(f"Report between 1 and {MOST} at once.")
    body = {"items": [one.body() for one in reports]}
    size = ANSWER_BYTES + ITEM_BYTES * len(reports)
    return questions.write(path, body, idempotency_key, answer_bytes=size)
