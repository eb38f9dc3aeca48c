"""What the tests of full receipts share: a purpose with everything, and how to read the forms."""

import base64
import json
from pathlib import Path

import jsonschema
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent import services
from consent.records import files
from consent.records.content import content
from consent.records.gathering import gather
from keys import services as keys

SCHEMAS = Path(__file__).parent.parent / "schemas"
WORDS = services.Words(
    title="Health letters", description="We write to you about your health.",
    enables="You learn what helps you.", dpv_purpose="dpv:Marketing",
    grounds={"IN": "consent", "EU": "6-1-a"}, categories=("pd:EmailAddress", "pd:Health", "diary"),
    retention_days=30, owner="Care", operations=("Use", "Share"), recipients=("post", "lab"),
)  # fmt: skip


def schema(name):
    text = (SCHEMAS / name).read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


def told(company, event):
    return content(gather(company.id, event.id))


def handed(company, event, form="json"):
    return files.file(form, company.id, event.id).body


def opened(token):
    """What a JWS says, once its signature verifies by the key it names (RFC 7515, RFC 8037)."""
    head, body, value = token.split(".")
    header = json.loads(unpadded(head))
    assert header["alg"] == "EdDSA"
    key = next(one for one in keys.public_keys() if one.key_id == header["kid"])
    signature = Ed25519PublicKey.from_public_bytes(key.raw)
    signature.verify(unpadded(value), f"{head}.{body}".encode())
    return json.loads(unpadded(body))


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
