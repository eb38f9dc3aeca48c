"""Operations that run only with a permit, and those that hear recalls and events. Needs FastAPI.

@app.post("/offers/{customer}")
async def offer(lease: Annotated[Permit, Depends(permit(client, ...))]): ...
"""

from collections.abc import Awaitable, Callable
from typing import Unpack

from fastapi import HTTPException, Request, Response

from sammati_client.aio import AsyncSammati
from sammati_client.answers import Permit
from sammati_client.errors import NotPermitted
from sammati_client.events import ChangeEvent, EventRefused, read_event
from sammati_client.leases import Leases
from sammati_client.questions import Details
from sammati_client.recalls import Recall, RecallRefused
from sammati_client.webhooks import LARGEST, Verifier, agreement


def permit(
    client: AsyncSammati, *, purpose: str, subject: str, **details: Unpack[Details]
) -> Callable[[Request], Awaitable[Permit]]:
    """A dependency that gives the permit, or answers 403 with the reason's code and words.

    `subject` names the parameter of the path that holds the person's id.
    """

    async def dependency(request: Request) -> Permit:
        try:
            who = request.path_params.get(subject, "")
            async with client.permitted(who, purpose, **details) as found:
                return found
        except NotPermitted as error:
            told = error.answer
            detail = {"reason_code": told.reason_code, "reason": dict(told.reason_user)}
            raise HTTPException(403, detail, {"Cache-Control": "no-store"}) from None

    return dependency


def recall_endpoint(
    leases: Leases, heard: Callable[[Recall], Awaitable[None]] | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """An operation for the service's address of recalls: 204, or 400 for what is not ours.

    `heard` is awaited with each recall; if it raises, the answer is 500 and the recall comes again.
    """

    async def operation(request: Request) -> Response:
        body = await _read(request)
        try:
            recall = leases.hear(body, request.headers)
        except RecallRefused:
            return Response(status_code=400)
        if heard is not None:
            await heard(recall)
        return Response(status_code=204)

    return operation


def event_endpoint(
    secrets: Verifier, heard: Callable[[ChangeEvent], Awaitable[None]], *, origin: str
) -> Callable[[Request], Awaitable[Response]]:
    """An operation for the service's address of events: 204, or 400 for what is not ours.

    Register it for POST and OPTIONS: `app.api_route(path, methods=["POST", "OPTIONS"])`. `origin`
    is the host of the suite that may call. `heard` is awaited with each event, also with repeats;
    if it raises, the answer is 500 and the event comes again.
    """

    async def operation(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(headers=agreement(request.headers, origin))
        try:
            event = read_event(await _read(request), request.headers, secrets)
        except EventRefused:
            return Response(status_code=400)
        await heard(event)
        return Response(status_code=204)

    return operation


async def _read(request: Request) -> bytes:
    """The body, as far as it needs to be read to know that it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body)
