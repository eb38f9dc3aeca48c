"""Where keys live. Callers hand in bytes and get bytes; the keys stay behind the provider.

`FileProvider` keeps them in a JSON file (or the same JSON in the environment). `keys.command` asks
a program that keeps them in a token or a key management service: wrap and unwrap are its encrypt
and decrypt, `derive` is its MAC over the context, `sign` its signature.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys import keyfile
from keys.errors import KeyUnavailableError, UnsealError

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12
RECHECK_SECONDS: Final = 2.0


class Wrapped(NamedTuple):
    """A data key encrypted under one version of the wrapping key."""

    version: int
    blob: bytes


class Signature(NamedTuple):
    """An Ed25519 signature; `key_id` is the fingerprint of the public key that verifies it."""

    key_id: str
    version: int
    value: bytes


@dataclass(frozen=True)
class PublicKey:
    """A verification key (32 raw bytes). All stay published: old signatures must verify."""

    key_id: str
    version: int
    raw: bytes
    is_active: bool


@dataclass(frozen=True)
class KnownVersion:
    """One key the provider holds, named by a fingerprint that tells nothing about the key."""

    purpose: str
    version: int
    fingerprint: str


class KeyProvider(Protocol):
    """What the suite asks of a key store. Each method raises KeyUnavailableError."""

    def active_version(self, purpose: str) -> int: ...

    def versions(self) -> tuple[KnownVersion, ...]: ...

    def wrap(self, plaintext: bytes, *, context: bytes) -> Wrapped: ...

    def unwrap(self, version: int, blob: bytes, *, context: bytes) -> bytes: ...

    def derive(self, version: int, *, context: bytes) -> bytes:
        """32 bytes from the look-up key of this version, different for each context."""

    def sign(self, data: bytes) -> Signature: ...

    def public_keys(self) -> tuple[PublicKey, ...]: ...

    def add_version(self, purpose: str) -> int:
        """Make a new active key of the purpose, keeping all old ones; its version."""


def encrypt(cipher: AESGCM, plaintext: bytes, context: bytes) -> bytes:
    """Format byte, random 96-bit nonce, AES-GCM ciphertext with tag; the context is authenticated.

    Random nonces bound one key to 2^32 encryptions (NIST SP 800-38D 8.3): rotate long before.
    """
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + cipher.encrypt(nonce, plaintext, context)


def decrypt(cipher: AESGCM, blob: bytes, context: bytes) -> bytes:
    """The plaintext of `encrypt`. Raises UnsealError for anything that is not exactly it."""
    if blob[:1] != FORMAT or len(blob) < 1 + NONCE_BYTES + 16:
        raise UnsealError("These bytes are not in a known sealed format.")
    try:
        return cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], context)
    except InvalidTag:
        raise UnsealError("Sealed bytes do not open with this key in this context.") from None


def fingerprint_of_public(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


class KeyRing:
    """The parsed keys of one file: immutable; a changed file makes a new ring."""

    def __init__(self, contents: keyfile.Contents) -> None:
        self.active = contents.active
        self.secrets = contents.keys
        self.wrapping = {v: AESGCM(key) for v, key in contents.keys["wrapping"].items()}
        self.signing = {
            v: Ed25519PrivateKey.from_private_bytes(seed)
            for v, seed in contents.keys["signing"].items()
        }
        self.public = {v: key.public_key().public_bytes_raw() for v, key in self.signing.items()}

    def fingerprint(self, purpose: str, version: int) -> str:
        if purpose == "signing":
            return fingerprint_of_public(self.public[version])
        secret = self.secrets[purpose][version]
        return hmac.digest(secret, b"sammati.fingerprint.1", "sha256").hex()[:32]


class FileProvider:
    """Keys from a JSON file, read again within seconds when another process has rotated them."""

    def __init__(
        self,
        load: Callable[[], keyfile.Contents],
        stamp: Callable[[], object],
        path: Path | None = None,
    ) -> None:
        self._path = path
        self._load = load
        self._stamp = stamp
        self._seen = stamp()
        self._ring = KeyRing(load())
        self._checked = time.monotonic()

    @classmethod
    def from_path(cls, path: Path) -> "FileProvider":
        return cls(lambda: keyfile.read(path), lambda: keyfile.stamp(path), path)

    @classmethod
    def from_text(cls, text: str) -> "FileProvider":
        contents = keyfile.parse(text, where="SAMMATI_KEYS")
        return cls(lambda: contents, lambda: None)

    def ring(self) -> KeyRing:
        if time.monotonic() - self._checked > RECHECK_SECONDS:
            self.refresh()
        return self._ring

    def refresh(self) -> None:
        """Read the file again if it changed; a file that vanished or went bad fails closed."""
        seen = self._stamp()
        if seen != self._seen:
            self._ring = KeyRing(self._load())
            self._seen = seen
        self._checked = time.monotonic()

    def active_version(self, purpose: str) -> int:
        return self.ring().active[purpose]

    def versions(self) -> tuple[KnownVersion, ...]:
        ring = self.ring()
        return tuple(
            KnownVersion(purpose, version, ring.fingerprint(purpose, version))
            for purpose in keyfile.PURPOSES
            for version in sorted(ring.secrets[purpose])
        )

    def wrap(self, plaintext: bytes, *, context: bytes) -> Wrapped:
        ring = self.ring()
        version = ring.active["wrapping"]
        return Wrapped(version, encrypt(ring.wrapping[version], plaintext, b"wrap\0" + context))

    def unwrap(self, version: int, blob: bytes, *, context: bytes) -> bytes:
        cipher = self._having("wrapping", version).wrapping[version]
        return decrypt(cipher, blob, b"wrap\0" + context)

    def derive(self, version: int, *, context: bytes) -> bytes:
        secret = self._having("lookup", version).secrets["lookup"][version]
        kdf = HKDF(hashes.SHA256(), length=32, salt=None, info=b"sammati.lookup.1\0" + context)
        return kdf.derive(secret)

    def sign(self, data: bytes) -> Signature:
        ring = self.ring()
        version = ring.active["signing"]
        key_id = fingerprint_of_public(ring.public[version])
        return Signature(key_id, version, ring.signing[version].sign(data))

    def public_keys(self) -> tuple[PublicKey, ...]:
        ring = self.ring()
        return tuple(
            PublicKey(fingerprint_of_public(raw), version, raw, version == ring.active["signing"])
            for version, raw in sorted(ring.public.items())
        )

    def add_version(self, purpose: str) -> int:
        if self._path is None:
            raise KeyUnavailableError(
                "The keys come from the environment (SAMMATI_KEYS): add the new version there."
            )
        version = keyfile.add_version(self._path, purpose)
        self.refresh()
        return version

    def _having(self, purpose: str, version: int) -> KeyRing:
        """The ring, read again at once if it lacks a version another process may just have made."""
        ring = self.ring()
        if version not in ring.secrets[purpose]:
            self.refresh()
            ring = self._ring
        if version not in ring.secrets[purpose]:
            raise KeyUnavailableError(
                f"There is no {purpose} key of version {version}: restore the key file it was in."
            )
        return ring
