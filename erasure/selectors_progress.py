"""How far a case is, system by system: for whoever asked, and named as little as serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from erasure.models import Step

__all__ = ["Line", "lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One system or party of a case, and where it stands. `at` is when it came to stand there."""

    name: str
    is_own: bool
    is_party: bool
    duty: str
    verb: str
    state: str
    at: datetime | None
    kept: tuple[Mapping[str, Any], ...]
    reason: str
    rounds: int
    looked_again_at: datetime | None
    is_shown: bool = False  # it ended by evidence that somebody showed: nobody could look
    is_held: bool = False  # nothing of it goes before a legal hold is lifted

    @property
    def is_informed(self) -> bool:
        return self.duty == "inform" and self.state == "confirmed"


def lines(controller_id: UUID, case_id: UUID) -> list[Line]:
    """Every system and party of a case, in the order in which they were planned. One query."""
    rows = Step.objects.filter(controller_id=controller_id, case_id=case_id)
    return [_line(row) for row in rows.select_related("system", "party").order_by("id")]


def _line(row: Step) -> Line:
    named: Any = row.party if row.party_id else row.system
    at = row.ended_at or row.confirmed_at or row.accepted_at or row.sent_at
    return Line(
        name=named.name, is_own=getattr(named, "kind", "") == "own",
        is_party=row.party_id is not None, duty=row.duty, verb=row.verb, state=row.state, at=at,
        kept=tuple(row.kept), reason=row.excepted_reason, rounds=row.round,
        looked_again_at=row.late_at if row.late_finding else None,
        is_shown=row.state == "absent" and "shown" in row.evidence,
        is_held=row.state == "planned" and row.code == "legal_hold",
    )  # fmt: skip
