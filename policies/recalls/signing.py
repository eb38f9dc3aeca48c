"""Signatures of Standard Webhooks (symmetric, v1) over CloudEvents bodies. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def spelled(secret: bytes) -> str:
    """A secret as services are given it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(
    secrets: Iterable[bytes], *, message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers; one signature for each secret, so that secrets can be changed over."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    found = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in found),
    }
