"""Questions about people's requests."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from erasure import selectors as erasure
from rights.errors import CopyMissingError, RequestMissingError
from rights.models import AccessBundle, Pause, Request, RequestState

OPEN = (RequestState.RECEIVED, RequestState.IDENTITY, RequestState.WORKING)
"""States of a request that still waits for an answer."""

NOTHING = ("cancelled", "refused")
"""States of a case that came to nothing."""

BY_REQUEST = "request"
"""The trigger of the cases that requests open; its reference begins with the request's id."""


def requests(controller_ids: Collection[UUID]) -> QuerySet[Request]:
    """The requests made to these controllers, newest first."""
    return Request.objects.filter(controller_id__in=controller_ids).order_by("-id")


def request(controller_id: UUID, request_id: UUID) -> Request:
    """Raises RequestMissingError (also for another controller's)."""
    found = Request.objects.filter(controller_id=controller_id, pk=request_id).first()
    if found is None:
        raise RequestMissingError
    return found


def requests_of(controller_id: UUID, subject_id: UUID) -> QuerySet[Request]:
    """What one person asked for, or somebody for them, newest first."""
    return requests([controller_id]).filter(subject_id=subject_id)


def open_request(
    controller_id: UUID, subject_id: UUID, kind: str, scope: str, attribute: str
) -> Request | None:
    """The same request, if it waits for its answer already."""
    found = requests_of(controller_id, subject_id).filter(
        kind=kind, scope=scope, attribute=attribute, state__in=OPEN
    )
    return found.first()


@dataclass(frozen=True, slots=True)
class RequestClocks:
    """How many requests are due by when; one whose clock stands still is counted as that alone."""

    overdue: int
    week: int
    later: int
    paused: int


def clocks(controller_id: UUID, now: datetime) -> RequestClocks:
    """The clocks of what waits for an answer. One query."""
    week, runs = now + timedelta(days=7), Q(is_paused=False)
    found = queue([controller_id]).order_by().aggregate(
        overdue=Count("id", filter=runs & Q(due_at__lt=now)),
        week=Count("id", filter=runs & Q(due_at__gte=now, due_at__lt=week)),
        later=Count("id", filter=runs & Q(due_at__gte=week)),
        paused=Count("id", filter=Q(is_paused=True)),
    )  # fmt: skip
    return RequestClocks(**found)


def queue(controller_ids: Collection[UUID]) -> QuerySet[Request]:
    """What waits for an answer, the earliest due first; `is_paused` says whose clock stands."""
    rows = requests(controller_ids).filter(state__in=OPEN).annotate(is_paused=_is_paused())
    return rows.order_by("due_at", "id")


def overdue(controller_ids: Collection[UUID]) -> QuerySet[Request]:
    """What should have been answered by now."""
    return queue(controller_ids).filter(~_is_paused(), due_at__lt=timezone.now())


def case_of(found: Request) -> Any | None:
    """The erasure case that does what a request asks for: its own, or what that was joined into.

    None where none was opened yet.
    """
    newest = own_cases(found).first()  # what joined a case that was cancelled was opened anew
    return erasure.working_case(found.controller_id, newest.id) if newest else None


def own_cases(found: Request) -> QuerySet[Any]:
    """Every case that was opened for a request, newest first."""
    return erasure.cases_of(found.controller_id, found.subject_id).filter(
        trigger=BY_REQUEST, trigger_ref__startswith=str(found.id)
    )


def was_returned(found: Request) -> bool:
    """Whether what was done for a request came to nothing, so that it waits for an officer."""
    if found.state != RequestState.WORKING or found.case_id is None:
        return False
    case = case_of(found)
    return case is not None and case.state in NOTHING


def working_on(controller_id: UUID, request_ids: Collection[UUID]) -> QuerySet[Request]:
    """Those of these requests that are being done, the oldest first."""
    rows = Request.objects.filter(controller_id=controller_id, pk__in=request_ids)
    return rows.filter(state=RequestState.WORKING).order_by("id")


def pauses(found: Request) -> QuerySet[Pause]:
    """The pauses of a request's clock, in order."""
    return Pause.objects.filter(request=found).order_by("began_at", "id")


def copy_of(controller_id: UUID, request_id: UUID) -> AccessBundle:
    """The copy that a request asked for, while it can be taken. Raises CopyMissingError."""
    found = AccessBundle.objects.filter(
        controller_id=controller_id, request_id=request_id, sealed__isnull=False,
        expires_at__gt=timezone.now(),
    ).first()  # fmt: skip
    if found is None:
        raise CopyMissingError
    return found


def has_copy(found: Request) -> bool:
    """Whether the copy a request asked for can be taken now."""
    rows = AccessBundle.objects.filter(request=found, sealed__isnull=False)
    return rows.filter(expires_at__gt=timezone.now()).exists()


def _is_paused() -> Exists:
    return Exists(Pause.objects.filter(Q(ended_at=None), request=OuterRef("pk")))
