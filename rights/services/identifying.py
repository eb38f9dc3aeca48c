"""Settling who asks: proportionately, and with the clock stopped on a named doubt alone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from rights.clocks import clock_of
from rights.errors import IdentifiedError, IdentityUnknownError, PauseMissingError
from rights.grounds import IDENTIFIED
from rights.models import Pause, Request, RequestState
from rights.services.starting import start
from rights.services.writing import locked, reason_of, record, tell

PAUSED = "paused"


@transaction.atomic
def identify(*, by: Actor, controller_id: UUID, request_id: UUID, how: str) -> Request:
    """Note that it is the person who asks, and begin what they ask for.

    Raises RequestMissingError, RequestStateError, IdentityUnknownError.
    """
    found = locked(controller_id, request_id, RequestState.RECEIVED, RequestState.IDENTITY)
    if how not in IDENTIFIED:
        raise IdentityUnknownError
    now = timezone.now()
    _end_pause(found, now)
    found.identified_at, found.identified_how, found.handled_by = now, how, by.id
    start(by=by, request=found)
    record("request:identified", by, found, {"how": how})
    return found


@transaction.atomic
def pause(*, by: Actor, controller_id: UUID, request_id: UUID, reason: str) -> Request:
    """Stop the clock on a reasonable doubt about who asks, which the person is told (GDPR 12(6)).

    Raises RequestMissingError, RequestStateError, IdentifiedError, RequestReasonError.
    """
    found = locked(controller_id, request_id, RequestState.RECEIVED, RequestState.WORKING)
    if found.identified_at is not None:
        raise IdentifiedError
    said = reason_of(reason)
    made = Pause.objects.create(
        controller_id=controller_id, request=found, reason=said, began_at=timezone.now(),
        began_by=by.id,
    )  # fmt: skip
    found.state, found.handled_by = RequestState.IDENTITY, by.id
    found.save()
    record("request:paused", by, found)
    tell(found, f"{PAUSED}:{made.id}")
    return found


@transaction.atomic
def resume(*, by: Actor, controller_id: UUID, request_id: UUID) -> Request:
    """Let the clock run on, by as much later as it stood still.

    Raises RequestMissingError, RequestStateError, PauseMissingError.
    """
    found = locked(controller_id, request_id, RequestState.IDENTITY)
    _end_pause(found, timezone.now(), is_needed=True)
    found.state, found.handled_by = RequestState.RECEIVED, by.id
    found.save()
    record("request:resumed", by, found)
    return found


def _end_pause(found: Request, now: datetime, *, is_needed: bool = False) -> None:
    """End the open pause and set the clock anew. Raises PauseMissingError where one is needed."""
    ended = Pause.objects.filter(request=found, ended_at=None).update(ended_at=now)
    if is_needed and not ended:
        raise PauseMissingError
    if ended:
        found.due_at = clock_of(found).due_at(now)
