"""Requests whose case was called off: back in the queue, and begun anew."""

from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from rights import selectors
from rights.errors import RequestStateError
from rights.models import Request, RequestKind, RequestState
from rights.services.starting import start
from rights.services.writing import locked, record


@transaction.atomic
def give_back(*, by: Actor, controller_id: UUID, request_id: UUID) -> Request:
    """Nothing is done for the request any more: it waits for an officer, and its clock runs on.

    Raises RequestMissingError, RequestStateError.
    """
    found = locked(controller_id, request_id, RequestState.WORKING)
    found.handled_by = by.id
    found.save(update_fields=["handled_by"])
    record("request:returned", by, found)
    return found


@transaction.atomic
def begin_again(*, by: Actor, controller_id: UUID, request_id: UUID) -> Request:
    """Begin the erasure anew that was called off: the request has another case.

    Raises RequestMissingError, RequestStateError where it was not called off.
    """
    found = locked(controller_id, request_id, RequestState.WORKING)
    if found.kind != RequestKind.ERASURE or not selectors.was_returned(found):
        raise RequestStateError
    found.handled_by = by.id
    start(by=by, request=found)
    record("request:begun_again", by, found)
    return found
