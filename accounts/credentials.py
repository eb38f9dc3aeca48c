"""What is kept of a service key. Pure."""

import hashlib


def key_digest(secret: str) -> bytes:
    """What is stored of a key. Plain SHA-256 suffices for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
