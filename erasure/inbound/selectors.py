"""How far what a platform passed on has come, for whoever has its code."""

from typing import Literal
from uuid import UUID

from erasure.models import Callback, Case, CaseState

State = Literal["waiting", "done", "nobody", "refused"]


def state_of(controller_id: UUID, code: str) -> State | None:
    """In one word, and nothing about anybody; None for a code that was never given.

    Only those who were passed on are asked for: what was no request for erasure has no state.
    """
    row = Callback.objects.filter(controller_id=controller_id, code=code).first()
    if row is None or row.outcome not in {"opened", "joined", "unknown_person"}:
        return None
    if row.case_id is None:
        return "nobody"
    case = Case.objects.get(controller_id=controller_id, pk=row.case_id)
    if case.state in {CaseState.REFUSED, CaseState.CANCELLED}:
        return "refused"
    return "done" if case.state == CaseState.CLOSED else "waiting"
