"""A consent manager as it stands outside: it holds its private key and signs what it sends."""

import base64
import json
import time
from dataclasses import dataclass, field
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from audit.actors import Actor
from consent import services as consent
from consent.managers.httpsig import Request, base, content_digest

COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
FIRST, SECOND = Actor("officer", "one"), Actor("officer", "two")
HOST = "testserver"
V1 = "/api/v1/consent-manager"


def public_of(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@dataclass
class Outside:
    """One consent manager at one company, with the key it signs with."""

    manager: object
    key: object
    private: Ed25519PrivateKey
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def headers(self, method, path, body, *, query="", **changes):
        created = changes.get("created", int(time.time()))
        key_id = changes.get("key_id", self.key.id)
        covered = changes.get("covered", COVERED)
        named = " ".join(f'"{name}"' for name in covered)
        params = f'({named});created={created};keyid="{key_id}";alg="ed25519"'
        request = Request(method, changes.get("host", HOST), path, query, body)
        lines = [(name, request.component(name)) for name in covered]
        value = base64.b64encode(self.private.sign(base(lines, params))).decode()
        return {
            "Content-Digest": content_digest(body), "Signature-Input": f"sig1={params}",
            "Signature": f"sig1=:{value}:",
        }  # fmt: skip

    def post(self, path, said, **changes):
        body = json.dumps(said).encode()
        headers = self.headers("POST", V1 + path, body, **changes)
        return self.send(path, body, headers)

    def send(self, path, body, headers):
        return self.client.post(V1 + path, body, "application/json", headers=headers)

    def get(self, path, query=""):
        headers = self.headers("GET", V1 + path, b"", query=query)
        return self.client.get(V1 + path, QUERY_STRING=query, headers=headers)

    def passes_on(self, person, state, purpose, **more):
        """What the person asked for: the body of one request."""
        return {
            "request_id": str(uuid4()), "subject": str(person.id), "purpose": purpose,
            "state": state, "mandate": "ART-1", **more,
        }  # fmt: skip


def entered(company, code="saathi", *, accepted=True):
    """A consent manager of a company, with a key."""
    private = Ed25519PrivateKey.from_private_bytes(code.encode().ljust(32, b"-")[:32])
    manager = consent.register_manager(
        by=FIRST, controller_id=company.id, code=code, name=code.title(),
        registration=f"DPB/CM/{code}",
    )  # fmt: skip
    key = consent.add_manager_key(by=FIRST, manager=manager, public=public_of(private))
    if accepted:
        manager = consent.accept_manager(by=SECOND, manager=manager)
    return Outside(manager, key, private)
