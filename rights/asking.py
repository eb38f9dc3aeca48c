"""What a person says is right, sealed under their own key until an officer decides."""

import json
from typing import Any
from uuid import UUID

from rights.models import Request, RequestKind
from subjects import sealing
from subjects.errors import KeyDestroyedError

__all__ = ["opened", "sealed"]


def sealed(controller_id: UUID, subject_id: UUID, request_id: UUID, new: Any) -> bytes | None:
    """The value of a correction as its request keeps it; None of any other request.

    Raises KeyDestroyedError.
    """
    if new.kind != RequestKind.CORRECTION:
        return None
    text = json.dumps(new.value).encode()
    (found,) = sealing.seal_many(controller_id, [(subject_id, text)], context=_context(request_id))
    if found is None:
        raise KeyDestroyedError
    return found


def opened(request: Request) -> Any:
    """What the person says is right; the caller records the reading (P11).

    Raises KeyDestroyedError, also where the person is gone.
    """
    text = sealing.unseal(
        request.controller_id, request.subject_id, bytes(request.asked or b""),
        context=_context(request.id),
    )  # fmt: skip
    return json.loads(text)


def _context(request_id: UUID) -> bytes:
    return b"rights.correction:" + request_id.bytes
