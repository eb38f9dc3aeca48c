"""What begins once it is settled who asks: an erasure case, or the making of a copy."""

from uuid import UUID

from audit.actors import Actor
from erasure.services import idle, opening
from rights import selectors
from rights.models import AccessBundle, Request, RequestKind, RequestState
from rights.services.writing import MAKE_COPY
from work import services as work


def start(*, by: Actor, request: Request) -> None:
    """Begin what is asked for, in the caller's transaction and under its lock."""
    request.state = RequestState.WORKING
    idle.hear(
        by=by, controller_id=request.controller_id, subject_id=request.subject_id, how="right_used"
    )  # whoever uses a right is not silent (DPDP Rules r.8(1))
    if request.kind == RequestKind.ERASURE:
        request.case_id = _opened(by, request)
    request.save()
    if request.kind == RequestKind.ACCESS:
        _have_made(request)


def _opened(by: Actor, request: Request) -> UUID:
    """The request's own case; what another one does already is joined to that.

    A case of its own again after one was called off, as one cause has one case.
    """
    before = selectors.own_cases(request).count()
    new = opening.NewCase(
        subject_id=request.subject_id, trigger="request",
        trigger_ref=f"{request.id}:{before}" if before else str(request.id),
        scope_type=request.scope_type, scope=request.scope, received_at=request.received_at,
    )  # fmt: skip
    made = opening.open_cases(by=by, controller_id=request.controller_id, new=[new])
    return made[0].id


def _have_made(request: Request) -> None:
    made = AccessBundle.objects.create(
        controller_id=request.controller_id, request=request, subject_id=request.subject_id
    )
    work.enqueue(
        kind=MAKE_COPY, controller_id=request.controller_id, payload={"copy": str(made.id)}
    )
