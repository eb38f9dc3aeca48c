"""Public keys of addresses whose messages are signed with Ed25519. Needs cryptography.

read_event(body, headers, PublicKeys("whpk_..."))
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PREFIX = "whpk_"


class PublicKeys:
    """The public keys of an address: the one in use and, while they change over, the former."""

    def __init__(self, keys: str | Iterable[str]) -> None:
        """Raises ValueError for what is not a public key as the officers' page shows it."""
        given = [keys] if isinstance(keys, str) else list(keys)
        self._keys = [_key(one) for one in given]
        if not self._keys:
            raise ValueError("Without a key no message could be believed.")

    def __repr__(self) -> str:
        return f"PublicKeys({len(self._keys)})"

    def signed(self, message: bytes, signatures: Sequence[str]) -> bool:
        """Whether one of the signatures was made with the other half of a key."""
        values = [_value(one) for one in signatures if one.startswith("v1a,")]
        return any(_verifies(key, value, message) for key in self._keys for value in values)


def _verifies(key: Ed25519PublicKey, value: bytes, message: bytes) -> bool:
    try:
        key.verify(value, message)
    except InvalidSignature:
        return False
    return True


def _value(signature: str) -> bytes:
    """Its bytes; none, which nobody signed, where it is not base64."""
    try:
        return base64.b64decode(signature.removeprefix("v1a,"), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _key(text: Any) -> Ed25519PublicKey:
    try:
        if not text.startswith(PREFIX):
            raise ValueError
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (AttributeError, ValueError, binascii.Error):
        raise ValueError("A public key looks like whpk_ and base64.") from None
