"""What a recall says, believed only if its signature is right and fresh (Standard Webhooks). Pure.

Whoever runs campaigns reads recalls with this; a cache of permits hears them by itself.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

TYPE = "org.sammati.permit.recalled"
TOLERANCE_SECONDS = 300
LARGEST = 65_536
LEAST_SECRET_BYTES = 24
PREFIX = "whsec_"


class RecallRefused(Exception):  # noqa: N818 (reads as what happened: it was not believed)
    """The message is not a recall of ours, or not a fresh one. Answer it with 400."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Permits about one person for one purpose that hold no longer; ask again before any use.

    `decisions` names them; `is_complete` is false where there were too many to name. `campaigns`
    are those from which the person must be taken out.
    """

    id: str
    subject: str
    purpose: str
    reason: str
    decisions: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    is_complete: bool = True


class _Data(msgspec.Struct, frozen=True):
    subject: str
    purpose: str
    reason: str
    decisions: tuple[str, ...] = ()
    decisions_omitted: int = 0
    campaigns: tuple[str, ...] = ()


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    data: _Data


class Secrets:
    """The signing secrets of an address: the one in use and, while they change over, the former.

    Nothing shows them and nothing pickles them.
    """

    def __init__(self, secrets: str | Iterable[str]) -> None:
        """Raises ValueError for what is not a secret as the officers' page shows it."""
        given = [secrets] if isinstance(secrets, str) else list(secrets)
        self._keys = [_key(one) for one in given]
        if not self._keys:
            raise ValueError("Without a secret no recall could be believed.")

    def __repr__(self) -> str:
        return f"Secrets({len(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Secrets stay in their process.")

    def signed(self, message: bytes, signatures: Sequence[str]) -> bool:
        """Whether one of the signatures is ours. Takes the same time wherever they differ."""
        found = False
        for key in self._keys:
            ours = b"v1," + base64.b64encode(hmac.digest(key, message, hashlib.sha256))
            for one in signatures:
                found |= hmac.compare_digest(ours, one.encode("utf-8", "replace"))
        return found


def read_recall(
    body: bytes, headers: Mapping[str, str], secrets: Secrets, *, now: float | None = None
) -> Recall:
    """The recall in a request's body and headers. Raises RecallRefused, which names nothing.

    `now` is the wall clock, in seconds since 1970.
    """
    found = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if len(body) > LARGEST or not message_id or not _is_fresh(stamp, now):
        raise RecallRefused("The message is too large, too old, or not a webhook.")
    message = b".".join((message_id.encode(), stamp.encode(), body))
    if not secrets.signed(message, found.get("webhook-signature", "").split()[:10]):
        raise RecallRefused("The signature is not ours.")
    return _recall(body, message_id)


def _recall(body: bytes, message_id: str) -> Recall:
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, RecursionError):
        raise RecallRefused("The message is not a recall.") from None
    if event.type != TYPE or event.id != message_id:
        raise RecallRefused("The message is not a recall.")
    said = event.data
    return Recall(
        event.id,
        said.subject,
        said.purpose,
        said.reason,
        said.decisions,
        said.campaigns,
        said.decisions_omitted == 0,
    )


def _is_fresh(stamp: str, now: float | None) -> bool:
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        return False
    return abs(int(stamp) - (time.time() if now is None else now)) <= TOLERANCE_SECONDS


def _key(secret: Any) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (AttributeError, ValueError, binascii.Error):
        raise ValueError("A secret looks like whsec_ and base64.") from None
    if not secret.startswith(PREFIX) or len(key) < LEAST_SECRET_BYTES:
        raise ValueError("A secret looks like whsec_ and base64.")
    return key
