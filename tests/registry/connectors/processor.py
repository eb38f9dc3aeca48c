"""A processor that speaks OpenDSR: a key, a certificate, and signed answers."""

import base64
import datetime as dt
import json
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

DOMAIN = "processor.example"
NOW = dt.datetime.now(dt.UTC)


@cache
def key(kind, whose):
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else (
        ed25519.Ed25519PrivateKey.generate()
    )  # fmt: skip


@cache
def certificate(kind="rsa", days=30):
    """In PEM; `days` negative: expired."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    made = (
        x509.CertificateBuilder(name, name, key(kind, "processor").public_key(), 1)
        .not_valid_before(NOW - dt.timedelta(days=60))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .sign(key(kind, "processor"), hashes.SHA256() if kind != "ed25519" else None)
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def public(kind="rsa"):
    return (
        key(kind, "processor")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def signature(body, kind="rsa", whose="processor"):
    signer = key(kind, whose)
    if kind == "rsa":
        raw = signer.sign(body, padding.PKCS1v15(), hashes.SHA256())
    elif kind == "ec":
        raw = signer.sign(body, ec.ECDSA(hashes.SHA256()))
    else:
        raw = signer.sign(body)
    return base64.b64encode(raw).decode()


def signed(body, kind="rsa", whose="processor", domain=DOMAIN):
    return {
        "X-OpenDSR-Processor-Domain": domain,
        "X-OpenDSR-Signature": signature(body, kind, whose),
    }


class Processor:
    """Answers as the standard says; set a member to change its manners."""

    def __init__(self):
        self.state, self.kind, self.whose, self.domain = "pending", "rsa", "processor", DOMAIN
        self.requests, self.refuses_repeats, self.discovery = {}, False, {}

    def __call__(self, heard):
        path = heard.path.strip("/").split("/")
        match heard.method, path:
            case "GET", ["discovery"]:
                base = f"http://{heard.headers['host']}"
                return self._plain({
                    "api_version": "2.0", "supported_subject_request_types": ["erasure"],
                    "supported_identities": [
                        {"identity_type": "email", "identity_format": "raw"},
                    ],
                    "processor_certificate": f"{base}/certificate.pem", **self.discovery,
                })  # fmt: skip
            case "GET", ["certificate.pem"]:
                return 200, certificate().encode(), {}
            case "POST", ["requests"]:
                return self._receive(heard.body)
            case "GET", ["requests", number] if number in self.requests:
                return self._signed(
                    200, {"subject_request_id": number, "request_status": self.state}
                )
        return self._plain({"error": {"code": 404}}, 404)

    def _receive(self, said):
        number = said["subject_request_id"]
        if self.refuses_repeats and number in self.requests:
            return self._plain({"error": {"code": 400}}, 400)
        self.requests[number] = said
        return self._signed(201, {"subject_request_id": number, "controller_id": "c"})

    def _plain(self, said, status=200):
        return status, said, {}

    def _signed(self, status, said):
        body = json.dumps(said).encode()
        return status, body, signed(body, self.kind, self.whose, self.domain)
