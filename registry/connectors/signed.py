"""Signatures of processors, checked with the certificate or key that was entered for them. Pure."""

import base64
import binascii
import datetime as dt
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

__all__ = ["Verifier", "same_certificate", "verifier"]

LEAST_RSA_BITS: Final = 2048
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class Verifier:
    """Whether a body was signed by the holder of a key (RSA PKCS#1 1.5 or ECDSA on SHA-256;
    Ed25519). Of a certificate: only while it is valid.
    """

    def __init__(self, key: PublicKey, certificate: x509.Certificate | None = None) -> None:
        self._key, self._certificate = key, certificate

    def is_valid(self, at: dt.datetime) -> bool:
        """Whether the certificate is valid then; a bare key always is."""
        one = self._certificate
        return one is None or one.not_valid_before_utc <= at <= one.not_valid_after_utc

    def accepts(self, body: bytes, signature: str) -> bool:
        """Whether `signature`, in base64, is one of these very bytes."""
        try:
            raw = base64.b64decode("".join(signature.split()), validate=True)
            self._verify(raw, body)
        except (binascii.Error, ValueError, InvalidSignature):
            return False
        return True

    def _verify(self, raw: bytes, body: bytes) -> None:
        if isinstance(self._key, rsa.RSAPublicKey):
            self._key.verify(raw, body, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(self._key, ec.EllipticCurvePublicKey):
            self._key.verify(raw, body, ec.ECDSA(hashes.SHA256()))
        else:
            self._key.verify(raw, body)


def verifier(pem: str) -> Verifier:
    """Of a certificate or a public key in PEM. ValueError for what is neither, or too weak."""
    content = pem.encode()
    certificate = x509.load_pem_x509_certificate(content) if _CERTIFICATE in content else None
    key = certificate.public_key() if certificate else serialization.load_pem_public_key(content)
    if not isinstance(key, PublicKey):
        raise ValueError("This kind of key signs nothing here.")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        raise ValueError("The key is too short.")
    return Verifier(key, certificate)


def same_certificate(pem: str, other: bytes) -> bool:
    """Whether both are the same certificate or public key, however they are written down."""
    try:
        return _der(pem.encode()) == _der(other)
    except ValueError:
        return False


def _der(content: bytes) -> bytes:
    if _CERTIFICATE in content:
        return x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    if b"-----BEGIN" in content:
        return serialization.load_pem_public_key(content).public_bytes(
            Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return x509.load_der_x509_certificate(content).public_bytes(Encoding.DER)
