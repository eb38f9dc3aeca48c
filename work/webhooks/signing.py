"""Signatures of Standard Webhooks: symmetric (v1, HMAC-SHA256) and asymmetric (v1a, Ed25519). Pure.

A secret is 32 bytes for both; of an Ed25519 one the receiver gets the public half only.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "whsec_"
PUBLIC_PREFIX = "whpk_"
HMAC, ED25519 = "hmac", "ed25519"
SECRET_BYTES = 32


def spelled(secret: bytes, scheme: str = HMAC) -> str:
    """What the receiver is given to check signatures with: the secret, or the public key."""
    if scheme == HMAC:
        return PREFIX + _base64(secret)
    return PUBLIC_PREFIX + _base64(_private(secret).public_key().public_bytes_raw())


def headers(
    secrets: Iterable[bytes], *, message_id: str, timestamp: int, body: bytes, scheme: str = HMAC
) -> dict[str, str]:
    """The three headers; one signature for each secret, so that secrets can be changed over."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(one, signed, scheme) for one in secrets),
    }


def _signature(secret: bytes, signed: bytes, scheme: str) -> str:
    if scheme == HMAC:
        return f"v1,{_base64(hmac.digest(secret, signed, hashlib.sha256))}"
    return f"v1a,{_base64(_private(secret).sign(signed))}"


def _private(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
