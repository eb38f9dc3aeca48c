"""Operations that run only with a permit, and the one that hears recalls. Needs FastAPI.

@app.post("/offers/{customer}")
async def offer(lease: Annotated[Permit, Depends(permit(client, ...))]): ...
"""

from collections.abc import Awaitable, Callable
from typing import Unpack

from fastapi import HTTPException, Request, Response

from sammati_client.aio import AsyncSammati
from sammati_client.answers import Permit
from sammati_client.errors import NotPermitted
from sammati_client.leases import Leases
from sammati_client.questions import Details
from sammati_client.recalls import LARGEST, Recall, RecallRefused


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
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=400)
        try:
            recall = leases.hear(bytes(body), request.headers)
        except RecallRefused:
            return Response(status_code=400)
        if heard is not None:
            await heard(recall)
        return Response(status_code=204)

    return operation
