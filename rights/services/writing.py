"""What every verb of a request does: lock it, record the act, and let the person be told."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from rights.errors import RequestMissingError, RequestReasonError, RequestStateError
from rights.models import Request
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import SubjectUnknownError
from work import services as work

TELL: Final = "rights.tell"
"""The job that writes to the person; its handler is the portal's."""
MAKE_COPY: Final = "rights.make_copy"
LONGEST_REASON: Final = 300


def locked(controller_id: UUID, request_id: UUID, *states: str) -> Request:
    """The request, locked after its person, as every verb on people locks.

    Raises RequestMissingError, and RequestStateError in another state.
    """
    rows = Request.objects.filter(controller_id=controller_id, pk=request_id)
    subject_id = rows.values_list("subject_id", flat=True).first()
    if subject_id is None:
        raise RequestMissingError
    subject_services.lock_many(controller_id, [subject_id])
    found = rows.select_for_update(of=("self",)).get()
    if found.state not in states:
        raise RequestStateError
    return found


def reason_of(text: str) -> str:
    """A reason as it is kept and told. Raises RequestReasonError."""
    found = text.strip()
    if not found or len(found) > LONGEST_REASON:
        raise RequestReasonError
    return found


def record(event: str, by: Actor, request: Request, data: Mapping[str, Any] | None = None) -> None:
    """Append the entry of an act. What a reason says stays with the request, not in the log."""
    audit.record(
        event=event, by=by, controller_id=request.controller_id, outcome=request.state,
        target=Target("rights_request", str(request.id)), subject=person_of(request),
        data={"kind": request.kind, "by_another": request.acting_id is not None, **(data or {})},
    )  # fmt: skip


def tell(request: Request, what: str) -> None:
    """Let the person be written to about their request, once for each of its turns."""
    work.enqueue(
        kind=TELL, controller_id=request.controller_id,
        payload={"request": str(request.id), "what": what},
        dedupe_key=f"{request.id}:{what}",
    )  # fmt: skip


def person_of(request: Request) -> SubjectRef | None:
    """How entries name the person; nobody once their key is gone: no line leads to them again."""
    try:
        found = subjects.subject(request.controller_id, request.subject_id)
    except SubjectUnknownError:
        return None
    return subject_services.ref(found) if found.pseudonym else None
