"""Wrapping, sealing, look-up digests and signatures: the only door to keys for other packages."""

import hmac
import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from keys import keyfile, places, provider, selectors
from keys.errors import KeyMismatchError
from keys.models import KeyVersion
from keys.provider import KeyProvider, PublicKey, Signature, Wrapped

DATA_KEY_BYTES = 32
DERIVED_KEYS_CACHED = 4096


def current_provider() -> KeyProvider:
    """The provider of this process. Raises KeyUnavailableError without keys (fail closed)."""
    return places.provider_at(places.place())


def forget() -> None:
    """Drop cached keys, so that the next use reads the key file again."""
    places.provider_at.cache_clear()
    _lookup_key.cache_clear()
    _derived.cache_clear()


def wrap(plaintext: bytes, *, context: bytes) -> Wrapped:
    """Encrypt a data key under the active wrapping key, bound to `context` (its owner's id)."""
    return current_provider().wrap(plaintext, context=context)


def unwrap(version: int, blob: bytes, *, context: bytes) -> bytes:
    """The data key of `wrap`. Raises UnsealError (changed, other context), KeyUnavailableError."""
    return current_provider().unwrap(version, blob, context=context)


def new_data_key() -> bytes:
    """A random AES-256 key. Keep it wrapped; destroying the wrapped form shreds what it sealed."""
    return os.urandom(DATA_KEY_BYTES)


def seal(data_key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Encrypt under a data key (AES-256-GCM). Opens only with the same key and context."""
    return provider.encrypt(AESGCM(data_key), plaintext, b"seal\0" + context)


def open_sealed(data_key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """The plaintext of `seal`. Raises UnsealError."""
    return provider.decrypt(AESGCM(data_key), sealed, b"seal\0" + context)


def lookup_version() -> int:
    """The version of the look-up key that new digests use."""
    return current_provider().active_version("lookup")


def lookup_digest(
    *, controller_id: UUID, scheme: str, value: str, version: int | None = None
) -> bytes:
    """32 bytes by which a normalised identifier is found without being stored.

    Each controller has a key of its own, so equal identifiers of two controllers have unrelated
    digests. Raises KeyUnavailableError. `version` defaults to the active one.
    """
    used = version or lookup_version()
    key = _lookup_key(places.place(), used, controller_id)
    return hmac.digest(key, f"{scheme}\0{value}".encode(), "sha256")


@lru_cache(maxsize=DERIVED_KEYS_CACHED)
def _lookup_key(place: str, version: int, controller_id: UUID) -> bytes:
    return places.provider_at(place).derive(version, context=controller_id.bytes)


class DerivedKey(NamedTuple):
    """A key for one use and one owner, and the version of the key it comes from."""

    version: int
    value: bytes


def derived_key(*, use: str, owner: bytes, version: int | None = None) -> DerivedKey:
    """32 bytes for one `use` (a name) and one `owner`, unrelated to those of any other.

    The same on every process that has the key file. `version` defaults to the active one; one
    that does not exist raises KeyUnavailableError.
    """
    used = lookup_version() if version is None else version
    return DerivedKey(used, _derived(places.place(), used, f"{use}\0".encode() + owner))


@lru_cache(maxsize=DERIVED_KEYS_CACHED)
def _derived(place: str, version: int, context: bytes) -> bytes:
    return places.provider_at(place).derive(version, context=context)


def sign(data: bytes) -> Signature:
    """An Ed25519 signature by the active signing key."""
    return current_provider().sign(data)


def verify(data: bytes, signature: Signature) -> bool:
    """Whether one of our signing keys, old ones included, made this signature of these bytes."""
    for key in public_keys():
        if key.key_id == signature.key_id and key.version == signature.version:
            return _verifies(key.raw, data, signature.value)
    return False


def _verifies(raw: bytes, data: bytes, value: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(value, data)
    except InvalidSignature:
        return False
    return True


def public_keys() -> tuple[PublicKey, ...]:
    """Every verification key, oldest first."""
    return current_provider().public_keys()


def ensure_key_file(path: Path) -> bool:
    """Create the file with fresh random keys (mode 0600) unless it exists; returns whether."""
    created = keyfile.create(path)
    if created:
        forget()
    return created


def rotate(purpose: str) -> int:
    """Add a new active version of a purpose's key where keys are kept; old versions stay readable.

    Raises KeyUnavailableError when they are where we cannot add any, KeyMismatchError when it is
    another database's, ValueError for a purpose that does not exist. What old versions wrapped
    stays wrapped by them until it is wrapped again.
    """
    if purpose not in keyfile.PURPOSES:
        raise ValueError(f"The purpose must be one of {', '.join(keyfile.PURPOSES)}.")
    register_versions()  # a file that does not belong here must not grow keys
    version = current_provider().add_version(purpose)
    forget()
    register_versions()
    return version


@transaction.atomic
def register_versions() -> int:
    """Note each key's fingerprint in the database, so that a wrong key file is recognised later.

    Returns how many were new. Raises KeyMismatchError when the file lacks or contradicts what the
    database knows: nothing is registered then.
    """
    held = {(k.purpose, k.version): k.fingerprint for k in current_provider().versions()}
    known = selectors.registered_fingerprints()
    if selectors.mismatches(held=held, known=known):
        raise KeyMismatchError(
            "The key file does not belong to this database: point SAMMATI_KEYS_FILE to the file "
            "that was in use here, or restore it from your backup."
        )
    KeyVersion.objects.bulk_create(
        [
            KeyVersion(purpose=purpose, version=version, fingerprint=fingerprint)
            for (purpose, version), fingerprint in held.items()
        ],
        ignore_conflicts=True,  # another process may register the same new version
    )
    return len(held.keys() - known.keys())
