"""Signatures of consent managers: the published example, and everything that is none."""

import base64
import time
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consent.managers.httpsig import (
    Request,
    SignatureFormError,
    base,
    content_digest,
    read,
    verifies,
)
from tests.consent.signing import COVERED, Outside, public_of

pytestmark = pytest.mark.req("CON-27")
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
BODY = b'{"state":"given"}'
PATH = "/api/v1/consent-manager/consents"


class Key:
    id = UUID(int=9)


SENDER = Outside(None, Key, PRIVATE, client=None)


def signed(**changes):
    headers = SENDER.headers("POST", PATH, BODY, host="privacy.example", **changes)
    return {name.lower(): value for name, value in headers.items()}


def request(**changes):
    told = {"method": "POST", "authority": "privacy.example", "path": PATH, "query": "",
            "body": BODY, **changes}  # fmt: skip
    return Request(**told)


def test_the_example_of_the_standard_verifies():
    """RFC 9421, B.2.6, with its Ed25519 test key."""
    public = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
    lines = [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("@method", "POST"), ("@path", "/foo"),
        ("@authority", "example.com"), ("content-type", "application/json"),
        ("content-length", "18"),
    ]  # fmt: skip
    names = " ".join(f'"{name}"' for name, _ in lines)
    made = base(lines, f'({names});created=1618884473;keyid="test-key-ed25519"')
    value = base64.b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )

    Ed25519PublicKey.from_public_bytes(public).verify(value, made)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(value, made + b" ")


def test_the_digest_is_that_of_the_standard():
    """RFC 9530, appendix D."""
    assert content_digest(b'{"hello": "world"}\n') == (
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    )


def test_a_signed_request_verifies():
    signature = read(signed(), BODY)

    assert signature.key_id == Key.id
    assert signature.is_fresh(int(time.time()))
    assert verifies(public_of(PRIVATE), signature, request())


@pytest.mark.parametrize(
    "changed",
    [{"method": "PUT"}, {"authority": "other.example"}, {"path": PATH + "/"}, {"query": "a=1"},
     {"body": BODY + b" "}],
)  # fmt: skip
def test_a_request_that_was_changed_on_the_way_does_not(changed):
    assert not verifies(public_of(PRIVATE), read(signed(), BODY), request(**changed))


def test_another_key_or_no_key_does_not():
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)

    assert not verifies(public_of(other), read(signed(), BODY), request())
    assert not verifies(b"too short", read(signed(), BODY), request())


def test_a_body_that_is_not_the_digests_is_refused_before_anything():
    with pytest.raises(SignatureFormError):
        read(signed(), BODY + b" ")


@pytest.mark.parametrize("seconds", [301, -301, 10**9, -(10**9)])
def test_an_old_or_early_signature_is_not_fresh(seconds):
    signature = read(signed(created=int(time.time()) + seconds), BODY)

    assert not signature.is_fresh(int(time.time()))


@pytest.mark.parametrize("covered", [
    COVERED[1:], COVERED[:-1], (*COVERED, "@method"), (*COVERED[:-1], "@method"), ("@method",),
])  # fmt: skip
def test_what_is_not_covered_whole_is_refused(covered):
    with pytest.raises(SignatureFormError):
        read(signed(covered=covered), BODY)


INPUT = signed(created=1)["signature-input"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature", None),
        ("signature-input", None),
        ("content-digest", None),
        ("signature", "sig2=:" + "A" * 86 + "==:"),
        ("signature", "sig1=:short:"),
        ("signature", "x" * 2000),
        ("signature-input", INPUT + ";created=2"),
        ("signature-input", INPUT + ';other="x"'),
        ("signature-input", INPUT.replace("ed25519", "hmac-sha256")),
        ("signature-input", INPUT.replace(str(Key.id), "nobody")),
        ("signature-input", INPUT.replace(";created=1", "")),
        ("signature-input", INPUT + ", sig2=()"),
        ("signature-input", INPUT.replace('"@method"', '"@method";req')),
        ("content-digest", "sha-512=:" + "A" * 43 + "=:"),
    ],
)
def test_headers_of_another_form_are_refused(name, value):
    headers = (
        {**signed(), name: value} if value else {k: v for k, v in signed().items() if k != name}
    )

    with pytest.raises(SignatureFormError):
        read(headers, BODY)
