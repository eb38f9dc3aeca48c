"""HTTP Message Signatures (RFC 9421) with Ed25519, as consent managers sign their requests. Pure.

One profile and no other: what is signed is the method, the host, the path, the query and the digest
of the body (RFC 9530), each once, with the time of signing and the id of the key.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

COVERED = frozenset({"@method", "@authority", "@path", "@query", "content-digest"})
LONGEST = 1000
MOST_SECONDS = 300
"""How old a signature may be, and how far ahead of our clock."""
_INPUT = re.compile(
    r'(?P<label>[a-z][a-z0-9_-]{0,30})=(?P<params>\((?P<covered>"[a-z@-]+"(?: "[a-z@-]+")*)\)'
    r'(?P<more>(?:;[a-z]+=(?:[0-9]+|"[A-Za-z0-9 ._:/+=-]*"))*))',
    re.ASCII,
)
_MORE = re.compile(r';([a-z]+)=(?:([0-9]+)|"([^"]*)")', re.ASCII)
_VALUE = re.compile(r"(?P<label>[a-z][a-z0-9_-]{0,30})=:(?P<value>[A-Za-z0-9+/]{86}==):", re.ASCII)
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):", re.ASCII)
_KNOWN = frozenset({"created", "expires", "keyid", "alg", "nonce", "tag"})


class SignatureFormError(ValueError):
    """The headers are not a signature of this profile; the words say why and repeat nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request is signed. `query` is without its question mark."""

    method: str
    authority: str
    path: str
    query: str
    body: bytes

    def component(self, name: str) -> str:
        """The value of a covered component (RFC 9421 section 2.2)."""
        values = {
            "@method": self.method.upper(), "@authority": self.authority.lower(),
            "@path": self.path, "@query": f"?{self.query}",
            "content-digest": content_digest(self.body),
        }  # fmt: skip
        return values[name]


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of the profile, read but not yet checked."""

    key_id: UUID
    created: int
    covered: tuple[str, ...]
    params: str
    value: bytes

    def is_fresh(self, now: int) -> bool:
        return abs(now - self.created) <= MOST_SECONDS

    def covers(self, request: Request) -> bytes:
        """The bytes that were signed (RFC 9421 section 2.5)."""
        lines = ((name, request.component(name)) for name in self.covered)
        return base(lines, self.params)


def content_digest(body: bytes) -> str:
    """The Content-Digest of a body (RFC 9530), an empty one included."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def base(lines: Iterable[tuple[str, str]], params: str) -> bytes:
    """The signature base: a line for each component, and the parameters as they were sent."""
    told = [f'"{name}": {value}' for name, value in lines]
    return "\n".join([*told, f'"@signature-params": {params}']).encode()


def read(headers: Mapping[str, str], body: bytes) -> Signature:
    """The signature of a request, by its headers (names in small letters).

    Raises SignatureFormError, also for a body that is not the one of Content-Digest.
    """
    sent = _DIGEST.fullmatch(_header(headers, "content-digest"))
    if sent is None or not hmac.compare_digest(sent[0], content_digest(body)):
        raise SignatureFormError("Content-Digest is not the SHA-256 of the body.")
    found = _INPUT.fullmatch(_header(headers, "signature-input"))
    value = _VALUE.fullmatch(_header(headers, "signature"))
    if found is None or value is None or value["label"] != found["label"]:
        raise SignatureFormError("Signature-Input and Signature have not the form of the profile.")
    covered = tuple(name.strip('"') for name in found["covered"].split(" "))
    if len(covered) != len(COVERED) or set(covered) != COVERED:
        raise SignatureFormError("The signature does not cover what it must, each once.")
    key_id, created = _parameters(found["more"])
    return Signature(key_id, created, covered, found["params"], _decoded(value["value"]))


def verifies(public: bytes, signature: Signature, request: Request) -> bool:
    """Whether the holder of this key's other half signed this request."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature.value, signature.covers(request))
    except (InvalidSignature, ValueError):
        return False
    return True


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value or len(value) > LONGEST:
        raise SignatureFormError(f"The header {name} is missing or too long.")
    return value


def _parameters(more: str) -> tuple[UUID, int]:
    """The key's id and the time of signing; a name twice, or unknown, is no signature of ours."""
    told = [(name, number or text) for name, number, text in _MORE.findall(more)]
    params = dict(told)
    if len(params) != len(told) or not params.keys() <= _KNOWN:
        raise SignatureFormError("A parameter of the signature is unknown or given twice.")
    if params.get("alg", "ed25519") != "ed25519":
        raise SignatureFormError("The signature is made with Ed25519.")
    try:
        return UUID(params["keyid"]), int(params["created"])
    except (KeyError, ValueError):
        raise SignatureFormError("The signature names its key and its time.") from None


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise SignatureFormError("The signature is not base64.") from None
