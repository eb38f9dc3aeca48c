"""Answering, refusing with reasons, extending once, and taking back (GDPR 12(3)-(5))."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from erasure import selectors as erasure
from erasure.errors import CaseStateError, CaseUnderWayError
from erasure.services import deciding
from rights import selectors
from rights.clocks import clock_of
from rights.errors import NotIdentifiedError, RefusalError, TooLateToTakeBackError
from rights.grounds import ANSWERS, OTHERWISE, REFUSED
from rights.models import Pause, Request, RequestKind, RequestState
from rights.services.copying import drop_copy
from rights.services.writing import locked, reason_of, record, tell

EXTENDED, REFUSED_IT, ANSWERED = "extended", "refused", "answered"
LONGEST_ANSWER = 1000
TAKEN_BACK = "The person took the request back."


@transaction.atomic
def extend(*, by: Actor, controller_id: UUID, request_id: UUID, reason: str) -> Request:
    """Extend the time by two months, once, with reasons told within the first (GDPR 12(3)).

    Raises RequestMissingError, RequestStateError, RequestReasonError, ExtensionTooLateError.
    """
    found = locked(controller_id, request_id, *selectors.OPEN)
    said, now = reason_of(reason), timezone.now()
    found.due_at = clock_of(found).extended(now).due_at(now)
    found.extended_at, found.extension_reason, found.handled_by = now, said, by.id
    found.save()
    record("request:extended", by, found, {"due_at": found.due_at.isoformat()})
    tell(found, EXTENDED)
    return found


@transaction.atomic
def refuse(*, by: Actor, controller_id: UUID, request_id: UUID, code: str, text: str) -> Request:
    """Refuse on a ground of the law, with its reasons in plain words (GDPR 12(4)-(5)).

    The remedies are told with it. An erasure that is under way is not refused: its case is decided
    first. Raises RequestMissingError, RequestStateError, RefusalError, CaseUnderWayError.
    """
    found = locked(controller_id, request_id, *selectors.OPEN)
    said = text.strip()
    if code not in REFUSED or not said or len(said) > LONGEST_ANSWER:
        raise RefusalError
    _call_off(by, found)
    _end(found, by, RequestState.REFUSED, code, said)
    record("request:refused", by, found, {"ground": code})
    tell(found, REFUSED_IT)
    return found


@transaction.atomic
def answer(
    *, by: Actor, controller_id: UUID, request_id: UUID, code: str = OTHERWISE, text: str = ""
) -> Request:
    """Note that the request was answered, and how.

    Raises RequestMissingError, NotIdentifiedError, RequestStateError; RefusalError for an unknown
    code or no words where it was answered in another way.
    """
    found = locked(controller_id, request_id, *selectors.OPEN)
    said = text.strip()
    if found.state != RequestState.WORKING:
        raise NotIdentifiedError
    is_worded = bool(said) or code != OTHERWISE
    if code not in ANSWERS or not is_worded or len(said) > LONGEST_ANSWER:
        raise RefusalError("Say in plain words how it was answered.")
    _end(found, by, RequestState.ANSWERED, code, said)
    record("request:answered", by, found, {"how": code})
    tell(found, ANSWERED)
    return found


@transaction.atomic
def take_back(*, by: Actor, controller_id: UUID, request_id: UUID) -> Request:
    """The person, or who asked for them, wants it no more; while no system was told yet.

    Raises RequestMissingError, RequestStateError, TooLateToTakeBackError.
    """
    found = locked(controller_id, request_id, *selectors.OPEN)
    try:
        _call_off(by, found)
    except CaseUnderWayError:
        raise TooLateToTakeBackError from None
    _end(found, by, RequestState.TAKEN_BACK, "", "")
    record("request:taken_back", by, found)
    return found


def _call_off(by: Actor, found: Request) -> None:
    """Cancel the request's own case, and drop its copy; what was begun for other reasons goes on.

    Raises CaseUnderWayError.
    """
    if found.kind == RequestKind.ACCESS:
        drop_copy(found)
    case = selectors.case_of(found)
    is_own = case is not None and case.trigger_ref.startswith(str(found.id))
    if case is None or not is_own or case.state not in erasure.UNDER_WAY:
        return
    try:
        deciding.cancel(by=by, controller_id=case.controller_id, case_id=case.id, reason=TAKEN_BACK)
    except CaseStateError:
        raise CaseUnderWayError from None


def _end(found: Request, by: Actor, state: str, code: str, text: str) -> None:
    now = timezone.now()
    Pause.objects.filter(request=found, ended_at=None).update(ended_at=now)
    found.state, found.answer_code, found.answer_text = state, code, text
    found.answered_at, found.handled_by = now, by.id
    found.save()
