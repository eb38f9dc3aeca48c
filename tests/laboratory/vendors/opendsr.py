"""A processor that speaks OpenDSR 2.0: signed receipts, states, and signed callbacks.

`extra["sends"]` holds the callbacks to be sent: addresses, body and headers.
"""

import base64
import datetime as dt
import json
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.laboratory.accounts import Account
from tests.laboratory.wire import Asked, Reply

DOMAIN = "processor.example"
SCHEMES = {"email": "email", "phone": "mobile_number", "id": "controller_customer_id"}
BY_TYPE = {kind: scheme for scheme, kind in SCHEMES.items()}


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911 (an address each)
    path = asked.path[1:] if asked.path[:1] in {("v2",), ("v3",)} else asked.path
    match asked.method, path:
        case "GET", ("discovery",):
            return Reply(200, _discovery(asked))
        case "GET", ("certificate.pem",):
            return Reply(200, raw=certificate(), headers={"Content-Type": "application/x-pem-file"})
    if not asked.headers.get("authorization"):
        return Reply(401, {"error": {"code": 401, "message": "unauthorized"}})
    match asked.method, path:
        case "POST", ("people", "find"):
            found = account.find("email", (asked.json() or {})["email"])
            people = [found.state] if found else []
            return Reply(200, {"people": people, "count": len(people)})
        case "POST", ("requests",):
            return _receive(account, asked)
        case "GET", ("requests", number):
            return _state(account, number)
        case "DELETE", ("requests", number):
            account.extra["requests"][number]["status"] = "cancelled"
            return Reply(202, {"subject_request_id": number})
    return Reply(404, {"error": {"code": 404, "message": "no such address"}})


def _discovery(asked: Asked) -> dict[str, Any]:
    kinds = [{"identity_type": kind, "identity_format": "raw"} for kind in BY_TYPE]
    base = f"http://{asked.headers['host']}/{asked.headers['x-laboratory-place']}"
    return {
        "api_version": "2.0", "supported_identities": kinds,
        "supported_subject_request_types": ["erasure"],
        "processor_certificate": f"{base}/certificate.pem",
    }  # fmt: skip


def _receive(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    number = said.get("subject_request_id", "")
    if said.get("subject_request_type") != "erasure" or not number or not said.get("regulation"):
        return Reply(400, {"error": {"code": 400, "message": "malformed"}})
    requests = account.extra.setdefault("requests", {})
    if number in requests:
        account.keys[number] += 1
        return Reply(400, {"error": {"code": 400, "message": "duplicate subject_request_id"}})
    found = [
        one for identity in said.get("subject_identities", [])
        if (one := account.find(BY_TYPE[identity["identity_type"]], identity["identity_value"]))
    ]  # fmt: skip
    unique = list({one.name: one for one in found}.values())
    job = account.erase(unique, number)
    requests[number] = {"status": "", "job": job, "to": said.get("status_callback_urls", [])}
    encoded = base64.b64encode(asked.body).decode()
    told = {
        "controller_id": "laboratory", "subject_request_id": number, "received_time": _now(),
        "expected_completion_time": _now(), "encoded_request": encoded,
    }  # fmt: skip
    body = json.dumps(told).encode()
    return Reply(201, raw=body, headers=signed(body, account.extra.get("forges")))


def _state(account: Account, number: str) -> Reply:
    account.settle()
    request = account.extra.get("requests", {}).get(number)
    if request is None:
        return Reply(404, {"error": {"code": 404, "message": "unknown request"}})
    body = json.dumps(status_of(account, number)).encode()
    return Reply(200, raw=body, headers=signed(body))


def status_of(account: Account, number: str) -> dict[str, Any]:
    request = account.extra["requests"][number]
    job = account.jobs.get(request["job"])
    state = "completed" if job is None or job.is_done else "in_progress"
    return {
        "controller_id": "laboratory", "subject_request_id": number, "api_version": "2.0",
        "request_status": request["status"] or state, "expected_completion_time": _now(),
        "results_url": None,
    }  # fmt: skip


def due_callbacks(account: Account) -> list[tuple[str, bytes, dict[str, str]]]:
    """What must be sent now, each once: (address, body, headers)."""
    found = []
    account.settle()
    for number, request in account.extra.get("requests", {}).items():
        told = status_of(account, number)
        if told["request_status"] == "completed" and request["to"]:
            for url in request["to"]:
                body = json.dumps(told | {"status_callback_url": url}).encode()
                found.append((url, body, signed(body, account.extra.get("forges"))))
            request["to"] = []
    return found


def signed(body: bytes, forges: object = False) -> dict[str, str]:
    key = _key("forger") if forges else _key("processor")
    signature = key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    said = base64.b64encode(signature).decode()
    return {"X-OpenDSR-Processor-Domain": DOMAIN, "X-OpenDSR-Signature": said}


@cache
def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, _key("processor").public_key(), 1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
        .sign(_key("processor"), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@cache
def _key(_whose: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()
