"""What is said to a program that keeps keys, and what it answers: JSON, bytes in base64.

Pure. docs/keys.md describes it for whoever writes such a program.
"""

from typing import Final

from msgspec import Struct

UNSEAL: Final = "unseal"
REFUSED: Final = "refused"


class Describe(Struct, tag="describe", tag_field="op"):
    """Which keys are there?"""


class Wrap(Struct, tag="wrap", tag_field="op"):
    """Encrypt under the active wrapping key, the context authenticated."""

    plain: bytes
    context: bytes


class Unwrap(Struct, tag="unwrap", tag_field="op"):
    version: int
    wrapped: bytes
    context: bytes


class Derive(Struct, tag="derive", tag_field="op"):
    """HMAC-SHA-256 of the context under this version's look-up key."""

    version: int
    context: bytes


class Sign(Struct, tag="sign", tag_field="op"):
    """Ed25519 by the active signing key."""

    data: bytes


class Rotate(Struct, tag="rotate", tag_field="op"):
    """Make a new active key of this purpose."""

    purpose: str


Question = Describe | Wrap | Unwrap | Derive | Sign | Rotate


class Failed(Struct):
    """`unseal`: it does not open; anything else: it cannot. Empty in an answer that is one."""

    error: str = ""


class Version(Struct):
    purpose: str
    version: int
    fingerprint: str


class Public(Struct):
    version: int
    raw: bytes


class Described(Struct):
    active: dict[str, int]
    versions: list[Version]
    public: list[Public]


class WrapAnswer(Struct):
    version: int
    wrapped: bytes


class UnwrapAnswer(Struct):
    plain: bytes


class DeriveAnswer(Struct):
    derived: bytes


class SignAnswer(Struct):
    version: int
    signature: bytes


class RotateAnswer(Struct):
    version: int
