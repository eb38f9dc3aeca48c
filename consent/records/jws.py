"""A signed content in one line of text: JWS in compact form, EdDSA (RFC 7515, RFC 8037)."""

import base64
from typing import Any, Final

from audit.canonical import canonical
from keys import services as keys

ALGORITHM: Final = "EdDSA"
TYPE: Final = "sammati-receipt+json"


def signed(content: dict[str, Any]) -> str:
    """The JWS of the content by the key that is active now. Raises KeyUnavailableError."""
    active = next(one for one in keys.public_keys() if one.is_active)
    header = {"alg": ALGORITHM, "kid": active.key_id, "typ": TYPE}
    parts = ".".join(_text(canonical(one)) for one in (header, content))
    return f"{parts}.{_text(keys.sign(parts.encode()).value)}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
