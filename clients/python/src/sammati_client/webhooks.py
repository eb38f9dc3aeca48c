"""Messages that the suite sends to an address, believed only if signed and fresh. Pure.

Standard Webhooks with a shared secret; `sammati_client.ed25519` has those with a public key.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

TOLERANCE_SECONDS = 300
LARGEST = 65_536
MOST_SIGNATURES = 10
LEAST_SECRET_BYTES = 24
PREFIX = "whsec_"


class WebhookRefused(Exception):  # noqa: N818 (reads as what happened: it was not believed)
    """The message is not one of ours, or not a fresh one. Answer it with 400."""


class Verifier(Protocol):
    """Whatever tells whether one of the signatures over a message is ours."""

    def signed(self, message: bytes, signatures: Sequence[str]) -> bool: ...


class Secrets:
    """The signing secrets of an address: the one in use and, while they change over, the former.

    Nothing shows them and nothing pickles them.
    """

    def __init__(self, secrets: str | Iterable[str]) -> None:
        """Raises ValueError for what is not a secret as the officers' page shows it."""
        given = [secrets] if isinstance(secrets, str) else list(secrets)
        self._keys = [_key(one) for one in given]
        if not self._keys:
            raise ValueError("Without a secret no message could be believed.")

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


def believed(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Verifier,
    *,
    now: float | None,
    refused: type[WebhookRefused],
) -> str:
    """The id of a message that is ours and fresh. Raises `refused`, which names nothing."""
    found = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if len(body) > LARGEST or not message_id or not _is_fresh(stamp, now):
        raise refused("The message is too large, too old, or not a webhook.")
    message = b".".join((message_id.encode("utf-8", "replace"), stamp.encode(), body))
    signatures = found.get("webhook-signature", "").split()[:MOST_SIGNATURES]
    if not secrets.signed(message, signatures):
        raise refused("The signature is not ours.")
    return message_id


def agreement(headers: Mapping[str, str], origin: str) -> dict[str, str]:
    """What to answer who asks (OPTIONS) whether this address wants to be called: yes to `origin`.

    `origin` is the host of the suite. Nobody else is agreed to: they get nothing.
    """
    found = {name.lower(): value for name, value in headers.items()}
    asked = found.get("webhook-request-origin", "").lower()
    return {"WebHook-Allowed-Origin": origin} if asked == origin.lower() else {}


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
