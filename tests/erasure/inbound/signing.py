"""Platforms as they sign: what each sends, made with keys and secrets of the tests."""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SECRET = "meta-app-secret"
APP_ID = "in.example.lotus"
GOOGLE_ID = "1234.apps.googleusercontent.com"
PURGED = "https://schemas.openid.net/secevent/risc/event-type/account-purged"
VERIFICATION = "https://schemas.openid.net/secevent/risc/event-type/verification"
HALF_AN_HOUR = 1800
DATA_REQUEST = {
    "shop_id": 954889, "shop_domain": "lotus.myshopify.com",
    "orders_requested": [299938, 280263],
    "customer": {"id": 191167, "email": "asha.rao@example.in", "phone": "+919812345678"},
    "data_request": {"id": 9999},
}  # fmt: skip
"""customers/data_request, as Shopify publishes its form."""


@cache
def key(_name: str = "k-1", bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def published(name: str = "k-1", made: rsa.RSAPrivateKey | None = None) -> dict[str, str]:
    """One key as platforms publish it."""
    numbers = (made or key(name)).public_key().public_numbers()
    return {
        "kty": "RSA", "kid": name, "use": "sig", "alg": "RS256",
        "n": _text(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": _text(numbers.e.to_bytes(3, "big")),
    }  # fmt: skip


def token(said: dict[str, Any], name: str = "k-1", alg: str = "RS256", signer: Any = None) -> str:
    head = _text(json.dumps({"alg": alg, "kid": name}).encode())
    signed = f"{head}.{_text(json.dumps(said).encode())}"
    made = (signer or key(name)).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_text(made)}"


def apple_claims(now: float, **event: Any) -> dict[str, Any]:
    given = {"type": "account-delete", "sub": "001.ann", "event_time": 1, **event}
    return {
        "iss": "https://appleid.apple.com", "aud": APP_ID, "iat": int(now), "jti": "apple-1",
        "exp": int(now) + HALF_AN_HOUR, "events": json.dumps(given),
    }  # fmt: skip


def apple(now: float, **event: Any) -> bytes:
    return json.dumps({"payload": token(apple_claims(now, **event))}).encode()


def google_claims(now: float, event: str = PURGED, **more: Any) -> dict[str, Any]:
    subject = {"subject_type": "iss-sub", "iss": "https://accounts.google.com/", "sub": "777"}
    return {
        "iss": "https://accounts.google.com/", "aud": [GOOGLE_ID], "iat": int(now),
        "jti": "google-1", "events": {event: {"subject": subject}}, **more,
    }  # fmt: skip


def google(now: float, event: str = PURGED) -> bytes:
    return token(google_claims(now, event)).encode()


def meta(secret: str = SECRET, **payload: Any) -> bytes:
    said = {"algorithm": "HMAC-SHA256", "issued_at": 1, "user_id": "10158220413077", **payload}
    text = _text(json.dumps(said).encode())
    proof = hmac.digest(secret.encode(), text.encode(), "sha256")
    return urlencode({"signed_request": f"{_text(proof)}.{text}"}).encode()


def shopify(said: Any = None, secret: str = SECRET, number: str = "w-1") -> dict[str, Any]:
    """Body and headers, as keywords of a call."""
    customer = {"id": 191167, "email": "asha.rao@example.in", "phone": None}
    redact = {"shop_id": 1, "customer": customer, "orders_to_redact": [299938]}
    body = json.dumps(redact if said is None else said).encode()
    proof = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    headers = {
        "X-Shopify-Hmac-Sha256": base64.b64encode(proof).decode(), "X-Shopify-Webhook-Id": number,
    }  # fmt: skip
    return {"data": body, "headers": headers}


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
