"""Deciding on corrections: what an officer accepts changes here, and is told elsewhere (POR-06)."""

from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from erasure.services import correcting
from rights import asking, selectors
from rights.errors import RequestStateError
from rights.models import Request, RequestKind, RequestState
from rights.services.writing import locked, record


@transaction.atomic
def accept(*, by: Actor, controller_id: UUID, request_id: UUID) -> Request:
    """Put right what the person asks for; they are answered when whoever holds it was told.

    Accepting is no refusal's other side alone: it may follow a case that was called off. Raises
    RequestMissingError, RequestStateError, KeyDestroyedError, and as `correcting.put_right`.
    """
    found = locked(controller_id, request_id, RequestState.WORKING)
    if not may_be_accepted(found):
        raise RequestStateError
    before = selectors.own_cases(found).count()
    made = correcting.put_right(
        by=by, controller_id=controller_id, subject_id=found.subject_id,
        values={found.attribute: asking.opened(found)}, received_at=found.received_at,
        trigger_ref=f"{found.id}:{before}" if before else str(found.id),
    )  # fmt: skip
    found.case_id, found.handled_by = made[0].id, by.id
    found.save()
    record("request:accepted", by, found, {"attribute": found.attribute})
    return found


def may_be_accepted(found: Request) -> bool:
    """Whether a correction waits for an officer's decision."""
    is_open = found.kind == RequestKind.CORRECTION and found.state == RequestState.WORKING
    return is_open and (found.case_id is None or selectors.was_returned(found))
