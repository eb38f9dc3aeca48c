"""What a handler sees of its job, and what it may answer. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID


@dataclass(frozen=True)
class JobView:
    """A leased job as its handler sees it. `fence` rises with each lease of the job."""

    id: UUID
    controller_id: UUID
    kind: str
    payload: dict[str, Any]
    cursor: dict[str, Any]
    done: int
    total: int | None
    attempts: int
    max_attempts: int
    step: int
    lease_owner: str
    lease_seconds: int
    fence: int

    @property
    def effect_key(self) -> str:
        """The same for every attempt at the same step: send it as the idempotency key."""
        return f"{self.id}:{self.step}"


@dataclass(frozen=True)
class Finished:
    """The job is done."""


@dataclass(frozen=True)
class Again:
    """One step is done and recorded; there is more. Attempts start anew."""

    cursor: dict[str, Any]
    done: int
    total: int | None
    delay_seconds: float


@dataclass(frozen=True)
class Retry:
    """Not now. `code` is stored, so it names a kind of trouble and never a person."""

    code: str
    delay_seconds: float | None


Outcome = Finished | Again | Retry


SOMEBODY_WAITS: Final = 20
"""Before everything that nobody sits and waits for, however much of that is due."""


@dataclass(frozen=True)
class NewJob:
    """What `enqueue_many` takes for each job."""

    kind: str
    controller_id: UUID
    payload: dict[str, Any] = field(default_factory=dict)
    run_at: datetime | None = None
    ordering_key: str = ""
    priority: int = 100


def finished() -> Finished:
    """The job is done."""
    return Finished()


def again(
    *, cursor: dict[str, Any], done: int = 0, total: int | None = None, delay_seconds: float = 0
) -> Again:
    """This step is recorded; call me again with this cursor. `done` of `total` is the progress."""
    return Again(cursor, done, total, delay_seconds)


def retry(code: str, delay_seconds: float | None = None) -> Retry:
    """Try later: after `delay_seconds`, or after the usual backoff. Counts as an attempt.

    Nothing the handler wrote is kept.
    """
    return Retry(code, delay_seconds)
