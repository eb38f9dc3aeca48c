"""What each platform sends, and what it means here. Pure; read after the signature has held.

Re-checked against the platforms' public documents:
Apple posts `{"payload": token}`; the claim `events` is a text of JSON with `type` (account-delete,
in newer documents account-deleted; consent-revoked), `sub` and `event_time`. It repeats unless 200.
Google posts a security event token (RFC 8417) as it is; `account-purged` says that the account is
gone, by issuer and subject; such tokens do not expire. It wants 202.
Meta posts a form with `signed_request`: signature and payload, with `user_id`; it shows the person
the `url` and the `confirmation_code` that it is answered.
Shopify posts JSON: customers/redact names `orders_to_redact`, customers/data_request a
`data_request` and `orders_requested`, shop/redact a shop alone. Its topic is a header, and only the
body is signed: so the body tells what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeGuard
from urllib.parse import parse_qs

import msgspec

from erasure.errors_inbound import CallbackMalformedError, CallbackUnprovenError
from erasure.inbound import signatures
from erasure.inbound.signatures import Key

Kind = Literal["erase", "access_asked", "sign_in_revoked", "shop_closed", "verified", "nothing"]
ISSUERS: Final = {
    "apple": frozenset({"https://appleid.apple.com"}),
    "google": frozenset({"https://accounts.google.com", "https://accounts.google.com/"}),
}
GONE: Final = frozenset({"account-delete", "account-deleted"})
RISC: Final = "https://schemas.openid.net/secevent/risc/event-type/"
AHEAD_SECONDS: Final = 300
LONGEST_ID: Final = 200
ABOUT_SOMEBODY: Final = frozenset({"erase", "access_asked", "sign_in_revoked"})


@dataclass(frozen=True, slots=True)
class Setup:
    """What is known of the app: its ids, secret and the platform's keys; how people are named."""

    audiences: frozenset[str]
    scheme: str
    before: str
    secret: str = field(default="", repr=False)
    keys: Sequence[Key] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform told: which message of it, what it means, and about whom, best name first."""

    message_id: str
    kind: Kind
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def token_of(platform: str, body: bytes) -> str:
    """The token in what Apple or Google sent; nothing of it is believed yet.

    Raises CallbackUnprovenError where there is none.
    """
    if platform == "google":
        return body.decode("ascii", "replace").strip()
    try:
        payload = _mapping(body).get("payload")
    except CallbackMalformedError:
        raise CallbackUnprovenError from None
    return payload if isinstance(payload, str) else ""


def told(
    platform: str, body: bytes, headers: Mapping[str, str], setup: Setup, now: datetime
) -> Told:
    """What was told. Raises CallbackUnprovenError, CallbackMalformedError."""
    match platform:
        case "shopify":
            return _shopify(body, headers, setup)
        case "meta":
            return _meta(body, setup)
        case "apple":
            return _apple(_claims(platform, body, setup, now), setup)
        case "google":
            return _google(_claims(platform, body, setup, now), setup)
    raise CallbackUnprovenError


def _claims(platform: str, body: bytes, setup: Setup, now: datetime) -> dict[str, Any]:
    said = signatures.claims(token_of(platform, body), setup.keys)
    if said is None or said.get("iss") not in ISSUERS[platform]:
        raise CallbackUnprovenError
    named = said.get("aud")
    audiences = named if isinstance(named, list) else [named]
    if not any(isinstance(one, str) and one in setup.audiences for one in audiences):
        raise CallbackUnprovenError
    made, ends = said.get("iat"), said.get("exp")
    if not _is_number(made) or made > now.timestamp() + AHEAD_SECONDS:
        raise CallbackUnprovenError
    if platform == "apple" and not (_is_number(ends) and ends > now.timestamp()):
        raise CallbackUnprovenError
    return said


def _apple(said: dict[str, Any], setup: Setup) -> Told:
    events = said.get("events")
    event = _mapping(events.encode()) if isinstance(events, str) else events
    if not isinstance(event, dict):
        raise CallbackMalformedError
    kind: Kind = "nothing"
    if event.get("type") in GONE:
        kind = "erase"
    elif event.get("type") == "consent-revoked":
        kind = "sign_in_revoked"
    return Told(_text(said.get("jti")), kind, _named(setup, event.get("sub"), kind))


def _google(said: dict[str, Any], setup: Setup) -> Told:
    events = said.get("events")
    if not isinstance(events, dict):
        raise CallbackMalformedError
    message_id = _text(said.get("jti"))
    if (purged := events.get(f"{RISC}account-purged")) is None:
        is_test = f"{RISC}verification" in events
        return Told(message_id, "verified" if is_test else "nothing")
    subject = purged.get("subject") if isinstance(purged, dict) else None
    if not isinstance(subject, dict) or subject.get("iss") not in ISSUERS["google"]:
        raise CallbackMalformedError
    return Told(message_id, "erase", _named(setup, subject.get("sub"), "erase"))


def _meta(body: bytes, setup: Setup) -> Told:
    form = parse_qs(body.decode("ascii", "replace"), max_num_fields=10)
    proof, _, payload = (form.get("signed_request") or [""])[0].partition(".")
    if not signatures.is_keyed(payload.encode(), setup.secret, signatures.decoded(proof)):
        raise CallbackUnprovenError
    said = _mapping(signatures.decoded(payload))
    if str(said.get("algorithm", "")).upper() != "HMAC-SHA256":
        raise CallbackUnprovenError
    identifiers = _named(setup, said.get("user_id"), "erase")
    return Told(signatures.digest(payload.encode()), "erase", identifiers)


def _shopify(body: bytes, headers: Mapping[str, str], setup: Setup) -> Told:
    proof = headers.get("x-shopify-hmac-sha256", "").replace("+", "-").replace("/", "_")
    if not signatures.is_keyed(body, setup.secret, signatures.decoded(proof.rstrip("="))):
        raise CallbackUnprovenError
    said = _mapping(body)
    number = headers.get("x-shopify-webhook-id", "")[:60]
    message_id = f"{number}:{signatures.digest(body)[:32]}"
    if "orders_to_redact" in said:
        return Told(message_id, "erase", _customer(said, setup, "erase"))
    if "data_request" in said:
        return Told(message_id, "access_asked", _customer(said, setup, "access_asked"))
    return Told(message_id, "shop_closed" if "shop_id" in said else "nothing")


def _customer(said: Mapping[str, Any], setup: Setup, kind: Kind) -> tuple[tuple[str, str], ...]:
    customer = said.get("customer")
    if not isinstance(customer, dict):
        raise CallbackMalformedError
    more = [(one, customer.get(one)) for one in ("email", "phone")]
    known = tuple((one, text) for one, text in more if isinstance(text, str) and text)
    number = customer.get("id")
    return (_named(setup, str(number), kind) if number else ()) + known


def _named(setup: Setup, text: object, kind: Kind) -> tuple[tuple[str, str], ...]:
    if kind not in ABOUT_SOMEBODY:
        return ()
    return ((setup.scheme, setup.before + _text(text)),)


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
        raise CallbackMalformedError
    return value


def _mapping(body: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise CallbackMalformedError from None
    if not isinstance(said, dict):
        raise CallbackMalformedError
    return said


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
