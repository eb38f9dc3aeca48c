"""Whether a platform signed something. Pure; a signature that is wrong in any way is no signature.

Two ways: a keyed digest with a secret of the app (Meta, Shopify), and a JSON web signature by
RS256 with keys that the platform publishes (Apple, Google; RFC 7515, RFC 7517).
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LONGEST: Final = 64 * 1024
FEWEST_BITS: Final = 2048
Key = Mapping[str, Any]


def is_keyed(content: bytes, secret: str, proof: bytes) -> bool:
    """Whether `proof` is the HMAC-SHA256 of the content by the secret; an empty one proves none."""
    if not secret:
        return False
    return hmac.compare_digest(hmac.digest(secret.encode(), content, "sha256"), proof)


def key_id(token: str) -> str:
    """By which key a token says it is signed; empty unless it is an RS256 token that names one."""
    head = _json(token.partition(".")[0])
    if not isinstance(head, dict) or head.get("alg") != "RS256":
        return ""
    named = head.get("kid")
    return named if isinstance(named, str) and len(named) <= 200 else ""


def claims(token: str, keys: Sequence[Key]) -> dict[str, Any] | None:
    """What a token says, if one of these keys signed it; else None."""
    signed, _, signature = token.rpartition(".")
    named = key_id(token)
    if len(token) > LONGEST or not token.isascii() or signed.count(".") != 1 or not named:
        return None
    key = next((made for one in keys if one.get("kid") == named and (made := _key(one))), None)
    if key is None or not _verifies(key, decoded(signature), signed.encode()):
        return None
    said = _json(signed.partition(".")[2])
    return said if isinstance(said, dict) else None


def decoded(text: str) -> bytes:
    """Base64url without padding; nothing for what is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def digest(content: bytes) -> str:
    """A short name of a message, for those that have none."""
    return sha256(content).hexdigest()


def _verifies(key: rsa.RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _key(one: Key) -> rsa.RSAPublicKey | None:
    modulus, exponent = one.get("n"), one.get("e")
    is_rsa = one.get("kty") == "RSA" and one.get("use", "sig") == "sig"
    if not is_rsa or not isinstance(modulus, str) or not isinstance(exponent, str):
        return None
    numbers = [int.from_bytes(decoded(text), "big") for text in (exponent, modulus)]
    if numbers[1].bit_length() < FEWEST_BITS:
        return None
    try:
        return rsa.RSAPublicNumbers(*numbers).public_key()
    except ValueError:
        return None


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(decoded(text))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
