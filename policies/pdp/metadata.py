"""The decision point's own description: AuthZEN's configuration document, plain and signed.

A company may be named behind the document's address, as the standard has it for tenants. Its
document names the same endpoints, since the service key tells the company; which companies there
are it does not tell.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from keys import services as keys
from policies.rules.scope import ANY_OF_OURS

PATH = "/.well-known/authzen-configuration"
KEYS = "/.well-known/jwks.json"
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ALGORITHM = "EdDSA"


def is_served(path: str) -> bool:
    """Whether an address below the root is one of these documents."""
    head, slash, tenant = path.removeprefix(PATH).partition("/")
    if path in {KEYS, PATH}:
        return True
    return path.startswith(PATH) and not head and bool(slash and _TENANT.fullmatch(tenant))


def document(path: str, base: str, endpoints: Mapping[str, str]) -> bytes:
    """The document at `path`, for a decision point at the URL `base` with these `endpoints`.

    The signed part is a JWS (RFC 7515, Ed25519 as in RFC 8037) over the same claims, issued by the
    decision point; its key is among `KEYS`. Raises KeyUnavailableError.
    """
    if path == KEYS:
        published = [_published(one.key_id, one.raw) for one in keys.public_keys()]
        return msgspec.json.encode({"keys": published})
    claims: dict[str, Any] = {"policy_decision_point": base + path.removeprefix(PATH)}
    claims |= {name: base + where for name, where in endpoints.items()}
    claims |= {"supported_obligations": [ANY_OF_OURS], "jwks_uri": base + KEYS}
    issued = {**claims, "iss": claims["policy_decision_point"]}
    return msgspec.json.encode({**claims, "signed_metadata": _signed(issued)})


def _published(key_id: str, raw: bytes) -> dict[str, str]:
    return {
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": _ALGORITHM, "kid": key_id,
        "x": _text(raw),
    }  # fmt: skip


def _signed(claims: dict[str, Any]) -> str:
    """The JWS of the claims, by the key that is active now."""
    active = next(one for one in keys.public_keys() if one.is_active)
    header = {"alg": _ALGORITHM, "kid": active.key_id, "typ": "JWT"}
    parts = ".".join(_text(msgspec.json.encode(one)) for one in (header, claims))
    return f"{parts}.{_text(keys.sign(parts.encode()).value)}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
