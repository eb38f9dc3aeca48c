"""What a service reports, checked in form, and the data of the entry it becomes.

What could be a value of a person's is in `values` alone, and those go into an entry only sealed.
All else is codes, numbers written as texts, and times in whole microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.services import micros
from subjects.naming import Named

SEALED_AS = b"report"
"""The context under which values are sealed."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the main factors of a decision: what it did to the score, and how much."""

    name: str
    direction: str
    weight: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was decided by a model, and how (AI Act 12, 26(6); GDPR 15(1)(h))."""

    name: str
    version: str
    output: str
    automation_level: str
    score: str = ""
    threshold: str = ""
    factors: tuple[Factor, ...] = ()
    reviewer: str = ""
    notified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One use of a person's data; with `model`, a decision about them."""

    who: Named
    purpose: str
    started_at: datetime
    ended_at: datetime | None = None
    data_as_of: datetime | None = None
    decision_id: UUID | None = None
    data: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    model: Model | None = None

    @property
    def event(self) -> str:
        return "ai:decided" if self.model else "processing:reported"

    def as_data(self) -> dict[str, Any]:
        """For the payload; parts that were not given are left out, and so are the values."""
        times = {"started_at": self.started_at, "ended_at": self.ended_at,
                 "data_as_of": self.data_as_of}  # fmt: skip
        lists = {"data": self.data, "operations": self.operations, "recipients": self.recipients}
        return {
            **{name: micros(at) for name, at in times.items() if at is not None},
            **{name: list(codes) for name, codes in lists.items() if codes},
            **(_of_model(self.model) if self.model else {}),
        }


def _of_model(model: Model) -> dict[str, Any]:
    named = ("output", "automation_level", "score", "threshold", "reviewer")
    found: dict[str, Any] = {"model": {"name": model.name, "version": model.version}}
    found |= {name: text for name in named if (text := getattr(model, name))}
    if model.factors:
        found["factors"] = [_of_factor(one) for one in model.factors]
    if model.notified is not None:
        found["notified"] = model.notified
    return found


def _of_factor(factor: Factor) -> dict[str, str]:
    weight = {"weight": factor.weight} if factor.weight else {}
    return {"name": factor.name, "direction": factor.direction, **weight}
