"""The reference by which somebody follows a request without signing in: also when nothing else of
them is left here. It opens the state of that request and its certificate, and no person's data.
"""

import hmac
import re
from typing import Final
from uuid import UUID

from keys import services as keys
from keys.errors import KeyUnavailableError
from rights.models import Request

USE: Final = "rights.reference"
LETTERS: Final = 32
_FORM: Final = re.compile(r"([0-9a-f]{32})([0-9]{1,6})-([0-9a-f]{32})")


def reference(request: Request) -> str:
    """The reference of a request: its id, and what only we can have made of it."""
    version, mark = _mark(request.id)
    return f"{request.id.hex}{version}-{mark}"


def request_of(text: str) -> Request | None:
    """The request of a reference; None for whatever is none, told apart in no way."""
    read = _FORM.fullmatch(text)
    if read is None:
        return None
    request_id = UUID(hex=read[1])
    try:
        _, expected = _mark(request_id, int(read[2]))
    except KeyUnavailableError:
        return None
    if not hmac.compare_digest(expected, read[3]):
        return None
    return Request.objects.filter(pk=request_id).first()


def _mark(request_id: UUID, version: int | None = None) -> tuple[int, str]:
    key = keys.derived_key(use=USE, owner=request_id.bytes, version=version)
    return key.version, key.value.hex()[:LETTERS]
